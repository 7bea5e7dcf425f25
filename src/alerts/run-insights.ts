import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { dlqRecord, dlqTopic } from '../events/index.ts'
import type { PlannedInsight } from '../insights/plan.ts'
import { type BusJobOptions, type JobOutput, runBusJob } from '../query/run/bus-job.ts'
import { JOB_STATE_SPEC } from '../query/run/job-state.ts'
import { flinkRowsQuery } from './flink-rows.ts'
import { insightQuery } from './insight-query.ts'

export interface RunInsightsOptions extends Pick<BusJobOptions, 'start' | 'idleTimeout' | 'signal' | 'untilEnd' | 'onStarted'> {
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
  /** Rows that came behind the watermark and were left out. */
  late: number
  /** Records that could not be read, and are in `<topic>.dlq`. */
  unreadable: number
}

/**
 * Runs insights over the topics they name, as one job: rows, incidents and their history go to the bus in the same transaction as the job's
 * place in the input, so that a run that is killed and started again writes what one run would have written. The topics must be there.
 */
export async function runInsights(options: RunInsightsOptions): Promise<InsightJobStats> {
  const { bus, planned, logger } = options
  if (!(await bus.listTopics()).includes(JOB_STATE_SPEC.name)) await bus.createTopic(JOB_STATE_SPEC)
  const late = new Map<string, number>()
  const onLate = (insight: string) => {
    if (!late.has(insight)) logger.warn(`${insight}: a row came behind the watermark and is left out; the count is told at the end`)
    late.set(insight, (late.get(insight) ?? 0) + 1)
  }
  let unreadable = 0
  let last = ''
  const stats = await runBusJob({
    ...options,
    create: () =>
      options.flinkJob === undefined ? insightQuery(planned, onLate) : flinkRowsQuery(planned, options.flinkJob, options.untilEnd),
    topicOf: (scan) => scan.table.options.get('topic') ?? scan.table.name,
    onBad: ({ topic, partition, offset, reason, batch, index }) => {
      // The same record may be bad for several insights: it is one dead letter.
      const place = `${topic}/${partition}@${offset}`
      if (place === last) return undefined
      last = place
      if (unreadable++ < 5) logger.warn(`${topic}/${partition} offset ${offset}: a record cannot be read: ${reason}`)
      const { key, value, timestamp, headers } = batch.record(index)
      const letter = dlqRecord(
        topic,
        { key, value, timestamp, headers, partition, offset },
        { code: 'decode_error', message: reason },
        timestamp,
      )
      return { topic: dlqTopic(topic), ...letter }
    },
    onCommit: (outputs) => options.onOutputs?.(outputs),
  })
  return { events: stats.records, late: [...late.values()].reduce((sum, n) => sum + n, 0), unreadable }
}
