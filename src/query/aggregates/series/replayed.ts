import type { Fold } from './fold.ts'

/** When it came, and its values. */
type Row = readonly [order: number, ...values: number[]]

/** Numbers rows as they come, in all of them: parts of a window are put together in that order, as the counterparts in Flink do. */
let next = 1

/**
 * A fold over rows that also leave, or come in parts: the rows are kept, and the fold is made anew from them when its result is asked for, so that
 * it is that of the frame exactly. O(frame) a result.
 */
export class Replayed {
  readonly #make: () => Fold
  #rows: Row[]
  #head = 0

  constructor(make: () => Fold, saved: readonly Row[] = []) {
    this.#make = make
    this.#rows = [...saved]
    // What comes from here on is later than all that was saved.
    next = Math.max(next, (this.#rows.at(-1)?.[0] ?? 0) + 1)
  }

  add(...values: number[]): void {
    this.#rows.push([next++, ...values])
  }

  /** The first row that is equal; in a frame that slides that is the first of all. */
  remove(...gone: number[]): void {
    const isIt = (row: Row | undefined) => row?.length === gone.length + 1 && gone.every((x, i) => Object.is(row[i + 1], x))
    if (!isIt(this.#rows[this.#head])) {
      const at = this.#rows.findIndex((row, i) => i >= this.#head && isIt(row))
      if (at >= 0) this.#rows.splice(at, 1)
      return
    }
    this.#head++
    if (this.#head < 64 || this.#head * 2 < this.#rows.length) return
    this.#rows = this.#rows.slice(this.#head)
    this.#head = 0
  }

  /** The rows of both in the order in which they came. */
  merge(other: Replayed): void {
    const [one, two] = [this.#rows.slice(this.#head), other.#rows.slice(other.#head)]
    const last = one.at(-1)?.[0] ?? 0
    const inOrder = two.length === 0 || last < (two[0] as Row)[0]
    this.#rows = [...one, ...two]
    this.#head = 0
    if (!inOrder) this.#rows.sort(([a], [b]) => a - b)
  }

  result(): unknown {
    const fold = this.#make()
    for (let i = this.#head; i < this.#rows.length; i++) {
      const [, ...values] = this.#rows[i] as Row
      fold.add(...values)
    }
    return fold.result()
  }

  save(): unknown {
    return this.#rows.slice(this.#head)
  }
}
