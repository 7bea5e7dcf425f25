import type { RecordBatch } from '../../bus/bus.ts'
import type { RecordMeta } from '../compile/scan-code.ts'

/** What a record of a batch has beside its value. Key and headers are decoded only for a query that looks at them. */
export class BatchMeta implements RecordMeta {
  topic = ''
  partition = 0
  offset = 0
  timestamp = 0
  #batch: RecordBatch | undefined
  #index = 0

  enter(batch: RecordBatch): void {
    this.#batch = batch
    this.topic = batch.topic
    this.partition = batch.partition
  }

  at(index: number): void {
    const batch = this.#batch as RecordBatch
    this.#index = index
    this.offset = batch.offset(index)
    this.timestamp = batch.timestamp(index)
  }

  get key(): Buffer | null {
    return this.#batch?.key(this.#index) ?? null
  }

  get headers(): RecordMeta['headers'] {
    return this.#batch?.headers(this.#index) ?? []
  }
}
