const RATE = 0.25
/** How many predictions {@link Period.predictions} gives. */
export const PERIOD_PREDICTORS = 4

/**
 * A season of so many rows, whatever the clock says: the last value of each phase, its mean, and how much a season adds. Memory: two numbers a row of
 * the period.
 */
export class Period {
  readonly rows: number
  readonly #last: Float64Array
  readonly #means: Float64Array

  /** What a value is above that of a season before, in the mean of about two seasons. */
  #drift = 0
  #drifted = 0

  /** @param rows in a period */
  constructor(rows: number) {
    this.rows = rows
    this.#last = new Float64Array(rows).fill(Number.NaN)
    this.#means = new Float64Array(rows).fill(Number.NaN)
  }

  /** The n-th row of all, from 0. */
  add(n: number, value: number): void {
    const at = n % this.rows
    const [mean, last] = [this.#means[at] as number, this.#last[at] as number]
    if (!Number.isNaN(last)) this.#drift += Math.max(1 / (2 * this.rows), 1 / ++this.#drifted) * (value - last - this.#drift)
    this.#means[at] = Number.isNaN(mean) ? value : mean + RATE * (value - mean)
    this.#last[at] = value
  }

  /**
   * Of the row `ahead` of the n-th, which has come: its phase's last value, with drift and without; its phase's mean; that, moved by how
   * far the n-th was from its own, with drift. NaN where the phase has not come yet.
   */
  predictions(n: number, ahead: number, value: number): number[] {
    const at = (n + ahead) % this.rows
    const last = this.#last[at] as number
    const mean = this.#means[at] as number
    const moved = mean + value - (this.#means[n % this.rows] as number)
    return [last + Math.ceil(ahead / this.rows) * this.#drift, last, mean, moved + (ahead / this.rows) * this.#drift]
  }

  save(): unknown {
    const columns = [this.#last, this.#means].map((column) => Array.from(column, (x) => (Number.isNaN(x) ? null : x)))
    return [...columns, this.#drift, this.#drifted]
  }

  load(saved: unknown): void {
    const [last, means, drift, drifted] = saved as [Array<number | null>, Array<number | null>, number, number]
    this.#last.set(last.map((x) => x ?? Number.NaN))
    this.#means.set(means.map((x) => x ?? Number.NaN))
    this.#drift = drift
    this.#drifted = drifted
  }
}
