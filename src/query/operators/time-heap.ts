export interface Timed<T> {
  readonly time: number
  readonly value: T
}

/**
 * Values by time; those of one time come out in the order in which they went in. What comes in order of time, as nearly all does, stands in a row and
 * is taken from its head; only the others need a heap.
 */
export class TimeHeap<T> {
  #row: Entry<T>[] = []
  #head = 0
  readonly #heap: Entry<T>[] = []
  #seq = 0

  get size(): number {
    return this.#row.length - this.#head + this.#heap.length
  }

  /** The earliest time, Infinity when empty. */
  get next(): number {
    const inRow = this.#row[this.#head]?.time ?? Number.POSITIVE_INFINITY
    const inHeap = this.#heap[0]?.time ?? Number.POSITIVE_INFINITY
    return Math.min(inRow, inHeap)
  }

  push(time: number, value: T): void {
    const entry = { time, value, seq: this.#seq++ }
    const row = this.#row
    const last = row[row.length - 1]
    if (last === undefined || last.time <= time) row.push(entry)
    else this.#rise(entry)
  }

  #rise(entry: Entry<T>): void {
    const heap = this.#heap
    let i = heap.push(entry) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      const parent = heap[up]
      if (!parent || !before(entry, parent)) break
      heap[i] = parent
      i = up
    }
    heap[i] = entry
  }

  /** The earliest entry not later than `time`, or undefined. */
  pop(time: number): Timed<T> | undefined {
    const heap = this.#heap
    const first = heap[0]
    const head = this.#row[this.#head]
    if (head && (!first || before(head, first))) return head.time > time ? undefined : this.#leave(head)
    if (!first || first.time > time) return undefined
    const last = heap.pop()
    if (last && last !== first) this.#sink(last)
    return first
  }

  /** All entries, earliest first. */
  sorted(): Timed<T>[] {
    return [...this.#row.slice(this.#head), ...this.#heap].sort((a, b) => a.time - b.time || a.seq - b.seq)
  }

  #leave(head: Entry<T>): Entry<T> {
    this.#head++
    if (this.#head === this.#row.length) {
      this.#row = []
      this.#head = 0
    } else if (this.#head >= SPENT && this.#head * 2 > this.#row.length) {
      this.#row = this.#row.slice(this.#head)
      this.#head = 0
    }
    return head
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      let child = heap[down]
      if (!child) break
      const right = heap[down + 1]
      if (right && before(right, child)) {
        down++
        child = right
      }
      if (!before(child, entry)) break
      heap[i] = child
      i = down
    }
    heap[i] = entry
  }
}

type Entry<T> = Timed<T> & { readonly seq: number }

/** So many entries that were taken may still stand in the row. */
const SPENT = 1024

function before(a: { time: number; seq: number }, b: { time: number; seq: number }): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq)
}
