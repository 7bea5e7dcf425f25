import { INSIGHT_OUTPUTS } from '../../alerts/insight-sink.ts'
import { sourceOfInsights } from '../../alerts/insight-source.ts'
import { type RunInsightsOptions, runInsights } from '../../alerts/run-insights.ts'
import { systemClock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing, createMissingTopics } from '../../bus/ops/create-missing.ts'
import { isThere } from '../../bus/ops/topics-there.ts'
import { dlqTopic } from '../../events/index.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import { isPartitionLocal } from '../../query/plan/locality.ts'
import { forgetJob, JOB_STATE_SPEC, readCommits } from '../../query/run/job-state.ts'
import type { JobUnit } from '../../query/run/job-units.ts'
import type { DrainTo } from '../../query/run/meeting.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import type { InsightReport } from './insight-report.ts'
import { partsOf } from './job-parts.ts'

export interface InsightUnitOptions extends Pick<RunInsightsOptions, 'start' | 'idleTimeout' | 'maxAdvance' | 'untilEnd'> {
  readonly job: string
  /** Whether insights whose plan allows it are split by partitions. */
  readonly split: boolean
  readonly logger: Logger
  readonly report: InsightReport
}

/** A part of an insight, or all of it, as one process at a time runs it. */
export interface InsightUnit extends JobUnit {
  run(bus: Bus, signal: AbortSignal, drainTo?: DrainTo): Promise<void>
}

export function topicsOf(planned: readonly PlannedInsight[]): string[] {
  return [...new Set(planned.flatMap(({ insight: { sql } }) => topicsNamed(sql)))]
}

/** The name of the job that an insight is. */
const jobOfInsight = (job: string, { insight }: PlannedInsight): string => `${job}/${insight.name}`

/** Insights as units of a job: one each, or one per partition where rows that are put together, and those about one subject, lie in one partition. */
export async function insightUnits(bus: Bus, planned: readonly PlannedInsight[], options: InsightUnitOptions): Promise<InsightUnit[]> {
  const { job, split, report, ...own } = options
  const topics = topicsOf(planned)
  await createMissing(bus, [...topics, ...topics.map(dlqTopic), ...INSIGHT_OUTPUTS])
  await createMissingTopics(bus, [JOB_STATE_SPEC])
  const known = [...(await readCommits(bus)).keys()]
  const units: InsightUnit[] = []
  for (const each of planned) {
    const { plan, insight } = each
    const subject = insight.rows.subject.map((name) => plan.columns.findIndex((column) => column.name === name))
    const parts = await partsOf(bus, plan, jobOfInsight(job, each), split && isPartitionLocal(plan, subject), known)
    for (const { name, partitions, siblings } of parts) {
      units.push({
        name,
        text: sourceOfInsights([each]),
        run: async (at, signal, drainTo) => {
          const stats = await runInsights({
            ...own,
            bus: at,
            clock: systemClock,
            planned: [each],
            job: name,
            signal,
            ...(partitions && { partitions }),
            ...(siblings && { siblings }),
            ...(drainTo && { drainTo }),
            onOutputs: (outputs) => report.wrote(outputs),
          })
          report.ended(stats)
        },
      })
    }
  }
  return units
}

/** Forgets what the insights of a job remember, and where they were. */
export async function forgetInsights(bus: Bus, job: string, planned: readonly PlannedInsight[]): Promise<void> {
  if (!(await isThere(bus, JOB_STATE_SPEC.name))) return
  for (const each of planned) await forgetJob(bus, jobOfInsight(job, each), systemClock)
}
