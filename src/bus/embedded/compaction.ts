import type { OutRecord } from '../bus.ts'
import { damageOf, HEADER_BYTES, pack, RECORD_BYTES, sealed, spanOf } from './batch-codec.ts'
import { headKey, readHead } from './head.ts'
import { logEnd, logKey, offsetOfLogKey } from './keys.ts'
import { isStillThere } from './place.ts'
import { looked } from './remap.ts'
import { remove } from './retention.ts'
import { refresh, type Store } from './store.ts'
import { StoredBatch } from './stored-batch.ts'
import { minDirtyRatio, tombstoneRetentionMs } from './topic-policy.ts'
import type { Topic } from './topics.ts'
import type { Tx } from './tx.ts'
import type { Writer } from './writer.ts'

/** Bounds of one pass: its map of keys stays in memory, its transactions stay short. What is left over waits for the next pass. */
const MAX_KEYS = 500_000
const STEP_BYTES = 2 << 20

/** A batch as read, and what is to become of it. */
interface Rewrite {
  key: Buffer
  before: Buffer
  /** null: nothing of it is left. */
  after: Buffer | null
  removed: number
}

/**
 * Keep the last record of each key only, as Kafka's log cleaner does: offsets do not change, a tombstone stays for
 * delete.retention.ms after the pass that first met it. Readers need no lock: each batch is exchanged in one transaction.
 * Returns the records removed.
 */
export async function compactPartition(
  store: Store,
  writer: Writer,
  topic: Topic,
  partition: number,
  now: number,
  signal: AbortSignal,
): Promise<number> {
  refresh(store)
  const head = readHead(store.meta, headKey(topic.id, partition))
  if (head.dirty <= 0 || head.dirty / Math.max(head.bytes, 1) < minDirtyRatio(topic)) return 0
  const { latest, end } = await latestOffsets(store, topic, partition, Math.max(head.cleaned, head.start), head.end)
  let removed = 0
  for (let from = head.start; from < end; ) {
    const step = rewriteSome(store, topic, partition, from, end, (batch, i, horizon) => survives(batch, i, latest, horizon, now), now)
    const { rewrites } = step
    if (rewrites.length > 0) removed += await writer.submit({ bytes: 0, run: (tx) => exchange(tx, topic, partition, rewrites) })
    from = step.next
    await new Promise(setImmediate)
    if (signal.aborted) return removed
    refresh(store)
  }
  await writer.submit({
    bytes: 0,
    run: (tx) => {
      if (!isStillThere(tx, topic)) return
      const changed = tx.head(topic.id, partition)
      changed.cleaned = end
      // A pass that its bounds cut short leaves the rest dirty.
      if (end === head.end) changed.dirty = Math.max(0, changed.dirty - head.dirty)
    },
  })
  return removed
}

/** The last offset of each key in [from, to), or in as much of it as fits; `end` is how far that is. */
async function latestOffsets(
  store: Store,
  topic: Topic,
  partition: number,
  from: number,
  to: number,
): Promise<{ latest: Map<string, number>; end: number }> {
  const latest = new Map<string, number>()
  let next = from
  while (next < to && latest.size < MAX_KEYS) {
    let bytes = 0
    for (const { key, value } of batchesFrom(store, topic, partition, next)) {
      const baseOffset = offsetOfLogKey(key)
      if (baseOffset >= to) return { latest, end: to }
      const damaged = damageOf(value, key) !== undefined
      next = baseOffset + (damaged ? 1 : spanOf(value))
      if (!damaged) note(latest, view(topic, partition, baseOffset, value))
      bytes += value.length
      if (bytes > STEP_BYTES || latest.size >= MAX_KEYS) break
    }
    if (bytes === 0) break
    await new Promise(setImmediate)
    refresh(store)
  }
  return { latest, end: latest.size < MAX_KEYS ? to : Math.min(next, to) }
}

function note(latest: Map<string, number>, batch: StoredBatch): void {
  for (let i = 0; i < batch.count; i++) {
    const key = batch.key(i)
    if (key) latest.set(key.toString('latin1'), batch.offset(i))
  }
}

