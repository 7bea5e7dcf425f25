import { createHash } from 'node:crypto'
import type { EventOf, TopicName } from './event-types.ts'
import { keyOf, TOPICS } from './topics.ts'

/** A record to write, in the bus's shape; headers are CloudEvents 1.0 in binary mode (Kafka protocol binding). */
export interface EventRecord {
  key: string
  /** JSON; null is a tombstone. */
  value: string | null
  /** Event time in ms since the epoch. */
  timestamp: number
  headers: Array<readonly [name: string, value: string]>
}

export interface RecordOptions {
  /** Who produced it, a URI reference: `/ble/rx-2`, `/gnmi/access-1`. */
  source: string
  /** Unique within the source; the same for the same event, so that a repeat can be told. Absent: a hash of the record. */
  id?: string
}

/**
 * The record of an event: key, JSON value, timestamp and CloudEvents headers. No schema is run: producers are hot, and tests prove that what
 * they write is valid.
 *
 * @example await bus.append('workflow_events', [toRecord('workflow_events', event, { source: '/workflow/import' })])
 */
export function toRecord<T extends TopicName>(topic: T, event: EventOf<T>, options: RecordOptions): EventRecord {
  return toRecordFromJson(topic, keyOf(topic, event), JSON.stringify(event), event.event_time, options)
}

/** As {@link toRecord}, for a producer that has built the JSON text itself. `eventTime` is that of the text, RFC 3339. */
export function toRecordFromJson(topic: TopicName, key: string, json: string, eventTime: string, options: RecordOptions): EventRecord {
  const timestamp = Date.parse(eventTime)
  if (Number.isNaN(timestamp)) throw new TypeError(`event_time "${eventTime}" of a ${topic} record is not a time`)
  const id = options.id ?? derivedId(topic, options.source, key, json)
  return {
    key,
    value: json,
    timestamp,
    headers: [...cloudEvent(topic, key, id, options.source, eventTime), ['content-type', 'application/json']],
  }
}

/** The record that deletes a key of a compacted topic. `at` is the ms since the epoch when the thing was known to be gone. */
export function tombstone(topic: TopicName, key: string, at: number, options: RecordOptions): EventRecord {
  if (!TOPICS[topic].compacted) throw new TypeError(`${topic} is not compacted: a tombstone deletes nothing there`)
  const time = toEventTime(at)
  const id = options.id ?? derivedId(topic, options.source, key, time)
  return { key, value: null, timestamp: at, headers: cloudEvent(topic, key, id, options.source, time) }
}

/** The text of an `event_time` field. @param ms since the epoch, in the years 0 to 9999 */
export function toEventTime(ms: number): string {
  return new Date(ms).toISOString()
}

function cloudEvent(topic: TopicName, key: string, id: string, source: string, time: string): EventRecord['headers'] {
  return [
    ['ce_specversion', '1.0'],
    ['ce_id', id],
    ['ce_source', source],
    ['ce_type', TOPICS[topic].ceType],
    ['ce_time', time],
    ['ce_subject', key],
  ]
}

/** 128 bits of SHA-256: equal events of one source are the same event, as CloudEvents has it (source + id). */
function derivedId(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)
}
