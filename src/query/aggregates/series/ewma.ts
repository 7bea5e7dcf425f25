import type { Fold } from './fold.ts'

/** Exponentially weighted mean: the first value, then alpha of each new one. */
export class Ewma implements Fold {
  readonly #alpha: number
  #mean: number | null

  constructor(alpha: number, saved: number | null = null) {
    this.#alpha = alpha
    this.#mean = saved
  }

  add(x: number): void {
    this.#mean = this.#mean === null ? x : this.#mean + this.#alpha * (x - this.#mean)
  }

  result(): number | null {
    return this.#mean
  }

  save(): unknown {
    return this.#mean
  }
}
