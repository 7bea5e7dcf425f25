import type { BusRecord, OffsetCommit, OutRecord, RecordBatch, TopicSpec } from '../bus.ts'

/** Header of a record in the spool, always its first: what the entry is, and what of a record the spool itself has other use for. */
const HEADER = 'shitops-spool'

/** One thing to do at the target, in its order. */
export type Entry =
  /** `partition` only where the writer named one. */
  | { kind: 'record'; topic: string; record: OutRecord }
  /** A topic to be made where it is not there. */
  | { kind: 'topic'; spec: TopicSpec }
  /** Offsets of a group, of a transaction whose records come before. */
  | { kind: 'offsets'; group: string; commits: readonly OffsetCommit[] }

/** An entry as it lies in the spool. */
export interface Spooled {
  offset: number
  /** When it was spooled, ms since the epoch. */
  since: number
  /** Of key and value. */
  bytes: number
  entry: Entry
  /** The last one of what was written together: up to here, all of it or nothing becomes visible at once. */
  last: boolean
}

/**
 * As records of the spool, which keeps them by the time at which they came: the time of the record goes into the header.
 * @param now ms since the epoch; of records without a time too
 */
export function encodeEntries(entries: readonly Entry[], now: number): OutRecord[] {
  return entries.map((entry, i) => encode(entry, now, i === entries.length - 1 ? '$' : ''))
}

function encode(entry: Entry, now: number, last: string): OutRecord {
  if (entry.kind !== 'record') {
    const { kind, ...what } = entry
    return { key: null, value: JSON.stringify(what), timestamp: now, headers: [[HEADER, `${kind}${last}`]] }
  }
  const { key, value, timestamp = now, partition, headers = [] } = entry.record
  const place = `record${last} ${timestamp} ${partition ?? '-'} ${entry.topic}`
  return { key, value, timestamp: now, headers: [[HEADER, place], ...headers] }
}

/** What a record of the spool says; undefined for one that is none of ours. */
export function decodeEntry(batch: RecordBatch, i: number): Spooled | undefined {
  const record = batch.record(i)
  const [[name, head] = ['', Buffer.alloc(0)], ...headers] = record.headers
  const [kind = '', timestamp, partition, topic] = String(head).split(' ')
  if (name !== HEADER) return undefined
  const last = kind.endsWith('$')
  const entry = decode(record, kind.replace('$', ''), { timestamp: Number(timestamp), partition, topic, headers })
  const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0)
  return entry && { offset: record.offset, since: record.timestamp, bytes, entry, last }
}

function decode(
  { key, value }: BusRecord,
  kind: string,
  {
    timestamp,
    partition,
    topic,
    headers,
  }: { timestamp: number; partition: string | undefined; topic: string | undefined; headers: BusRecord['headers'] },
): Entry | undefined {
  if (kind === 'record' && topic !== undefined) {
    const named = partition === '-' ? {} : { partition: Number(partition) }
    return { kind, topic, record: { key, value, timestamp, ...named, ...(headers.length > 0 && { headers }) } }
  }
  if (kind === 'topic' || kind === 'offsets') return { kind, ...JSON.parse(String(value)) }
  return undefined
}
