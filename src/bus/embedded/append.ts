import { ShitopsError } from '../../base/errors.ts'
import type { AppendResult, OutRecord } from '../bus.ts'
import { partitionOf } from '../partitioner.ts'
import { HEADER_BYTES, type PackedBatch, pack, recordBytes } from './batch-codec.ts'
import { logKey } from './keys.ts'
import { addToTimeIndex } from './time-index.ts'
import { isCompacted } from './topic-policy.ts'
import { readTopicNames, type Topic, unknownPartition, unknownTopic } from './topics.ts'
import type { Tx } from './tx.ts'

/** A stored batch is at most about this large, so that a reader of a few records copies little. */
const MAX_BATCH_BYTES = 512 << 10
const MAX_HEADER_NAME = 0xffff

/** Records of one append, packed for their partitions and waiting for offsets. */
export interface PackedAppend {
  topic: Topic
  parts: Array<{ partition: number; batches: PackedBatch[]; count: number }>
  bytes: number
}

/**
 * Choose partitions and pack, outside any transaction: it is the costly part. Records without a partition and a key all go to
 * partition `unkeyed`, as Kafka's sticky partitioner does within a batch.
 * Throws SHITOPS_E_RECORD_INVALID, SHITOPS_E_TOPIC_UNKNOWN (no such partition).
 */
export function packAppend(topic: Topic, records: readonly OutRecord[], now: number, unkeyed: number): PackedAppend {
  const append: PackedAppend = { topic, parts: [], bytes: 0 }
  for (const [partition, list] of byPartition(topic, records, unkeyed)) {
    const batches = packAll(list, now)
    for (const batch of batches) append.bytes += batch.bytes.length
    append.parts.push({ partition, batches, count: list.length })
  }
  return append
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

/** Give the batches of an append their offsets. Throws SHITOPS_E_TOPIC_UNKNOWN, before writing anything, when the topic is gone. */
export function placeAppend(tx: Tx, append: PackedAppend): AppendResult[] {
  checkStillThere(tx, append.topic)
  return append.parts.map(({ partition, batches, count }) => {
    const baseOffset = tx.head(append.topic.id, partition).end
    for (const batch of batches) placeBatch(tx, append.topic.id, partition, batch)
    return { topic: append.topic.name, partition, baseOffset, count }
  })
}

/** Throws SHITOPS_E_TOPIC_UNKNOWN when the topic was deleted (and perhaps made anew) since the records were packed for it. */
export function checkStillThere(tx: Tx, topic: Topic): void {
  if (!isStillThere(tx, topic)) throw unknownTopic(topic.name, readTopicNames(tx.meta))
}

export function isStillThere(tx: Tx, topic: Topic): boolean {
  return tx.topic(topic.name)?.id === topic.id
}

function placeBatch(tx: Tx, topicId: number, partition: number, batch: PackedBatch): void {
  const head = tx.head(topicId, partition)
  addToTimeIndex(tx, topicId, partition, head, batch)
  tx.log.putSync(logKey(topicId, partition, head.end), batch.bytes)
  head.end += batch.count
  head.records += batch.count
  head.bytes += batch.bytes.length
  head.dirty += batch.bytes.length
  tx.totalBytes += batch.bytes.length
  head.maxTimestamp = Math.max(head.maxTimestamp, batch.maxTimestamp)
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
