import type { AppendResult } from '../bus.ts'
import type { PackedAppend, Part } from './append.ts'
import { type PackedBatch, pack, sealed } from './batch-codec.ts'
import { logKey } from './keys.ts'
import { giveBack } from './pack-buffers.ts'
import { addToTimeIndex } from './time-index.ts'
import { readTopicNames, type Topic, unknownTopic } from './topics.ts'
import type { Gathered, Tx } from './tx.ts'

/** Small appends of one transaction to one partition share a batch of at most about this. */
const GATHERED_BYTES = 256 << 10

/** Give the records of an append their offsets. Throws SHITOPS_E_TOPIC_UNKNOWN, before writing anything, when the topic is gone. */
export function placeAppend(tx: Tx, append: PackedAppend): AppendResult[] {
  checkStillThere(tx, append.topic)
  return append.parts.map((part) => {
    const { partition, count } = part
    const baseOffset = tx.head(append.topic.id, partition).end
    if (part.small.length > 0) gather(tx, append.topic.id, part)
    else placeBatches(tx, append.topic.id, part)
    return { topic: append.topic.name, partition, baseOffset, count }
  })
}

/** Write the small appends gathered so far: at the end of a transaction, and before anything that looks at the log. */
export function placeGathered(tx: Tx): void {
  for (const gathered of tx.gathered.values()) write(tx, gathered)
  tx.gathered.clear()
}

/** Throws SHITOPS_E_TOPIC_UNKNOWN when the topic was deleted (and perhaps made anew) since the records were packed for it. */
export function checkStillThere(tx: Tx, topic: Topic): void {
  if (!isStillThere(tx, topic)) throw unknownTopic(topic.name, readTopicNames(tx.meta))
}

export function isStillThere(tx: Tx, topic: Topic): boolean {
  return tx.topic(topic.name)?.id === topic.id
}

/** Offsets at once, the batch later: with the other small appends to this partition. */
function gather(tx: Tx, topicId: number, { partition, small, bytes, count }: Part): void {
  const head = tx.head(topicId, partition)
  const gathered = tx.gathered.get(head) ?? { topicId, partition, baseOffset: head.end, records: [], bytes: 0 }
  for (const record of small) gathered.records.push(record)
  gathered.bytes += bytes
  head.end += count
  tx.gathered.set(head, gathered)
  if (gathered.bytes < GATHERED_BYTES) return
  write(tx, gathered)
  tx.gathered.delete(head)
}

function write(tx: Tx, { topicId, partition, baseOffset, records }: Gathered): void {
  placeAt(tx, topicId, partition, baseOffset, pack(records, 0))
}

function placeBatches(tx: Tx, topicId: number, { partition, batches }: Part): void {
  const head = tx.head(topicId, partition)
  const gathered = tx.gathered.get(head)
  if (gathered) {
    write(tx, gathered)
    tx.gathered.delete(head)
  }
  for (const batch of batches) {
    placeAt(tx, topicId, partition, head.end, batch)
    head.end += batch.count
  }
}

function placeAt(tx: Tx, topicId: number, partition: number, baseOffset: number, batch: PackedBatch): void {
  const head = tx.head(topicId, partition)
  addToTimeIndex(tx, topicId, partition, head, baseOffset, batch)
  const bytes = batch.bytes.length
  const key = logKey(topicId, partition, baseOffset)
  tx.log.putSync(key, sealed(batch.bytes, key))
  giveBack(batch.bytes)
  head.records += batch.count
  head.bytes += bytes
  head.dirty += bytes
  tx.totalBytes += bytes
  head.maxTimestamp = Math.max(head.maxTimestamp, batch.maxTimestamp)
}
