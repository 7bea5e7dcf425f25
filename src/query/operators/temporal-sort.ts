import { compareBy, type SortColumn } from './compare-rows.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

/**
 * ORDER BY a row time, then other columns: a row goes out when the watermark has passed its time. Late, as in Flink, is one that
 * is not after the last time given out; another one behind the watermark goes out with the next.
 */
export class TemporalSort extends UnaryOperator {
  readonly #time: number
  readonly #compare: (a: Row, b: Row) => number
  readonly #onLate: OnLate | undefined
  #waiting = new TimeHeap<Row>()
  #current = Number.NEGATIVE_INFINITY
  /** The last time given out. */
  #last = Number.NEGATIVE_INFINITY

  constructor(time: number, order: readonly SortColumn[], onLate?: OnLate) {
    super()
    this.#time = time
    this.#compare = compareBy(order)
    this.#onLate = onLate
  }

  get size(): number {
    return this.#waiting.size
  }

  row(_kind: RowKind, row: Row): void {
    const time = row[this.#time] as number
    if (time <= this.#last) this.#onLate?.(row)
    else this.#waiting.push(time, row)
  }

  override watermark(ms: number): void {
    if (ms <= this.#current) return
    this.#current = ms
    while (this.#waiting.size > 0 && this.#waiting.next <= ms) {
      const time = this.#waiting.next
      this.#last = time
      const rows: Row[] = []
      for (let next = this.#waiting.pop(time); next; next = this.#waiting.pop(time)) rows.push(next.value)
      for (const row of rows.length > 1 ? rows.sort(this.#compare) : rows) this.out.row(INSERT, row)
    }
    this.out.watermark(ms)
  }

  save(): unknown {
    return { current: this.#current, last: this.#last, waiting: this.#waiting.sorted().map(({ time, value }) => [time, value]) }
  }

  load(state: unknown): void {
    const { current, last, waiting } = state as { current: number; last: number; waiting: Array<[number, Row]> }
    this.#current = current
    this.#last = last
    this.#waiting = new TimeHeap()
    for (const [time, row] of waiting) this.#waiting.push(time, row)
  }
}
