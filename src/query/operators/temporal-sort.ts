import { compareBy, type SortColumn } from './compare-rows.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

/** ORDER BY a row time, then other columns: a row goes out when the watermark has passed its time; one behind the watermark is late. */
export class TemporalSort extends UnaryOperator {
  readonly #time: number
  readonly #compare: (a: Row, b: Row) => number
  readonly #onLate: OnLate | undefined
  #waiting = new TimeHeap<Row>()
  #current = Number.NEGATIVE_INFINITY

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
    if (time <= this.#current) this.#onLate?.(row)
    else this.#waiting.push(time, row)
  }

  override watermark(ms: number): void {
    this.#current = ms
    while (this.#waiting.size > 0 && this.#waiting.next <= ms) {
      const time = this.#waiting.next
      const rows: Row[] = []
      for (let next = this.#waiting.pop(time); next; next = this.#waiting.pop(time)) rows.push(next.value)
      for (const row of rows.length > 1 ? rows.sort(this.#compare) : rows) this.out.row(INSERT, row)
    }
    this.out.watermark(ms)
  }

  save(): unknown {
    return { current: this.#current, waiting: this.#waiting.sorted().map(({ time, value }) => [time, value]) }
  }

  load(state: unknown): void {
    const { current, waiting } = state as { current: number; waiting: Array<[number, Row]> }
    this.#current = current
    this.#waiting = new TimeHeap()
    for (const [time, row] of waiting) this.#waiting.push(time, row)
  }
}
