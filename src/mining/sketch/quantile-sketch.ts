/** Relative error of a quantile: a value is told to within 1 %. */
const ACCURACY = 0.01
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY)
const LOG_GAMMA = Math.log(GAMMA)

export interface QuantileState {
  n: number
  weight: number
  sum: number
  zero: number
  max: number
  buckets: Array<[index: number, weight: number]>
}

/**
 * Quantiles of weighted values >= 0 by buckets that grow by a constant factor (DDSketch: Masson, Rim, Lee, VLDB 2019): relative error 1 %, whatever
 * the distribution. Durations of 1 ms to 30 years fall into 1,400 buckets, so memory is bounded; the order of values makes no difference.
 */
export class QuantileSketch {
  /** How many values, whatever their weights. */
  n = 0
  weight = 0
  /** Sum of value times weight. */
  sum = 0
  max = 0
  #zero = 0
  #buckets = new Map<number, number>()

  /** @param value >= 0; below 1 counts as 0 */
  add(value: number, weight = 1): void {
    this.n++
    this.weight += weight
    this.sum += value * weight
    if (value > this.max) this.max = value
    if (value < 1) {
      this.#zero += weight
      return
    }
    const index = Math.ceil(Math.log(value) / LOG_GAMMA)
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + weight)
  }

  /** NaN when nothing was added. */
  get mean(): number {
    return this.sum / this.weight
  }

  /** The value that a share `q` of the weight does not exceed; NaN when nothing was added. */
  quantile(q: number): number {
    return this.quantiles([q])[0] as number
  }

  /** Several at once, each as {@link quantile}. */
  quantiles(shares: readonly number[]): number[] {
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b)
    // Weights are summed in order of the buckets, so that the total is the same sum.
    const total = sorted.reduce((sum, [, weight]) => sum + weight, this.#zero)
    return shares.map((q) => {
      if (total === 0) return Number.NaN
      let below = this.#zero
      if (below >= q * total && below > 0) return 0
      for (const [index, weight] of sorted) {
        below += weight
        if (below >= q * total) return Math.min(this.max, (2 * GAMMA ** index) / (GAMMA + 1))
      }
      return this.max
    })
  }

  /** Multiplies every weight, for forward decay (decay.ts). */
  scale(factor: number): void {
    this.weight *= factor
    this.sum *= factor
    this.#zero *= factor
    for (const [index, weight] of this.#buckets) this.#buckets.set(index, weight * factor)
  }

  save(): QuantileState {
    const { n, weight, sum, max } = this
    return { n, weight, sum, max, zero: this.#zero, buckets: [...this.#buckets] }
  }

  static load({ n, weight, sum, max, zero, buckets }: QuantileState): QuantileSketch {
    const sketch = new QuantileSketch()
    Object.assign(sketch, { n, weight, sum, max })
    sketch.#zero = zero
    sketch.#buckets = new Map(buckets)
    return sketch
  }
}
