import { INSIGHT_SESSION, type PlannedInsight } from '../insights/plan.ts'
import { build, type RunningStep } from '../query/run/build.ts'
import type { JobOutput, JobQuery } from '../query/run/bus-job.ts'
import { InsightSink } from './insight-sink.ts'

/** Several insights as one query of a job, and their sinks by name. */
export interface InsightQuery extends JobQuery {
  readonly sinks: ReadonlyMap<string, InsightSink>
}

const SESSION = { ...INSIGHT_SESSION, timeZone: 'UTC', database: 'default_database' }

/**
 * Insights at work side by side: each its own query, all in one job.
 * @param onLate a row of that insight came too late to count
 */
export function insightQuery(planned: readonly PlannedInsight[], onLate: (insight: string) => void = () => {}): InsightQuery {
  const sinks = new Map<string, InsightSink>()
  // One list for all, in the order in which records come about: it does not depend on when they are taken.
  const outputs: JobOutput[] = []
  const pipelines = planned.map((each) => {
    const { name } = each.insight
    const sink = new InsightSink(each, outputs)
    sinks.set(name, sink)
    const pipeline = build(each.plan, sink, { session: SESSION, root: name, onLate: () => onLate(name) })
    const step: RunningStep = {
      id: `${name}/sink`,
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
    shape: planned.map(({ insight: { name, sql } }) => `${name}\n${withoutComments(sql)}`).join('\n;\n'),
    take: () => outputs.splice(0),
  }
}

/** A change of words alone leaves the state good. */
const withoutComments = (sql: string): string =>
  sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .replace(/\s+/g, ' ')
    .trim()
