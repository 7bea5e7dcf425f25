import { HEADER_BYTES } from './batch-codec.ts'
import type { Head } from './head.ts'
import { logEnd, logKey, offsetOfLogKey } from './keys.ts'
import { pruneTimeIndex } from './time-index.ts'
import { retention } from './topic-policy.ts'
import type { Topic } from './topics.ts'
import type { Tx } from './tx.ts'

/** Most batches that one transaction removes: the write lock is short. */
export const STEP_BATCHES = 500

/**
 * Remove the oldest batches that a partition need not keep: those whose last record is older than retention.ms, and those
 * without which it still has retention.bytes. Never from the middle. True when there may be more to remove.
 */
export function applyRetention(tx: Tx, topic: Topic, partition: number, now: number): boolean {
  const keep = retention(topic)
  if (keep.ms === Number.POSITIVE_INFINITY && keep.bytes === Number.POSITIVE_INFINITY) return false
  return removeOldest(tx, topic, partition, ({ maxTimestamp, bytes, kept }) => maxTimestamp < now - keep.ms || kept - bytes >= keep.bytes)
}

/** The oldest batch that is still there, before it is removed. */
export interface OldestBatch {
  /** Of its newest record, ms. */
  maxTimestamp: number
  /** Its own. */
  bytes: number
  /** Of the partition, with this batch. */
  kept: number
  /** Offset behind it; lower than that where compaction has left gaps. */
  end: number
}

/** Remove batches from the front for as long as they may go, at most {@link STEP_BATCHES}. True when there may be more to remove. */
export function removeOldest(tx: Tx, topic: Topic, partition: number, mayGo: (batch: OldestBatch) => boolean): boolean {
  const head = tx.head(topic.id, partition)
  const stale: Array<{ key: Buffer; bytes: number; count: number }> = []
  let kept = head.bytes
  let start = head.end
  const range = tx.log.getRange({ start: logKey(topic.id, partition, 0), end: logEnd(topic.id, partition), limit: STEP_BATCHES + 1 })
  for (const { key, value } of range) {
    const bytes = value.byteLength
    const count = value.readUInt32LE(8)
    const goes = mayGo({ maxTimestamp: maxTimestampOf(value), bytes, kept, end: offsetOfLogKey(key) + count })
    if (!goes || stale.length === STEP_BATCHES) {
      start = offsetOfLogKey(key)
      break
    }
    stale.push({ key: Buffer.from(key), bytes, count })
    kept -= bytes
  }
  if (stale.length === 0) return false
  for (const { key, bytes, count } of stale) remove(tx, head, key, bytes, count)
  head.start = start
  pruneTimeIndex(tx, topic.id, partition, start, STEP_BATCHES)
  return stale.length === STEP_BATCHES
}

/** Take one batch out of the log and out of its partition's accounts. */
export function remove(tx: Tx, head: Head, key: Buffer, bytes: number, count: number): void {
  tx.log.removeSync(key)
  head.bytes -= bytes
  head.records -= count
  tx.totalBytes -= bytes
}

/** A batch too short to have a time goes with the ones around it. */
function maxTimestampOf(bytes: Buffer): number {
  return bytes.length < HEADER_BYTES ? Number.NEGATIVE_INFINITY : bytes.readDoubleLE(24)
}
