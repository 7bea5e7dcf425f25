import type { PackedBatch } from './batch-codec.ts'
import type { Head } from './head.ts'
import { META, numberKey } from './keys.ts'
import type { MetaTable } from './meta-table.ts'
import type { Tx } from './tx.ts'

/**
 * A sparse index of the highest time so far: an entry (T, o) says that no record below offset o is later than T. Record times
 * need not be in order; the highest time so far always is. To find the first record of time t or later, take the last entry with
 * T < t and read on from its o: at most about this many bytes.
 */
const EVERY_BYTES = 1 << 20

/** Called with the head's times as they were before the batch at `baseOffset`. */
export function addToTimeIndex(tx: Tx, topicId: number, partition: number, head: Head, baseOffset: number, batch: PackedBatch): void {
  if (head.unindexed >= EVERY_BYTES) {
    tx.meta.putDoubles(timeKey(topicId, partition, head.maxTimestamp), baseOffset)
    head.unindexed = 0
  }
  head.unindexed += batch.bytes.length
}

/** An offset at or before the first record of time `timestamp` or later; 0 where the index says nothing. */
export function seekTimeIndex(meta: MetaTable, topicId: number, partition: number, timestamp: number): number {
  return meta.numberBefore(timeKey(topicId, partition, timestamp), numberKey(META.time, topicId, partition), 0)
}

/** Drop the entries that point below `start`, the first offset held; at most `most`. */
export function pruneTimeIndex(tx: Tx, topicId: number, partition: number, start: number, most: number): void {
  const range = { start: numberKey(META.time, topicId, partition), end: numberKey(META.time, topicId, partition + 1), limit: most }
  for (const { key, value } of tx.meta.doublesRange(range)) {
    if (value.readDoubleLE(0) > start) break
    tx.meta.remove(key)
  }
}

/** Doubles as big-endian bytes whose order is the order of the numbers: flip the sign bit, or all bits when negative. */
function timeKey(topicId: number, partition: number, timestamp: number): Buffer {
  const key = Buffer.allocUnsafe(17)
  numberKey(META.time, topicId, partition).copy(key)
  key.writeDoubleBE(timestamp + 0, 9)
  const high = key.readUInt32BE(9)
  if (high >>> 31 === 0) key.writeUInt32BE((high | 0x80000000) >>> 0, 9)
  else for (let i = 9; i < 17; i++) key[i] = ~(key[i] ?? 0) & 0xff
  return key
}
