import type { RecordBatch } from '../bus.ts'
import type { FilterRecord } from './compile.ts'

/** One record of a batch as filters see it. It is moved from record to record, and decodes only what is asked for, once. */
export class RecordView implements FilterRecord {
  #batch: RecordBatch | undefined
  #i = 0
  #value: unknown
  #parsed = false

  at(batch: RecordBatch, i: number): this {
    this.#batch = batch
    this.#i = i
    this.#parsed = false
    return this
  }

  get topic(): string {
    return this.#of().topic
  }

  get partition(): number {
    return this.#of().partition
  }

  get offset(): number {
    return this.#of().offset(this.#i)
  }

  get timestamp(): number {
    return this.#of().timestamp(this.#i)
  }

  get key(): string | null {
    return this.#of().key(this.#i)?.toString() ?? null
  }

  get value(): unknown {
    if (!this.#parsed) {
      this.#value = parsed(this.#of().value(this.#i))
      this.#parsed = true
    }
    return this.#value
  }

  header(name: string): string | undefined {
    return this.#of()
      .headers(this.#i)
      .findLast((header) => header[0] === name)?.[1]
      .toString()
  }

  #of(): RecordBatch {
    if (!this.#batch) throw new RangeError('RecordView.at() comes first')
    return this.#batch
  }
}

/** JSON, or the text where it is not JSON. */
function parsed(bytes: Buffer | null): unknown {
  if (bytes === null) return null
  const text = bytes.toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
