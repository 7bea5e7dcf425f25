import type { Fold } from './fold.ts'

/** Of the newest so many values of the frame. */
export const ROBUST_Z_VALUES = 1000
/** The median absolute deviation of a normal distribution is its standard deviation by this. */
const TO_SIGMA = 1.4826

/** How many robust deviations the newest value is from the median of the frame; NULL below three values, and where half of them are equal and it is not. */
export class RobustZ implements Fold {
  readonly #values: number[]
  #at: number

  constructor(saved: readonly [readonly number[], number] = [[], 0]) {
    this.#values = [...saved[0]]
    this.#at = saved[1]
  }

  add(x: number): void {
    this.#values[this.#at % ROBUST_Z_VALUES] = x
    this.#at++
  }

  result(): number | null {
    if (this.#values.length < 3) return null
    const newest = this.#values[(this.#at - 1) % ROBUST_Z_VALUES] as number
    const sorted = Float64Array.from(this.#values).sort()
    const median = middle(sorted)
    const spread = TO_SIGMA * middle(sorted.map((value) => Math.abs(value - median)).sort())
    if (spread === 0) return newest === median ? 0 : null
    return (newest - median) / spread
  }

  save(): unknown {
    return [[...this.#values], this.#at]
  }
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1
  const upper = sorted[half] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2
}
