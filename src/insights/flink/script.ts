import type { TopicName } from '../../events/event-types.ts'
import { TOPICS } from '../../events/topics.ts'
import { type FlinkTopicOptions, flinkTopicDdl } from '../../query/flink/ddl.ts'
import { topicsNamed } from '../../query/topics/topic-tables.ts'
import type { PlannedInsight } from '../plan.ts'
import { progressSql, progressView } from './progress-sql.ts'
import { recordsSql } from './record-sql.ts'
import { literal, quoted } from './values.ts'

export interface InsightScriptOptions extends Pick<FlinkTopicOptions, 'brokers' | 'from' | 'untilEnd' | 'disorderSeconds' | 'idleSeconds'> {
  /** Name of the job: of its consumer group, its transactions, and in `ce_source`. */
  readonly job: string
  /** Partitions of the topic `insights`. */
  readonly partitions: number
  /** Where a savepoint lies that the job goes on from. */
  readonly savepoint?: string
  /** Path of the jar of deploy/flink-udf, as the gateway sees it: our own functions. */
  readonly functionsJar?: string
}

/** A statement for the gateway. */
export interface InsightStatement {
  readonly text: string
  /** The file whose SQL it carries, and on which line of the statement that begins. */
  readonly insight?: string
  readonly line?: number
}

/** Our own functions (docs/sql-functions.md) and their classes. */
const FUNCTIONS = { EWMA: 'Ewma', ROBUST_Z: 'RobustZ', CORR_LAG: 'CorrLag', FORECAST: 'Forecast' } as const

const OUT = 'insight_records'
const CHANGES = 'insight_changes'
const CHECKPOINT_EVERY = '10 s'

/** `ce_source` of what a job writes. */
export const flinkSource = (job: string): string => `/flink/${job}`

/** The name of the job on the cluster. */
export const flinkJobName = (job: string): string => `shitops ${job}`

/**
 * Insights as statements for a Flink cluster: settings, a table for each topic, a view of the unchanged SQL of each insight, and one statement
 * set that writes their rows to the topic `insights`: one job. The last statement starts it.
 */
export async function insightStatements(planned: readonly PlannedInsight[], options: InsightScriptOptions): Promise<InsightStatement[]> {
  const { job, partitions } = options
  const topics = [...new Set(planned.flatMap(({ insight }) => topicsNamed(insight.sql)))]
  const reading = { ...options, group: `shitops-${job}` }
  const tables = await Promise.all(topics.map((topic) => flinkTopicDdl(topic, reading)))
  const timed = topics.filter((topic) => !TOPICS[topic].compacted)
  // A changelog has no windows: where there are compacted topics only, their times are read beside it.
  const times = timed.length > 0 ? [] : await Promise.all(topics.map((topic) => timesTable(topic, reading)))
  const source = flinkSource(job)
  const rows = planned.filter(({ changing }) => !changing).map((each) => recordsSql(each, source))
  const changes = planned.filter(({ changing }) => changing).map((each) => recordsSql(each, source))
  const inserts = [
    `INSERT INTO ${OUT}\n${[...rows, progressSql(job, source, partitions)].join('\nUNION ALL\n')};`,
    ...changes.map((each, i) => `INSERT INTO ${CHANGES}_${i}\n${each};`),
  ]
  return [
    ...settings(options).map(([name, value]) => ({ text: `SET ${literal(name)} = ${literal(value)}` })),
    ...functionsOf(options).map((text) => ({ text })),
    ...[...tables, ...times, outTable(OUT, false, options), ...changes.map((_, i) => outTable(`${CHANGES}_${i}`, true, options))].map(
      (ddl) => {
        return { text: ddl.replace(/^CREATE TABLE/, 'CREATE TEMPORARY TABLE') }
      },
    ),
    ...planned.map(({ insight: { name, sql } }) => {
      return { text: `CREATE TEMPORARY VIEW ${quoted(name)} AS\n${sql.trimEnd().replace(/;$/, '')}`, insight: name, line: 2 }
    }),
    { text: progressView(timed.length > 0 ? timed : topics.map((topic) => `${topic}_times`)) },
    { text: `EXECUTE STATEMENT SET BEGIN\n${inserts.join('\n')}\nEND` },
  ]
}

function settings({ job, savepoint }: InsightScriptOptions): Array<[string, string]> {
  return [
    ['execution.runtime-mode', 'streaming'],
    ['table.local-time-zone', 'UTC'],
    ['pipeline.name', flinkJobName(job)],
    // Rows are seen when the checkpoint is done in which they came.
    ['execution.checkpointing.interval', CHECKPOINT_EVERY],
    // The rows of a partition, and what is said of progress, in the order in which they were made.
    ['parallelism.default', '1'],
    ...(savepoint === undefined ? [] : [['execution.state-recovery.path', savepoint] as [string, string]]),
  ]
}

function functionsOf({ functionsJar }: InsightScriptOptions): string[] {
  if (functionsJar === undefined) return []
  return Object.entries(FUNCTIONS).map(
    ([name, className]) => `CREATE TEMPORARY SYSTEM FUNCTION ${name} AS 'shitops.flink.${className}' USING JAR ${literal(functionsJar)}`,
  )
}

/** The topic `insights`, for writing: the value is made as text, so that it has each field that it must have, and no other. */
function outTable(name: string, upsert: boolean, { brokers, job }: InsightScriptOptions): string {
  const options: Record<string, string> = {
    connector: upsert ? 'upsert-kafka' : 'kafka',
    topic: 'insights',
    'properties.bootstrap.servers': brokers.join(','),
    'key.format': 'raw',
    ...(upsert ? {} : { 'key.fields': 'record_key' }),
    'value.format': 'raw',
    'value.fields-include': 'EXCEPT_KEY',
    'sink.delivery-guarantee': 'exactly-once',
    'sink.transactional-id-prefix': `shitops-${job}-${name}`,
    'properties.transaction.timeout.ms': '600000',
  }
  const withs = Object.entries(options).map(([key, value]) => `  ${literal(key)} = ${literal(value)}`)
  return `CREATE TABLE ${name} (
  record_key STRING${upsert ? ' NOT NULL' : ''},
  record_value STRING,
  record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
  record_headers MAP<STRING, BYTES> METADATA FROM 'headers'${upsert ? ',\n  PRIMARY KEY (record_key) NOT ENFORCED' : ''}
) WITH (
${withs.join(',\n')}
)`
}

/** The event times of a compacted topic, change after change. */
async function timesTable(topic: TopicName, options: FlinkTopicOptions): Promise<string> {
  const { brokers, group, disorderSeconds = 5, idleSeconds = 60, untilEnd } = options
  const withs: Record<string, string> = {
    connector: 'kafka',
    topic,
    'properties.bootstrap.servers': brokers.join(','),
    'properties.isolation.level': 'read_committed',
    ...(group === undefined ? {} : { 'properties.group.id': group }),
    'scan.startup.mode': 'earliest-offset',
    ...(untilEnd ? { 'scan.bounded.mode': 'latest-offset' } : {}),
    'scan.watermark.idle-timeout': `${idleSeconds} s`,
    format: 'json',
    'json.timestamp-format.standard': 'ISO-8601',
    'json.ignore-parse-errors': 'true',
  }
  const lines = Object.entries(withs).map(([key, value]) => `  ${literal(key)} = ${literal(value)}`)
  return `CREATE TABLE ${topic}_times (
  event_time TIMESTAMP_LTZ(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '${disorderSeconds}' SECOND
) WITH (
${lines.join(',\n')}
)`
}
