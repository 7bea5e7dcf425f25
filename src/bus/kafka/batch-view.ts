import type { BusRecord, Headers, RecordBatch } from '../bus.ts'
import type { StoredBatch } from './batch-decoder.ts'
import type { ArenaPool } from './codec-wasm/arena.ts'
import type { FrameHold } from './frame-hold.ts'
import { linesInPlace } from './lines-in-place.ts'
import { Cursor } from './varint.ts'

/** {@link RecordBatch} over the bytes as they came: what is not asked for is not decoded. */
export class BatchView implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly count: number
  readonly nextOffset: number
  readonly highWatermark: number
  /** Bytes that it keeps alive. */
  readonly size: number
  /** The answer that it lies in, where nobody looks at it after the next one is asked for. */
  hold: FrameHold | null = null
  readonly #parts: readonly StoredBatch[]
  /** Index of each part's first record. */
  readonly #firsts: readonly number[]
  /** The part that was asked last: readers go forward, so it is nearly always the right one. */
  #part = 0
  readonly #cursor = new Cursor(Buffer.alloc(0))

  constructor(topic: string, partition: number, parts: readonly StoredBatch[], place: { nextOffset: number; highWatermark: number }) {
    this.topic = topic
    this.partition = partition
    this.nextOffset = place.nextOffset
    this.highWatermark = place.highWatermark
    this.#parts = parts
    let count = 0
    this.#firsts = parts.map((part) => {
      const first = count
      count += part.count
      return first
    })
    this.count = count
    this.size = parts.reduce((sum, part) => sum + part.bytes.length, 0)
  }

  offset(i: number): number {
    const part = this.#seek(i)
    this.#cursor.skipVarint()
    return part.baseOffset + this.#cursor.varint()
  }

  timestamp(i: number): number {
    const part = this.#seek(i)
    return part.appendTime ?? part.firstTime + this.#cursor.varlong()
  }

  key(i: number): Buffer | null {
    this.#seek(i)
    this.#cursor.skipVarint()
    this.#cursor.skipVarint()
    return this.#cursor.nullableBytes()
  }

  value(i: number): Buffer | null {
    this.#seek(i)
    const cursor = this.#cursor
    cursor.skipVarint()
    cursor.skipVarint()
    const keyLength = cursor.varint()
    if (keyLength > 0) cursor.at += keyLength
    return cursor.nullableBytes()
  }

  headers(i: number): Headers {
    return this.record(i).headers
  }

  record(i: number): BusRecord {
    const part = this.#seek(i)
    const cursor = this.#cursor
    const timestamp = part.firstTime + cursor.varlong()
    const offset = part.baseOffset + cursor.varint()
    const key = cursor.nullableBytes()
    const value = cursor.nullableBytes()
    const headers: Array<readonly [string, Buffer]> = []
    // A count beyond what is there is a lie of the producer's, and must not keep us busy.
    for (let left = cursor.varint(); left > 0 && cursor.at < cursor.bytes.length; left--) {
      const name = cursor.nullableBytes()?.toString() ?? ''
      headers.push([name, cursor.nullableBytes() ?? EMPTY])
    }
    return { topic: this.topic, partition: this.partition, offset, timestamp: part.appendTime ?? timestamp, key, value, headers }
  }

  takeLines(from: number, to: number): Iterable<Buffer> | null {
    return this.hold === null ? null : linesInPlace(this.#parts, from, to)
  }

  /** Nobody looks at it any more. */
  free(arenas: ArenaPool): void {
    for (const { arena } of this.#parts) if (arena) arenas.give(arena)
  }

  *[Symbol.iterator](): Iterator<BusRecord> {
    for (let i = 0; i < this.count; i++) yield this.record(i)
  }

  /** Puts the cursor on the record's timestamp, behind its attributes. */
  #seek(i: number): StoredBatch {
    const part = this.#partOf(i)
    const start = part.starts[i - (this.#firsts[this.#part] ?? 0)]
    if (start === undefined) throw new RangeError(`record ${i} of ${this.count}`)
    this.#cursor.bytes = part.bytes
    this.#cursor.at = start + 1
    return part
  }

  #partOf(i: number): StoredBatch {
    if (i < 0 || i >= this.count) throw new RangeError(`record ${i} of ${this.count}`)
    if (i < (this.#firsts[this.#part] ?? 0)) this.#part = 0
    while (i >= (this.#firsts[this.#part + 1] ?? this.count)) this.#part++
    const part = this.#parts[this.#part]
    if (!part) throw new RangeError(`record ${i} of ${this.count}`)
    return part
  }
}

/** Kafka allows a header without a value; on the bus it is an empty one. */
const EMPTY = Buffer.alloc(0)
