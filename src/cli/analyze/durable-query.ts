import type { Bus } from '../../bus/bus.ts'
import { createMissingTopics } from '../../bus/ops/create-missing.ts'
import { dlqRecord, dlqTopic } from '../../events/dlq.ts'
import { DEFAULT_PARTITIONS, topicSpec } from '../../events/topics.ts'
import type { Session } from '../../query/expr/session.ts'
import { inputsOf } from '../../query/plan/inputs.ts'
import type { Plan } from '../../query/plan/nodes.ts'
import { connectorOf } from '../../query/plan/plan-scan.ts'
import { planShape } from '../../query/plan/shape.ts'
import type { Table } from '../../query/plan/table.ts'
import { build } from '../../query/run/build.ts'
import type { BadRecord, JobOutput, JobQuery } from '../../query/run/bus-job.ts'
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

/** A plan in every detail that its rows depend on. */
function planText(plan: Plan): string {
  return JSON.stringify(plan, (name, value) => {
    if (name === 'at') return undefined
    if (typeof value === 'bigint') return `${value}n`
    return value instanceof Map ? [...value] : value
  })
}

/** The dead letter of a record, which says which job could not read it. */
export function deadLetter({ topic, partition, offset, reason, batch, index }: BadRecord): JobOutput {
  const { key, value, timestamp, headers } = batch.record(index)
  const letter = dlqRecord(
    topic,
    { key, value, timestamp, headers, partition, offset },
    { code: 'decode_error', message: reason },
    timestamp,
  )
  return { topic: dlqTopic(topic), ...letter }
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
