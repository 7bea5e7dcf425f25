import type { Damage } from '../bus.ts'
import { damageOf, HEADER_BYTES, RECORD_BYTES, spanOf } from './batch-codec.ts'
import { type Head, headKey, readHead } from './head.ts'
import { logEnd, logKey, offsetOfLogKey } from './keys.ts'
import { looked } from './remap.ts'
import type { Store } from './store.ts'
import { StoredBatch } from './stored-batch.ts'
import { isCompacted } from './topic-policy.ts'
import type { Topic } from './topics.ts'

/**
 * Where a key is damaged, LMDB may begin a range before its start, since it searches a page that is out of order: so many keys are passed over, more than
 * a page holds.
 */
const DISORDERED = 1_000

/** A packed batch where it lies. */
export interface LaidBatch {
  baseOffset: number
  bytes: Buffer
}

/** Told of what cannot be read: it is skipped, never silently. */
export type OnDamage = (damage: Damage) => void

/** Read access to one partition. Every call sees the snapshot of this turn of the event loop (refresh() moves it on). */
export class PartitionLog {
  readonly #store: Store
  readonly #topic: Topic
  readonly #partition: number
  readonly #headKey: Buffer
  readonly #onDamage: OnDamage

  constructor(store: Store, topic: Topic, partition: number, onDamage: OnDamage) {
    this.#store = store
    this.#topic = topic
    this.#partition = partition
    this.#headKey = headKey(topic.id, partition)
    this.#onDamage = onDamage
  }

  head(): Head {
    return readHead(this.#store.meta, this.#headKey)
  }

  /**
   * The records from `from` up to but not including `to` that lie in one batch, of at most about `maxBytes`; undefined where
   * there are none below `to`. A damaged batch is reported and skipped.
   */
  read(from: number, to: number, head: Head, maxBytes: number): StoredBatch | undefined {
    let next = Math.max(from, head.start)
    const end = Math.min(to, head.end)
    while (next < end) {
      const laid = this.#batchAt(next)
      const found = Math.min(laid?.baseOffset ?? head.end, end)
      if (found > next && !isCompacted(this.#topic)) this.#report(next, found, 'they are missing')
      if (!laid || laid.baseOffset >= end) return undefined
      looked(this.#store, laid.bytes.length)
      const why = damageOf(laid.bytes, logKey(this.#topic.id, this.#partition, laid.baseOffset))
      if (why === undefined) {
        const batch = this.#window(laid, next, end, head, maxBytes)
        if (batch.count > 0) return batch
        next = batch.nextOffset
      } else {
        const after = Math.min(this.#offsetAfter(Math.max(next, laid.baseOffset)) ?? head.end, head.end)
        this.#report(Math.max(next, laid.baseOffset), Math.min(after, end), why)
        next = after
      }
    }
    return undefined
  }

  /** First offset of time `timestamp` or later from `from` on, or the high watermark. */
  firstOffsetSince(timestamp: number, from: number, head: Head): number {
    let next = from
    while (next < head.end) {
      const batch = this.read(next, head.end, head, Number.POSITIVE_INFINITY)
      if (!batch) break
      for (let i = 0; i < batch.count; i++) if (batch.timestamp(i) >= timestamp) return batch.offset(i)
      next = batch.nextOffset
    }
    return head.end
  }

  #report(from: number, to: number, why: string): void {
    this.#onDamage({ topic: this.#topic.name, partition: this.#partition, from, to, why })
  }

  /** The batch that spans an offset, or the next one there is. */
  #batchAt(offset: number): LaidBatch | undefined {
    const { log } = this.#store
    // Reading on from where the last batch ended, the key is exact: no cursor needed.
    const exact = log.getBinaryFast(logKey(this.#topic.id, this.#partition, offset))
    if (exact) return { baseOffset: offset, bytes: copyOf(exact) }
    const floor = log.getRange({
      start: logKey(this.#topic.id, this.#partition, offset),
      end: logKey(this.#topic.id, this.#partition, 0),
      reverse: true,
      inclusiveEnd: true,
      limit: 1,
    })
    for (const { key, value } of floor) {
      const baseOffset = offsetOfLogKey(key)
      const bytes = plain(value)
      if (bytes.length < HEADER_BYTES || baseOffset + spanOf(bytes) > offset) return { baseOffset, bytes }
    }
    const after = log.getRange({
      start: logKey(this.#topic.id, this.#partition, offset),
      end: logEnd(this.#topic.id, this.#partition),
      limit: DISORDERED,
    })
    for (const { key, value } of after) {
      const baseOffset = offsetOfLogKey(key)
      if (baseOffset >= offset) return { baseOffset, bytes: plain(value) }
    }
    return undefined
  }

  /** Base offset of the first batch that begins behind an offset. */
  #offsetAfter(offset: number): number | undefined {
    const keys = this.#store.log.getKeys({
      start: logKey(this.#topic.id, this.#partition, offset + 1),
      end: logEnd(this.#topic.id, this.#partition),
      limit: DISORDERED,
    })
    for (const key of keys) if (offsetOfLogKey(key) > offset) return offsetOfLogKey(key)
    return undefined
  }

  #window(laid: LaidBatch, from: number, end: number, head: Head, maxBytes: number): StoredBatch {
    const { baseOffset, bytes } = laid
    const count = bytes.readUInt32LE(8)
    const spanEnd = baseOffset + spanOf(bytes)
    const first = from <= baseOffset ? 0 : rowAtOrAfter(bytes, count, from - baseOffset)
    let last = end >= spanEnd ? count : rowAtOrAfter(bytes, count, end - baseOffset)
    let nextOffset = Math.min(end, spanEnd)
    if (bytes.length > maxBytes) {
      const cut = Math.max(first + 1, rowWithin(bytes, count, first, maxBytes))
      if (cut < last) {
        last = cut
        nextOffset = baseOffset + offsetDelta(bytes, cut)
      }
    }
    const at = { topic: this.#topic.name, partition: this.#partition, baseOffset, highWatermark: head.end }
    return new StoredBatch(at, bytes, { first, last, nextOffset })
  }
}

/**
 * A value of its own from the buffer that lmdb-js uses for every read, whose `length` (not its byteLength) is that of the value.
 * Asking lmdb-js for a copy costs a second look-up and a buffer of zeros where values are large.
 */
function copyOf(shared: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(shared.length)
  copy.set(new Uint8Array(shared.buffer, shared.byteOffset, shared.length))
  return copy
}

/** lmdb-js hands out large values with a `length` property of their own; a fresh view behaves as any Buffer. */
function plain(value: Uint8Array): Buffer {
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

function offsetDelta(bytes: Buffer, row: number): number {
  return bytes.readUInt32LE(HEADER_BYTES + RECORD_BYTES * row + 8)
}

/** First row whose offset is at least `delta` past the base. */
function rowAtOrAfter(bytes: Buffer, count: number, delta: number): number {
  return firstRow(0, count, (row) => offsetDelta(bytes, row) >= delta)
}

/** First row whose data starts more than `maxBytes` after that of row `first`. */
function rowWithin(bytes: Buffer, count: number, first: number, maxBytes: number): number {
  const dataAt = (row: number) => bytes.readUInt32LE(HEADER_BYTES + RECORD_BYTES * row + 12)
  const start = dataAt(first)
  return firstRow(first, count, (row) => dataAt(row) - start > maxBytes)
}

/** Binary search: first row in [low, high) for which `holds`, which once true stays true; `high` when there is none. */
function firstRow(low: number, high: number, holds: (row: number) => boolean): number {
  let from = low
  let to = high
  while (from < to) {
    const middle = (from + to) >>> 1
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}
