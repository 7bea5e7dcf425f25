import { toEventTime } from './record.ts'
import { DLQ_SUFFIX } from './topics.ts'

/** A record, or as much of one as there is, that could not be used. The bytes are kept as they are. */
export interface DeadLetter {
  key?: Buffer | string | null
  value: Buffer | string | null
  /** Event time in ms, where it is known. */
  timestamp?: number
  headers?: Iterable<readonly [name: string, value: Buffer | string]>
  /** Where it was read, when it was on the bus already. */
  partition?: number
  offset?: number
}

export interface DeadLetterReason {
  /** For machines: `SHITOPS_E_RECORD_INVALID`, `decode_error`. */
  code: string
  /** For people: what was wrong, naming the field. Never a secret. */
  message: string
}

export interface DeadLetterRecord {
  key: Buffer | string | null
  value: Buffer | string | null
  timestamp: number
  headers: Array<readonly [name: string, value: Buffer | string]>
}

/** Every header that {@link dlqRecord} adds begins so: a redrive takes them off again. */
export const DLQ_HEADER_PREFIX = 'dlq_'

/** The topic where the dead letters of a topic go. */
export function dlqTopic(topic: string): string {
  return topic + DLQ_SUFFIX
}

/**
 * The record for `<topic>.dlq`: the original key, value, headers and timestamp, and why it is here in `dlq_…` headers: `dlq_reason` (code),
 * `dlq_message`, `dlq_topic` (where a redrive sends it), `dlq_partition` and `dlq_offset` where known, `dlq_time`.
 *
 * @param now ms since the epoch; also the timestamp of a letter that has none
 */
export function dlqRecord(topic: string, letter: DeadLetter, reason: DeadLetterReason, now: number): DeadLetterRecord {
  const headers: DeadLetterRecord['headers'] = [...(letter.headers ?? [])].filter(([name]) => !name.startsWith(DLQ_HEADER_PREFIX))
  headers.push(['dlq_reason', reason.code], ['dlq_message', reason.message], ['dlq_topic', topic])
  if (letter.partition !== undefined) headers.push(['dlq_partition', String(letter.partition)])
  if (letter.offset !== undefined) headers.push(['dlq_offset', String(letter.offset)])
  headers.push(['dlq_time', toEventTime(now)])
  return { key: letter.key ?? null, value: letter.value, timestamp: letter.timestamp ?? now, headers }
}
