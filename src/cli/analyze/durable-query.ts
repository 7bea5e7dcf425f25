import type { Bus } from '../../bus/bus.ts'
import { createMissingTopics } from '../../bus/ops/create-missing.ts'
import { DEFAULT_PARTITIONS, topicSpec } from '../../events/topics.ts'
import type { Session } from '../../query/expr/session.ts'
import { inputsOf } from '../../query/plan/inputs.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import { planShape, planText } from '../../query/plan/shape.ts'
import type { Table } from '../../query/plan/table.ts'
import { build } from '../../query/run/build.ts'
import type { JobOutput, JobQuery } from '../../query/run/bus-job.ts'
import { JOB_STATE_SPEC } from '../../query/run/job-state.ts'
import { lateRecords } from '../../query/run/late-record.ts'
import { TopicSink } from '../../query/sinks/topic-sink.ts'

export const topicOfTable = (table: Table): string => table.options.get('topic') ?? table.name

/** A query whose rows go to a topic, as a job runs it: made anew whenever a process takes it over. */
export function durableQuery(plan: Plan, table: Table, real: Session): JobQuery {
  const sink = new TopicSink(table, plan.columns)
  const late = lateRecords(sink.topic)
  let outputs: JobOutput[] = []
  let impure = false
  // What looks at the clock or at chance does not give the same rows when it is run again.
  const watch = (ask: () => number) => () => {
    impure = true
    return ask()
  }
  const watched: Session = Object.create(real, { now: { value: watch(real.now) }, random: { value: watch(real.random) } })
  const rows = {
    row: (kind: 0 | 1 | 2 | 3, row: readonly unknown[]) => {
      sink.row(kind, row)
      for (const record of sink.take()) outputs.push({ topic: sink.topic, ...record })
    },
    watermark: () => {},
  }
  const pipeline = build(plan, rows, {
    session: watched,
    onLate: (row, columns, step) => void outputs.push(late(row, columns, step.step)),
  })
  return {
    pipeline,
    shape: planShape(plan, sink.topic),
    text: planText(plan),
    take: () => {
      if (outputs.length === 0) return outputs
      const taken = outputs
      outputs = []
      return taken
    },
    impure: () => impure,
  }
}

/** Makes the topics that a job needs where they are missing: its state, and what it writes. */
export async function createJobTopics(bus: Bus, sinks: readonly Table[]): Promise<void> {
  const outputs = sinks.map((table) => {
    const name = topicOfTable(table)
    const config = { 'cleanup.policy': connectorOf(table) === 'upsert-kafka' ? 'compact' : 'delete' }
    return topicSpec(name) ?? { name, partitions: DEFAULT_PARTITIONS, config }
  })
  await createMissingTopics(bus, [JOB_STATE_SPEC, ...outputs])
}

/** Every table that a plan reads. */
export function tablesOf(plan: Plan): Table[] {
  return plan.step === 'scan' ? [plan.table] : inputsOf(plan).flatMap(tablesOf)
}
