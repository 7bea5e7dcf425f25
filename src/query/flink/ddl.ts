import type { TopicName } from '../../events/event-types.ts'
import { TOPICS } from '../../events/topics.ts'
import { topicDdl } from '../topics/topic-ddl.ts'

export interface FlinkTopicOptions {
  /** host:port of the Kafka brokers, as the task managers reach them. */
  readonly brokers: readonly string[]
  /** The table's name where it is not the topic's. */
  readonly name?: string
  /** Where to begin: at a time (ms since the epoch) of the records; `group` at the offsets that `group` has committed. A compacted topic is always read from its beginning. */
  readonly from?: 'beginning' | 'end' | 'group' | { readonly timestamp: number }
  /** Consumer group, for committed offsets and for what monitoring shows. */
  readonly group?: string
  /** Stop at the offsets that are the last when the job starts. */
  readonly untilEnd?: boolean
  /** How late a record may be, in seconds; default 5. */
  readonly disorderSeconds?: number
  /** A partition that is silent for so long no longer holds the watermark back; default 60 s. Flink's own default is never. */
  readonly idleSeconds?: number
  /** For a table that is written: exactly once, by Kafka transactions with ids of this prefix, unique per job. */
  readonly transactionalIdPrefix?: string
  /** Must not be above the brokers' transaction.max.timeout.ms (15 minutes by default), and longer than a checkpoint and a restart. */
  readonly transactionTimeoutSeconds?: number
  /** Client settings by their Kafka names, without `properties.`. No secrets: a statement is shown in Flink's web interface and logs. */
  readonly client?: Readonly<Record<string, string>>
}

/**
 * CREATE TABLE of a topic for a Flink cluster: what `topicDdl` says, and Kafka's connector.
 * A record that is no JSON fails a Flink job, or with `ignore-parse-errors` vanishes; it has no dead-letter topic. So such records are
 * skipped, which the embedded engine does not do: there they go to `<topic>.dlq`.
 */
export function flinkTopicDdl(topic: TopicName, options: FlinkTopicOptions): Promise<string> {
  const { compacted } = TOPICS[topic]
  return topicDdl(topic, {
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.disorderSeconds === undefined ? {} : { disorderSeconds: options.disorderSeconds }),
    connector: { ...reading(compacted, options), ...writing(compacted, options), ...client(options) },
  })
}

const START = { beginning: 'earliest-offset', end: 'latest-offset', group: 'group-offsets' } as const

function reading(compacted: boolean, { from = 'beginning', group, untilEnd, idleSeconds = 60 }: FlinkTopicOptions): Record<string, string> {
  const start = typeof from === 'object' ? 'timestamp' : START[from]
  return {
    [compacted ? 'value.json.ignore-parse-errors' : 'json.ignore-parse-errors']: 'true',
    // upsert-kafka has no start: a table begins with its first change.
    ...(compacted ? {} : { 'scan.startup.mode': start }),
    ...(!compacted && typeof from === 'object' ? { 'scan.startup.timestamp-millis': String(from.timestamp) } : {}),
    ...(group === undefined ? {} : { 'properties.group.id': group }),
    // A group without offsets yet begins at the beginning, rather than failing the job.
    ...(!compacted && from === 'group' ? { 'properties.auto.offset.reset': 'earliest' } : {}),
    ...(untilEnd ? { 'scan.bounded.mode': 'latest-offset' } : {}),
    'scan.watermark.idle-timeout': `${idleSeconds} s`,
  }
}

function writing(
  compacted: boolean,
  { transactionalIdPrefix, transactionTimeoutSeconds = 600 }: FlinkTopicOptions,
): Record<string, string> {
  if (transactionalIdPrefix === undefined) return {}
  return {
    // Our schemas have fields that may be absent, and few that may be null.
    [compacted ? 'value.json.encode.ignore-null-fields' : 'json.encode.ignore-null-fields']: 'true',
    'sink.delivery-guarantee': 'exactly-once',
    'sink.transactional-id-prefix': transactionalIdPrefix,
    'properties.transaction.timeout.ms': String(transactionTimeoutSeconds * 1_000),
  }
}

function client({ brokers, client: settings = {} }: FlinkTopicOptions): Record<string, string> {
  const named = Object.entries(settings).map(([name, value]) => [`properties.${name}`, value] as const)
  // read_committed: rows of a transaction that was taken back must not be read.
  return { 'properties.bootstrap.servers': brokers.join(','), 'properties.isolation.level': 'read_committed', ...Object.fromEntries(named) }
}
