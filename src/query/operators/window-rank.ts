import { compareBy, type SortColumn } from './compare-rows.ts'
import { type Key, keyBy } from './keys.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { type WindowClock, windowClock } from './window-clock.ts'

export interface WindowRankOptions {
  /** Column of the window's end. */
  end: number
  partition: readonly number[]
  order: readonly SortColumn[]
  from: number
  to: number
  number: boolean
  /** Of rows that tie the last one comes first. */
  lastOfTies?: boolean
  zone?: string
  onLate?: OnLate
}

/** Top-N within a window, given out when the watermark passes its end. */
export class WindowRank extends UnaryOperator {
  readonly #o: WindowRankOptions
  readonly #keyOf: (row: Row) => Key
  readonly #compare: (a: Row, b: Row) => number
  readonly #clock: WindowClock
  /** By end, then by key: the best rows so far, in order. */
  #windows = new Map<number, Map<Key, Row[]>>()
  #current = Number.NEGATIVE_INFINITY

  constructor(options: WindowRankOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.partition)
    this.#compare = compareBy(options.order)
    this.#clock = windowClock(options.zone)
  }

  get size(): number {
    return this.#windows.size
  }

  row(_kind: RowKind, row: Row): void {
    const { end, to, onLate, lastOfTies } = this.#o
    const until = row[end] as number
    if (this.#clock.due(until) <= this.#current) {
      onLate?.(row)
      return
    }
    let keys = this.#windows.get(until)
    if (!keys) {
      keys = new Map()
      this.#windows.set(until, keys)
    }
    const key = this.#keyOf(row)
    const rows = keys.get(key)
    if (!rows) {
      keys.set(key, [row])
      return
    }
    let i = rows.length
    const goesBefore = (order: number) => (lastOfTies ? order >= 0 : order > 0)
    while (i > 0 && goesBefore(this.#compare(rows[i - 1] as Row, row))) i--
    if (i >= to) return
    rows.splice(i, 0, row)
    if (rows.length > to) rows.pop()
  }

  override watermark(ms: number): void {
    this.#current = ms
    const over = [...this.#windows.keys()].filter((end) => this.#clock.due(end) <= ms).sort((a, b) => a - b)
    for (const end of over) {
      for (const rows of this.#windows.get(end)?.values() ?? []) {
        for (let place = this.#o.from; place <= rows.length; place++) {
          const row = rows[place - 1] as Row
          this.out.row(INSERT, this.#o.number ? [...row, place] : row)
        }
      }
      this.#windows.delete(end)
    }
    this.out.watermark(ms)
  }

  save(): unknown {
    return { current: this.#current, windows: [...this.#windows] }
  }

  load(state: unknown): void {
    const { current, windows } = state as { current: number; windows: Array<[number, Map<Key, Row[]>]> }
    this.#current = current
    this.#windows = new Map(windows)
  }
}
