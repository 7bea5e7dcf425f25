export interface Timed<T> {
  readonly time: number
  readonly value: T
}

/** A binary heap by time; values of one time come out in the order in which they went in. */
export class TimeHeap<T> {
  readonly #heap: Array<Timed<T> & { readonly seq: number }> = []
  #seq = 0

  get size(): number {
    return this.#heap.length
  }

  /** The earliest time, Infinity when empty. */
  get next(): number {
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY
  }

  push(time: number, value: T): void {
    const heap = this.#heap
    const entry = { time, value, seq: this.#seq++ }
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
    if (!first || first.time > time) return undefined
    const last = heap.pop()
    if (last && last !== first) this.#sink(last)
    return first
  }

  /** All entries, earliest first. */
  sorted(): Timed<T>[] {
    return [...this.#heap].sort((a, b) => a.time - b.time || a.seq - b.seq)
  }

  #sink(entry: Timed<T> & { readonly seq: number }): void {
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

function before(a: { time: number; seq: number }, b: { time: number; seq: number }): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq)
}
