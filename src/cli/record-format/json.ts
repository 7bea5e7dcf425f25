import type { RecordBatch } from '../../bus/bus.ts'
import type { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import { EnvelopeWriter } from '../../bus/envelope/write.ts'
import type { ErrorReport } from '../error-report.ts'
import type { RecordFormat } from './format.ts'

/** One document, `{"records":[…]}`, written as records come; a failure in the middle still ends it as valid JSON, with the error. */
export class JsonFormat implements RecordFormat {
  readonly #writer = new EnvelopeWriter()
  #separator = '\n'

  begin(out: ByteBuffer): void {
    out.text('{"records":[')
  }

  add(out: ByteBuffer, batch: RecordBatch, i: number): void {
    out.text(this.#separator)
    this.#separator = ','
    this.#writer.add(out, batch, i)
  }

  end(out: ByteBuffer, failure?: ErrorReport): void {
    out.text(failure ? `],"error":${JSON.stringify(failure)}}\n` : ']}\n')
  }
}
