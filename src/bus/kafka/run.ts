import { encodeBatch, type TimedRecord, type WriterState } from './batch-encoder.ts'
import { giveMemory } from './batch-memory.ts'
import type { Codec } from './codecs.ts'
import { encodeLines, type Lines } from './line-encoder.ts'
import type { Compression } from './options.ts'

/** Records that go out together, as one batch. */
export interface Run {
  readonly count: number
  encode(writer: WriterState, compression: { name: Compression; codec: Codec | null }): Promise<Buffer>
  part(from: number, to: number): Run
  /** The batch that it made has been answered, sent but once: nobody looks at its bytes any more. */
  recycle?(batch: Buffer): void
}

/** Records as objects. */
export class RecordRun implements Run {
  readonly records: readonly TimedRecord[]
  /** Of each record, its payloadSize. */
  readonly payloads: readonly number[]

  constructor(records: readonly TimedRecord[], payloads: readonly number[]) {
    this.records = records
    this.payloads = payloads
  }

  get count(): number {
    return this.records.length
  }

  encode(writer: WriterState, compression: { name: Compression; codec: Codec | null }): Promise<Buffer> {
    return encodeBatch(this.records, writer, compression, this.payloads)
  }

  part(from: number, to: number): Run {
    return new RecordRun(this.records.slice(from, to), this.payloads.slice(from, to))
  }
}

/** Records whose values lie behind one another in one piece of memory. */
export class LineRun implements Run {
  readonly #lines: Lines

  constructor(lines: Lines) {
    this.#lines = lines
  }

  get count(): number {
    return this.#lines.ends.length
  }

  encode(writer: WriterState, compression: { name: Compression; codec: Codec | null }): Promise<Buffer> {
    return encodeLines(this.#lines, writer, compression)
  }

  recycle(batch: Buffer): void {
    giveMemory(batch)
  }

  part(from: number, to: number): Run {
    const { ends, start } = this.#lines
    return new LineRun({ ...this.#lines, start: from === 0 ? start : (ends[from - 1] as number) + 1, ends: ends.subarray(from, to) })
  }
}
