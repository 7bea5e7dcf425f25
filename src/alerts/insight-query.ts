import { INSIGHT_SESSION, type PlannedInsight } from '../insights/plan.ts'
import { planShape, planText } from '../query/plan/shape.ts'
import { type BuildOptions, build, type RunningStep } from '../query/run/build.ts'
import type { JobOutput, JobQuery } from '../query/run/bus-job.ts'
import { lateRecords } from '../query/run/late-record.ts'
import { InsightSink } from './insight-sink.ts'

/** Several insights as one query of a job, and their sinks by name. */
export interface InsightQuery extends JobQuery {
  readonly sinks: ReadonlyMap<string, InsightSink>
}

const SESSION = { ...INSIGHT_SESSION, timeZone: 'UTC', database: 'default_database' }

/**
 * Insights at work side by side: each its own query, all in one job.
 * @param source what the query can be made again of, where the job is to outlive a change of its insights
 */
export function insightQuery(planned: readonly PlannedInsight[], source?: string): InsightQuery {
  const sinks = new Map<string, InsightSink>()
  // One list for all, in the order in which records come about: it does not depend on when they are taken.
  const outputs: JobOutput[] = []
  const late = lateRecords('insights')
  const pipelines = planned.map((each) => {
    const { name } = each.insight
    const sink = new InsightSink(each, outputs)
    sinks.set(name, sink)
    const onLate: BuildOptions['onLate'] = (row, columns, step) => void outputs.push(late(row, columns, step.step))
    const pipeline = build(each.plan, sink, { session: SESSION, root: name, onLate })
    const step: RunningStep = {
      id: sinkStep(name),
      plan: each.plan,
      operator: { inputs: [sink], out: sink, save: () => sink.save(), load: (state) => sink.load(state) },
      sources: [],
    }
    return { ...{ scans: pipeline.scans, values: pipeline.values }, steps: [...pipeline.steps, step] }
  })
  return {
    sinks,
    pipeline: {
      steps: pipelines.flatMap(({ steps }) => steps),
      scans: pipelines.flatMap(({ scans }) => scans),
      values: pipelines.flatMap(({ values }) => values),
    },
    shape: planned.map(({ insight: { name }, plan }) => `${name}\n${planShape(plan)}`).join('\n;\n'),
    text: planned.map(({ insight: { rows, alert }, plan }) => `${planText(plan)}\n${JSON.stringify([rows, alert])}`).join('\n;\n'),
    ...(source !== undefined && { source }),
    // Rows that stand and alerts are about subjects, whatever the query was that found them: what it finds no more ends when its time is over.
    carried: planned.map(({ insight: { name } }) => sinkStep(name)),
    take: () => outputs.splice(0),
  }
}

const sinkStep = (name: string): string => `${name}/sink`
