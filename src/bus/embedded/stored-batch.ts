import type { BusRecord, Headers, RecordBatch } from '../bus.ts'
import { HEADER_BYTES, RECORD_BYTES } from './batch-codec.ts'

const NO_HEADERS: Headers = []

/** Places in a row of the record table, in 32-bit words; the first two are its time. */
const ROW_WORDS = RECORD_BYTES / 4
const DELTA = 2
const DATA_AT = 3
const KEY_BYTES = 4
const VALUE_BYTES = 5

/** A window onto a packed batch (layout: batch-codec.ts): the records `first` up to but not including `last`. */
export class StoredBatch implements RecordBatch {
  readonly topic: string
  readonly partition: number
  readonly count: number
  readonly nextOffset: number
  readonly highWatermark: number
  readonly #bytes: Buffer
  readonly #baseOffset: number
  readonly #first: number
  /** The record table in place: 6 words a record, of which the first two are its time. */
  readonly #words: Int32Array
  readonly #times: Float64Array

  constructor(
    at: { topic: string; partition: number; baseOffset: number; highWatermark: number },
    bytes: Buffer,
    window: { first: number; last: number; nextOffset: number },
  ) {
    this.topic = at.topic
    this.partition = at.partition
    this.highWatermark = at.highWatermark
    this.#baseOffset = at.baseOffset
    this.#bytes = bytes
    this.#first = window.first
    this.count = window.last - window.first
    this.nextOffset = window.nextOffset
    const records = bytes.readUInt32LE(8)
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, (records * RECORD_BYTES) / 4)
    this.#times = new Float64Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, (records * RECORD_BYTES) / 8)
  }

  /** Of the whole stored batch, of which this may be a part. */
  get storedBytes(): number {
    return this.#bytes.length
  }

  offset(i: number): number {
    return this.#baseOffset + word(this.#words, this.#row(i) + DELTA)
  }

  timestamp(i: number): number {
    return this.#times[this.#row(i) / 2] ?? 0
  }

  key(i: number): Buffer | null {
    const words = this.#words
    const row = this.#row(i)
    const length = word(words, row + KEY_BYTES)
    if (length < 0) return null
    const start = word(words, row + DATA_AT)
    return this.#bytes.subarray(start, start + length)
  }

  value(i: number): Buffer | null {
    const words = this.#words
    const row = this.#row(i)
    const length = word(words, row + VALUE_BYTES)
    if (length < 0) return null
    const start = word(words, row + DATA_AT) + Math.max(word(words, row + KEY_BYTES), 0)
    return this.#bytes.subarray(start, start + length)
  }

  headers(i: number): Headers {
    const row = this.#row(i)
    const bytes = this.#bytes
    const next = row + ROW_WORDS + DATA_AT
    const words = this.#words
    const end = next < words.length ? word(words, next) : bytes.length
    let at = word(words, row + DATA_AT) + Math.max(word(words, row + KEY_BYTES), 0) + Math.max(word(words, row + VALUE_BYTES), 0)
    if (at >= end) return NO_HEADERS
    const headers: Array<[string, Buffer]> = []
    while (at < end) {
      const nameEnd = at + 6 + bytes.readUInt16LE(at)
      const valueEnd = nameEnd + bytes.readInt32LE(at + 2)
      headers.push([bytes.toString('utf8', at + 6, nameEnd), bytes.subarray(nameEnd, valueEnd)])
      at = valueEnd
    }
    return headers
  }

  record(i: number): BusRecord {
    return {
      topic: this.topic,
      partition: this.partition,
      offset: this.offset(i),
      timestamp: this.timestamp(i),
      key: this.key(i),
      value: this.value(i),
      headers: this.headers(i),
    }
  }

  *[Symbol.iterator](): Iterator<BusRecord> {
    for (let i = 0; i < this.count; i++) yield this.record(i)
  }

  /** Where the row of record `i` starts in the table, in words. */
  #row(i: number): number {
    if (i < 0 || i >= this.count) throw new RangeError(`record ${i} of a batch of ${this.count}`)
    return (this.#first + i) * ROW_WORDS
  }
}

function word(words: Int32Array, at: number): number {
  return words[at] as number
}
