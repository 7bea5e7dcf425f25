import type { LineTarget } from '../../line-gatherer.ts'
import { FRAMING, HEADER_SIZE, payloadSize } from '../batch-encoder.ts'
import { partSize, writePart } from '../header-memo.ts'
import { RecordRun, type Run } from '../run.ts'
import { type LineEncoder, SLACK } from './encode.ts'
import { LineRun } from './line-run.ts'
import { fastestEncoder } from './simd-encoder.ts'

/** Batches under way at once, of different partitions. */
const SLOTS = 4
/** Lines are gathered in so many bytes, whatever the size of a batch. */
const SMALLEST_BLOCK = 64 << 10
const LARGEST_BLOCK = 1 << 20

export interface LineSlotsOptions {
  /** Of every record. */
  key: Buffer | null
  /** Most bytes of a batch, before compression. */
  batchBytes: number
  now(): number
  /** Resolves with the number of records when they are written. @param bytes that wait until then */
  append(run: Run, bytes: number): Promise<number>
}

/**
 * Lines are read into, and batches made and sent out of, one piece of memory: what is read is moved once, to its place in a batch. Behind the key
 * comes the block of lines, and behind that the slots, of a batch each; the last slot is for making a batch that goes out as a copy, because
 * batches whose answer never came may have kept others.
 */
export class LineSlots implements LineTarget {
  readonly block: Buffer
  readonly most = SLOTS
  readonly #options: LineSlotsOptions
  readonly #encoder: LineEncoder
  readonly #place: { key: number; keySize: number; from: number }
  readonly #limit: number
  readonly #capacity: number
  readonly #free: number[]
  readonly #scratch: number

  constructor(options: LineSlotsOptions, encoderOf: (bytes: number) => LineEncoder = fastestEncoder) {
    this.#options = options
    const keySize = partSize(options.key)
    const blockBytes = Math.max(SMALLEST_BLOCK, Math.min(options.batchBytes, LARGEST_BLOCK))
    this.#limit = Math.min(options.batchBytes, LARGEST_BLOCK)
    this.#capacity = HEADER_SIZE + FRAMING + keySize + FRAMING + blockBytes
    const from = keySize
    const first = from + blockBytes + SLACK
    const slotBytes = this.#capacity + SLACK + keySize
    this.#encoder = encoderOf(first + (SLOTS + 1) * slotBytes)
    this.#place = { key: 0, keySize, from }
    this.#scratch = first
    this.#free = Array.from({ length: SLOTS }, (_, i) => first + (i + 1) * slotBytes)
    writePart(this.#encoder.memory, 0, options.key)
    this.block = this.#encoder.memory.subarray(from, from + blockBytes)
  }

  take(start: number, stop: number): { end: number; written: Promise<number> } {
    const { key, keySize, from } = this.#place
    const slot = this.#free.pop()
    const at = slot ?? this.#scratch
    const { memory } = this.#encoder
    const room = { at: at + HEADER_SIZE, limit: at + this.#limit, capacity: at + this.#capacity }
    const encoded = this.#encoder.encode({ key, keySize, from: from + start, end: from + stop, ...room })
    const batch = memory.subarray(at, encoded.at)
    const run = new LineRun(slot === undefined ? Buffer.from(batch) : batch, encoded.count, this.#options.now())
    const written = this.#options.append(run, batch.length).finally(() => {
      if (slot !== undefined && !run.inUse) this.#free.push(slot)
    })
    return { end: encoded.next - from, written }
  }

  takeLong(value: Buffer): Promise<number> {
    const record = { key: this.#options.key, value, timestamp: this.#options.now() }
    const payload = payloadSize(record)
    return this.#options.append(new RecordRun([record], [payload]), FRAMING + payload)
  }
}
