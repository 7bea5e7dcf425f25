import type { Writable } from 'node:stream'
import { ShitopsError } from '../base/errors.ts'
import type { RecordBatch } from '../bus/bus.ts'
import { ByteBuffer } from '../bus/envelope/byte-buffer.ts'
import type { RecordSink } from '../bus/ops/tail.ts'
import type { ErrorReport } from './error-report.ts'
import type { RecordFormat } from './record-format/format.ts'

/** Records to a stream: formatted into one buffer, written in one piece, and waited for, so that a slow reader slows the source. */
export class StreamSink implements RecordSink {
  readonly #stream: Writable
  readonly #format: RecordFormat
  readonly #out = new ByteBuffer(512 << 10)
  #closed = false

  constructor(stream: Writable, format: RecordFormat) {
    this.#stream = stream
    this.#format = format
    format.begin?.(this.#out)
  }

  get pending(): number {
    return this.#out.length
  }

  get closed(): boolean {
    return this.#closed
  }

  add(batch: RecordBatch, i: number): void {
    const before = this.#out.length
    try {
      this.#format.add(this.#out, batch, i)
    } catch (error) {
      // Half a record is none.
      this.#out.cut(before)
      throw error
    }
  }

  async addRun(batch: RecordBatch, from: number, to: number): Promise<boolean> {
    const pieces = this.#format.run?.(batch, from, to)
    if (!pieces) return false
    await this.flush()
    for (const bytes of pieces) await this.#write(bytes)
    return true
  }

  async flush(): Promise<void> {
    if (this.#out.length === 0) return
    await this.#write(this.#out.view())
    this.#out.clear()
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#closed) return
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(bytes, (error) => {
        if (!error) return resolve()
        // A reader that has seen enough closes the pipe: that is an end, not a failure.
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return reject(unwritable(error))
        this.#closed = true
        resolve()
      })
    })
  }

  /** Close the document, if the format has one. */
  async end(failure?: ErrorReport): Promise<void> {
    this.#format.end?.(this.#out, failure)
    await this.flush()
  }
}

const unwritable = (error: Error) =>
  new ShitopsError('SHITOPS_E_FILE', `standard output cannot be written: ${error.message}`, {
    suggestions: ['make room where it goes'],
    cause: error,
  })
