interface Timer {
  at: number
  id: string
}

/** Who is to be looked at when: a binary heap, the earliest first, of one time by id. */
export class Timers {
  readonly #heap: Timer[] = []

  get size(): number {
    return this.#heap.length
  }

  add(at: number, id: string): void {
    const heap = this.#heap
    let i = heap.push({ at, id }) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!before(heap[i] as Timer, heap[up] as Timer)) return
      swap(heap, i, up)
      i = up
    }
  }

  /** The earliest, if it is before `now`. */
  first(now: number): Timer | undefined {
    const [first] = this.#heap
    return first && first.at < now ? first : undefined
  }

  /** Takes out the earliest that is before `now`. */
  next(now: number): Timer | undefined {
    const heap = this.#heap
    const first = this.first(now)
    if (!first) return undefined
    const last = heap.pop() as Timer
    if (heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    const heap = this.#heap
    for (let i = 0; ; ) {
      let least = i
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && before(heap[child] as Timer, heap[least] as Timer)) least = child
      if (least === i) return
      swap(heap, i, least)
      i = least
    }
  }
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.id < b.id)

function swap(heap: Timer[], i: number, j: number): void {
  ;[heap[i], heap[j]] = [heap[j] as Timer, heap[i] as Timer]
}
