import { encodeBatch, type TimedRecord, type WriterState } from './batch-encoder.ts'
import type { Codec } from './codecs.ts'
import type { Compression } from './options.ts'

/** Records that go out together, as one batch. */
export interface Run {
  readonly count: number
  encode(writer: WriterState, compression: { name: Compression; codec: Codec | null }): Promise<Buffer>
  part(from: number, to: number): Run
  /** The batch that it made has been answered as often as it was sent: nobody looks at its bytes any more. */
  recycle?(): void
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
