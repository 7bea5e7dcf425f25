import type { Fold } from './fold.ts'

type Row = readonly [number, number?]

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
  }

  add(x: number, y?: number): void {
    this.#rows.push(y === undefined ? [x] : [x, y])
  }

  /** The first row that is equal; in a frame that slides that is the first of all. */
  remove(x: number, y?: number): void {
    const isIt = (row: Row | undefined) => row !== undefined && Object.is(row[0], x) && Object.is(row[1], y)
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

  /** The rows of a later part. */
  merge(later: Replayed): void {
    for (let i = later.#head; i < later.#rows.length; i++) this.#rows.push(later.#rows[i] as Row)
  }

  result(): unknown {
    const fold = this.#make()
    for (let i = this.#head; i < this.#rows.length; i++) {
      const [x, y] = this.#rows[i] as Row
      fold.add(x, y)
    }
    return fold.result()
  }

  save(): unknown {
    return this.#rows.slice(this.#head)
  }
}
