import { ShitopsError } from '../../base/errors.ts'
import type { OutRecord } from '../bus.ts'
import { FilledHeaders } from '../header-template.ts'
import { partitionOf } from '../partitioner.ts'
import { HEADER_BYTES, type PackedBatch, pack, recordBytes } from './batch-codec.ts'
import { isCompacted } from './topic-policy.ts'
import { type Topic, unknownPartition } from './topics.ts'

/** A stored batch is at most about this large, so that a reader of a few records copies little. */
const MAX_BATCH_BYTES = 512 << 10
/** Fewer bytes than this are not worth a batch of their own: they are packed with what else the transaction has for the partition. */
const SMALL_BYTES = 16 << 10
const MAX_HEADER_NAME = 0xffff

/** What one append has for one partition: few records, to be packed with others, or batches. */
export interface Part {
  partition: number
  count: number
  bytes: number
  small: readonly OutRecord[]
  batches: readonly PackedBatch[]
}

/** Records of one append, on their way to their partitions and waiting for offsets. */
export interface PackedAppend {
  topic: Topic
  parts: Part[]
  bytes: number
}

/**
 * Choose partitions and pack, outside any transaction: it is the costly part. Records without a partition and a key all go to
 * partition `unkeyed`, as Kafka's sticky partitioner does within a batch.
 * Throws SHITOPS_E_RECORD_INVALID, SHITOPS_E_TOPIC_UNKNOWN (no such partition).
 */
export function packAppend(topic: Topic, records: readonly OutRecord[], now: number, unkeyed: number): PackedAppend {
  const parts = byPartition(topic, records, unkeyed).map(([partition, list]) => partOf(partition, list, now))
  return { topic, parts, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function partOf(partition: number, records: readonly OutRecord[], now: number): Part {
  const count = records.length
  let bytes = 0
  for (let i = 0; i < count && bytes <= SMALL_BYTES; i++) bytes += recordBytes(records[i] as OutRecord)
  if (bytes <= SMALL_BYTES) return { partition, count, bytes, small: records.map((record) => detached(record, now)), batches: [] }
  const batches = packAll(records, now)
  return { partition, count, bytes: batches.reduce((sum, batch) => sum + batch.bytes.length, 0), small: [], batches }
}

/** A copy that the caller cannot change any more: it may use its buffers again as soon as append() has returned. */
function detached({ key, value, timestamp, headers }: OutRecord, now: number): OutRecord {
  const copy = { key: own(key), value: own(value), timestamp: timestamp ?? now }
  return headers ? { ...copy, headers: ownHeaders(headers) } : copy
}

type Headers = NonNullable<OutRecord['headers']>

/** Texts cannot be changed, and the list is not the caller's to change; to copy the headers of an event would cost more than to pack them. */
function ownHeaders(headers: Headers): Headers {
  if (headers instanceof FilledHeaders || headers.every(([, content]) => typeof content === 'string')) return headers
  return headers.map(([name, content]) => [name, own(content) ?? ''] as const)
}

function own(part: Buffer | string | null): Buffer | string | null {
  return part === null || typeof part === 'string' ? part : Buffer.from(part)
}

/** The records of each partition that gets any, by partition. */
function byPartition(
  topic: Topic,
  records: readonly OutRecord[],
  unkeyed: number,
): Array<[partition: number, records: readonly OutRecord[]]> {
  const keyed = isCompacted(topic)
  for (const record of records) checkRecord(topic, record, keyed)
  if (topic.partitions === 1) return records.length === 0 ? [] : [[0, records]]
  const lists = new Map<number, OutRecord[]>()
  for (const record of records) {
    const partition = record.partition ?? partitionOf(record.key, topic.partitions, () => unkeyed)
    const list = lists.get(partition)
    if (list) list.push(record)
    else lists.set(partition, [record])
  }
  return [...lists].sort(([a], [b]) => a - b)
}

function checkRecord(topic: Topic, record: OutRecord, keyed: boolean): void {
  if (keyed && record.key === null) throw invalid(topic, 'it has no key, and the topic is compacted by key')
  if (record.timestamp !== undefined && !Number.isFinite(record.timestamp)) throw invalid(topic, `its timestamp is ${record.timestamp}`)
  if (
    record.partition !== undefined &&
    !(record.partition >= 0 && record.partition < topic.partitions && Number.isInteger(record.partition))
  ) {
    throw unknownPartition(topic, record.partition)
  }
  for (const [name] of record.headers ?? []) {
    if (name.length > MAX_HEADER_NAME / 4 && Buffer.byteLength(name) > MAX_HEADER_NAME)
      throw invalid(topic, 'a header name is longer than 65,535 bytes')
  }
}

function invalid(topic: Topic, why: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_RECORD_INVALID', `a record cannot be written to ${topic.name}: ${why}`)
}

/** Pack records into as many batches as their size asks for. */
function packAll(records: readonly OutRecord[], now: number): PackedBatch[] {
  const batches: PackedBatch[] = []
  let from = 0
  let size = HEADER_BYTES
  for (let i = 0; i < records.length; i++) {
    const more = recordBytes(records[i] as OutRecord)
    if (size + more > MAX_BATCH_BYTES && i > from) {
      batches.push(pack(records.slice(from, i), now, undefined, size))
      from = i
      size = HEADER_BYTES
    }
    size += more
  }
  batches.push(pack(from === 0 ? records : records.slice(from), now, undefined, size))
  return batches
}