function survives(batch: StoredBatch, i: number, latest: ReadonlyMap<string, number>, horizon: number, now: number): boolean {
  const key = batch.key(i)
  if (key === null) return true
  if ((latest.get(key.toString('latin1')) ?? -1) > batch.offset(i)) return false
  return !(batch.value(i) === null && horizon > 0 && now > horizon)
}

type Survives = (batch: StoredBatch, i: number, horizon: number) => boolean

/** Work out what becomes of the next few batches. */
function rewriteSome(
  store: Store,
  topic: Topic,
  partition: number,
  from: number,
  to: number,
  keep: Survives,
  now: number,
): { rewrites: Rewrite[]; next: number } {
  const rewrites: Rewrite[] = []
  let bytes = 0
  for (const { key, value } of batchesFrom(store, topic, partition, from)) {
    const baseOffset = offsetOfLogKey(key)
    if (baseOffset >= to || bytes > STEP_BYTES) return { rewrites, next: baseOffset }
    bytes += value.length
    if (damageOf(value, key) !== undefined) continue
    const rewrite = rewriteBatch(topic, view(topic, partition, baseOffset, value), baseOffset, value, keep, now)
    if (rewrite) rewrites.push({ key: Buffer.from(key), before: value, ...rewrite })
  }
  return { rewrites, next: to }
}

function rewriteBatch(
  topic: Topic,
  batch: StoredBatch,
  baseOffset: number,
  bytes: Buffer,
  keep: Survives,
  now: number,
): Pick<Rewrite, 'after' | 'removed'> | undefined {
  const horizon = bytes.readDoubleLE(32)
  const records: OutRecord[] = []
  const deltas: number[] = []
  let tombstones = 0
  for (let i = 0; i < batch.count; i++) {
    if (!keep(batch, i, horizon)) continue
    const { key, value, timestamp, headers } = batch.record(i)
    records.push({ key, value, timestamp, headers })
    deltas.push(batch.offset(i) - baseOffset)
    if (value === null) tombstones++
  }
  const deleteHorizon = tombstones === 0 ? 0 : horizon > 0 ? horizon : now + tombstoneRetentionMs(topic)
  if (records.length === batch.count && deleteHorizon === horizon) return undefined
  const removed = batch.count - records.length
  if (records.length === 0) return { after: null, removed }
  return { after: pack(records, now, { deltas, span: spanOf(bytes), deleteHorizon }).bytes, removed }
}

/** Put the new batches in place of the old ones, but for those that someone else has changed in the meantime. */
function exchange(tx: Tx, topic: Topic, partition: number, rewrites: readonly Rewrite[]): number {
  if (!isStillThere(tx, topic)) return 0
  const head = tx.head(topic.id, partition)
  let removed = 0
  for (const { key, before, after, removed: gone } of rewrites) {
    if (!tx.log.getBinary(key)?.equals(before)) continue
    removed += gone
    if (after === null) remove(tx, head, key, before.length, gone)
    else {
      tx.log.putSync(key, sealed(after, key))
      head.bytes += after.length - before.length
      head.records -= gone
      tx.totalBytes += after.length - before.length
    }
  }
  return removed
}

function* batchesFrom(store: Store, topic: Topic, partition: number, from: number): Generator<{ key: Buffer; value: Buffer }> {
  for (const { key, value } of store.log.getRange({ start: logKey(topic.id, partition, from), end: logEnd(topic.id, partition) })) {
    looked(store, value.byteLength)
    yield { key, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) }
  }
}

function view(topic: Topic, partition: number, baseOffset: number, bytes: Buffer): StoredBatch {
  const count = Math.min(bytes.readUInt32LE(8), Math.floor((bytes.length - HEADER_BYTES) / RECORD_BYTES))
  return new StoredBatch({ topic: topic.name, partition, baseOffset, highWatermark: 0 }, bytes, { first: 0, last: count, nextOffset: 0 })
}
