import { Expiry } from './expiry.ts'
import { type Key, keyBy } from './keys.ts'
import { INSERT, type Row, type RowKind, UnaryOperator, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'

export interface DeduplicateOptions {
  keys: readonly number[]
  /** The column of the row time; -1 for the order of arrival. */
  time: number
  keep: 'first' | 'last'
  ttl: number
}

interface Kept {
  row: Row
  touched: number
}

/** The first or last row of each key by time. A better row replaces the one given out before. Of equal times the last, or the first, wins. */
export class Deduplicate extends UnaryOperator {
  readonly #o: DeduplicateOptions
  readonly #keyOf: (row: Row) => Key
  readonly #expiry: Expiry
  #kept = new Map<Key, Kept>()

  constructor(options: DeduplicateOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.keys)
    this.#expiry = new Expiry(options.ttl)
  }

  get size(): number {
    return this.#kept.size
  }

  row(_kind: RowKind, row: Row): void {
    const key = this.#keyOf(row)
    const kept = this.#kept.get(key)
    if (!kept) {
      this.#kept.set(key, { row, touched: this.#expiry.now })
      this.out.row(INSERT, row)
      return
    }
    if (!this.#better(row, kept.row)) return
    const before = kept.row
    kept.row = row
    kept.touched = this.#expiry.now
    this.out.row(UPDATE_BEFORE, before)
    this.out.row(UPDATE_AFTER, row)
  }

  override watermark(ms: number): void {
    if (this.#expiry.due(ms)) for (const [key, { touched }] of this.#kept) if (this.#expiry.gone(touched)) this.#kept.delete(key)
    this.out.watermark(ms)
  }

  save(): unknown {
    return { expiry: this.#expiry.save(), kept: [...this.#kept].map(([key, { row, touched }]) => [key, row, touched]) }
  }

  load(state: unknown): void {
    const { expiry, kept } = state as { expiry: unknown; kept: Array<[Key, Row, number]> }
    this.#expiry.load(expiry)
    this.#kept = new Map(kept.map(([key, row, touched]) => [key, { row, touched }]))
  }

  #better(row: Row, than: Row): boolean {
    const { time, keep } = this.#o
    if (time < 0) return keep === 'last'
    const [a, b] = [row[time] as number, than[time] as number]
    return keep === 'last' ? a >= b : a < b
  }
}
