import { Expiry } from './expiry.ts'
import { type Key, keyBy } from './keys.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

export interface DeduplicateOptions {
  keys: readonly number[]
  /** The column of the row time; -1 for the order of arrival. */
  time: number
  keep: 'first' | 'last'
  ttl: number
  onLate?: OnLate
}

interface Kept {
  row: Row
  touched: number
  /** The first by its row time: not given out yet, since an earlier one may come. */
  waits: boolean
}

/**
 * The first or last row of each key by time. Of equal times the last, or the first, wins. A later row replaces the one given out before; the
 * first by its row time is given out, for good, when the watermark passes it, and a row behind the watermark cannot be it (as Flink's
 * RowTimeDeduplicateKeepFirstRowFunction).
 */
export class Deduplicate extends UnaryOperator {
  readonly #o: DeduplicateOptions
  readonly #keyOf: (row: Row) => Key
  readonly #expiry: Expiry
  readonly #waits: boolean
  #kept = new Map<Key, Kept>()
  #waiting = new TimeHeap<Kept>()
  #current = Number.NEGATIVE_INFINITY

  constructor(options: DeduplicateOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.keys)
    this.#expiry = new Expiry(options.ttl)
    this.#waits = options.keep === 'first' && options.time >= 0
  }

  get size(): number {
    return this.#kept.size
  }

  row(_kind: RowKind, row: Row): void {
    if (this.#waits && (row[this.#o.time] as number) < this.#current) {
      this.#o.onLate?.(row)
      return
    }
    const key = this.#keyOf(row)
    const kept = this.#kept.get(key)
    if (!kept) {
      const first = { row, touched: this.#expiry.now, waits: this.#waits }
      this.#kept.set(key, first)
      if (first.waits) this.#waiting.push(row[this.#o.time] as number, first)
      else this.out.row(INSERT, row)
      return
    }
    if (this.#waits && !kept.waits) return
    if (!this.#better(row, kept.row)) return
    const before = kept.row
    kept.row = row
    kept.touched = this.#expiry.now
    if (kept.waits) {
      this.#waiting.push(row[this.#o.time] as number, kept)
      return
    }
    this.out.row(UPDATE_BEFORE, before)
    this.out.row(UPDATE_AFTER, row)
  }

  override watermark(ms: number): void {
    if (this.#waits && ms > this.#current) this.#release(ms)
    this.#current = ms
    if (this.#expiry.due(ms))
      for (const [key, { touched, waits }] of this.#kept) if (!waits && this.#expiry.gone(touched)) this.#kept.delete(key)
    this.out.watermark(ms)
  }

  save(): unknown {
    const kept = [...this.#kept].map(([key, { row, touched, waits }]) => [key, row, touched, waits])
    return { expiry: this.#expiry.save(), current: this.#current, kept }
  }

  load(state: unknown): void {
    const { expiry, current, kept } = state as { expiry: unknown; current: number; kept: Array<[Key, Row, number, boolean]> }
    this.#expiry.load(expiry)
    this.#current = current
    this.#kept = new Map(kept.map(([key, row, touched, waits]) => [key, { row, touched, waits }]))
    this.#waiting = new TimeHeap()
    for (const each of this.#kept.values()) if (each.waits) this.#waiting.push(each.row[this.#o.time] as number, each)
  }

  #release(ms: number): void {
    for (let next = this.#waiting.pop(ms); next; next = this.#waiting.pop(ms)) {
      const { time, value } = next
      // An earlier row has taken its place since.
      if (!value.waits || value.row[this.#o.time] !== time) continue
      value.waits = false
      this.out.row(INSERT, value.row)
    }
  }

  #better(row: Row, than: Row): boolean {
    const { time, keep } = this.#o
    if (time < 0) return keep === 'last'
    const [a, b] = [row[time] as number, than[time] as number]
    return keep === 'last' ? a >= b : a < b
  }
}
