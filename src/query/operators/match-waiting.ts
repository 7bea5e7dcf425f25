import type { Row } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

/**
 * Rows that wait for the watermark, by time and then by arrival. Those that come in order of their time, mostly all, are a plain queue; only
 * one that comes behind a later one goes into a heap.
 */
export class WaitingRows {
  #times: number[] = []
  #rows: Row[] = []
  #head = 0
  /** The latest time ever: a row in the heap came after every row of the queue that has its time. */
  #latest = Number.NEGATIVE_INFINITY
  readonly #behind = new TimeHeap<Row>()

  get size(): number {
    return this.#rows.length - this.#head + this.#behind.size
  }

  /** The earliest time, Infinity when empty. */
  get next(): number {
    return Math.min(this.#times[this.#head] ?? Number.POSITIVE_INFINITY, this.#behind.next)
  }

  push(time: number, row: Row): void {
    if (time < this.#latest) {
      this.#behind.push(time, row)
      return
    }
    this.#latest = time
    this.#times.push(time)
    this.#rows.push(row)
  }

  /** The first row of {@link next}. */
  pop(): Row | undefined {
    const time = this.#times[this.#head] ?? Number.POSITIVE_INFINITY
    if (this.#behind.next < time) return this.#behind.pop(this.#behind.next)?.value
    const row = this.#rows[this.#head++]
    if (this.#head >= 1024 && this.#head * 2 > this.#rows.length) {
      this.#times = this.#times.slice(this.#head)
      this.#rows = this.#rows.slice(this.#head)
      this.#head = 0
    }
    return row
  }

  save(): unknown {
    const behind = this.#behind.sorted().map(({ time, value }) => [time, value])
    return { times: this.#times.slice(this.#head), rows: this.#rows.slice(this.#head), latest: this.#latest, behind }
  }

  static load(state: unknown): WaitingRows {
    const { times, rows, latest, behind } = state as { times: number[]; rows: Row[]; latest: number; behind: Array<[number, Row]> }
    const waiting = new WaitingRows()
    waiting.#times = [...times]
    waiting.#rows = [...rows]
    waiting.#latest = latest
    for (const [time, row] of behind) waiting.#behind.push(time, row)
    return waiting
  }
}
