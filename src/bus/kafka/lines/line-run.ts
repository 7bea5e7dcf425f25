import { finishBatch, HEADER_SIZE, payloadSize, type TimedRecord, type WriterState } from '../batch-encoder.ts'
import type { Codec } from '../codecs.ts'
import type { Compression } from '../options.ts'
import { RecordRun, type Run } from '../run.ts'
import { Cursor } from '../varint.ts'

/** Lines that are records of a batch already; its header waits for the writer's state. */
export class LineRun implements Run {
  readonly count: number
  readonly #plain: Buffer
  readonly #timestamp: number
  #encoded = false
  /** Whether somebody may still look at the bytes it was given: a connection that has not sent them, or whose broker has not answered. */
  inUse = false

  /** @param plain room for the header, and the records */
  constructor(plain: Buffer, count: number, timestamp: number) {
    this.#plain = plain
    this.count = count
    this.#timestamp = timestamp
  }

  encode(writer: WriterState, compression: { name: Compression; codec: Codec | null }): Promise<Buffer> {
    // Another header would be written into bytes that a dead connection may still hold.
    const plain = this.#encoded ? Buffer.from(this.#plain) : this.#plain
    this.#encoded = true
    this.inUse = compression.codec === null
    return finishBatch(plain, { count: this.count, firstTime: this.#timestamp, maxTime: this.#timestamp }, writer, compression)
  }

  part(from: number, to: number): Run {
    const records = this.#records().slice(from, to)
    return new RecordRun(records, records.map(payloadSize))
  }

  recycle(): void {
    this.inUse = false
  }

  #records(): TimedRecord[] {
    const cursor = new Cursor(this.#plain, HEADER_SIZE)
    return Array.from({ length: this.count }, () => {
      cursor.skipVarint() // length
      cursor.at++ // attributes
      cursor.skipVarint() // time
      cursor.skipVarint() // place
      const key = cursor.nullableBytes()
      const value = cursor.nullableBytes()
      cursor.at++ // headers
      return { key, value, timestamp: this.#timestamp }
    })
  }
}
