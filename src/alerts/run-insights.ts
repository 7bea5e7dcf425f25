import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { plural } from '../base/plural.ts'
import type { Bus } from '../bus/bus.ts'
import { createMissingTopics } from '../bus/ops/create-missing.ts'
import type { PlannedInsight } from '../insights/plan.ts'
import { type BusJobOptions, type JobOutput, runBusJob } from '../query/run/bus-job.ts'
import { deadLetter } from '../query/run/dead-letter.ts'
import { JOB_STATE_SPEC } from '../query/run/job-state.ts'
import { flinkRowsQuery } from './flink-rows.ts'
import { insightQuery } from './insight-query.ts'
import { revivedInsights, sourceOfInsights } from './insight-source.ts'

type OfTheJob =
  | 'start'
  | 'idleTimeout'
  | 'maxAdvance'
  | 'signal'
  | 'untilEnd'
  | 'drainTo'
  | 'partitions'
  | 'siblings'
  | 'onStarted'
  | 'ephemeral'

export interface RunInsightsOptions extends Pick<BusJobOptions, OfTheJob> {
  bus: Bus
  clock: Clock
  logger: Logger
  planned: readonly PlannedInsight[]
  /** Name of the job: its state and its place in the input belong to it. */
  job: string
  /** The Flink job whose rows in `insights` are judged, in place of the insights' own queries. */
  flinkJob?: string
  /** Records that are on the bus now. */
  onOutputs?(outputs: readonly JobOutput[]): void
}

export interface InsightJobStats {
  /** Records read. */
  events: number
  /** Rows that came behind the watermark: they are in `insights.late`. */
  late: number
  /** Records that could not be read, and are in `<topic>.dlq`. */
  unreadable: number
  /** Records too far ahead of their partition to move its watermark. */
  jumps: number
}

/** Bad input and the like is counted, and the first of it shown. */
const SHOWN = 5

/**
 * Runs insights over the topics they name, as one job: rows, incidents and their history go to the bus in the same transaction as the job's
 * place in the input, so that a run that is killed and started again writes what one run would have written. Insights that have changed go on with
 * their state where it fits, else anew from the job's place in the input. The topics must be there.
 */
export async function runInsights(options: RunInsightsOptions): Promise<InsightJobStats> {
  const { bus, planned, logger, job, flinkJob } = options
  if (!options.ephemeral) await createMissingTopics(bus, [JOB_STATE_SPEC])
  const shown = { bad: 0, jumps: 0 }
  const stats = await runBusJob({
    ...options,
    ...(flinkJob === undefined
      ? {
          create: () => insightQuery(planned, sourceOfInsights(planned)),
          revive: async (source: string) => insightQuery(await revivedInsights(source), source),
        }
      : { create: () => flinkRowsQuery(planned, flinkJob, options.untilEnd) }),
    onChanged: (what) =>
      what === 'kept'
        ? logger.info(`${job}: it has changed, and goes on with the state that it has`)
        : logger.warn(`${job}: its query has changed so that the state does not fit: it begins anew where it was; its alerts go on`),
    topicOf: (scan) => scan.table.options.get('topic') ?? scan.table.name,
    onBad: (bad) => {
      if (shown.bad++ < SHOWN)
        logger.warn(`${job}: ${bad.topic}/${bad.partition} offset ${bad.offset}: a record cannot be read: ${bad.reason}`)
      return deadLetter(bad)
    },
    onJump: ({ topic, partition, mark, current }) => {
      if (shown.jumps++ >= SHOWN) return
      const ahead = `its time is ${timeOf(mark)}, and the partition is at ${timeOf(current)}`
      logger.warn(`${job}: ${topic}/${partition}: a record does not move the watermark: ${ahead} (--max-advance)`)
    },
    onCommit: (outputs) => options.onOutputs?.(outputs),
  })
  if (stats.late > 0)
    logger.warn(
      `${job}: ${plural(stats.late, 'row')} came behind the watermark; ${stats.late === 1 ? 'it is' : 'they are'} in insights.late`,
    )
  return { events: stats.records, late: stats.late, unreadable: stats.bad, jumps: stats.jumps }
}

function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString()
}
