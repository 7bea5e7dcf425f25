import type { Fold } from './fold.ts'

type Row = readonly number[]

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

  add(...row: number[]): void {
    this.#rows.push(row)
  }

  /** The first row that is equal; in a frame that slides that is the first of all. */
  remove(...gone: number[]): void {
    const isIt = (row: Row | undefined) => row?.length === gone.length && gone.every((x, i) => Object.is(row[i], x))
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
    for (let i = this.#head; i < this.#rows.length; i++) fold.add(...(this.#rows[i] as Row))
    return fold.result()
  }

  save(): unknown {
    return this.#rows.slice(this.#head)
  }
}
