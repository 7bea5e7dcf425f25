import type { RecordBatch } from '../../bus/bus.ts'
import type { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import { EnvelopeWriter } from '../../bus/envelope/write.ts'
import type { RecordFormat } from './format.ts'

/** A line of JSON a record, as `produce` takes it back (docs/cli.md, "Records"). */
export class NdjsonFormat implements RecordFormat {
  readonly #writer = new EnvelopeWriter()

  add(out: ByteBuffer, batch: RecordBatch, i: number): void {
    this.#writer.add(out, batch, i)
  }
}
