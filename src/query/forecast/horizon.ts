/** Errors kept for the quantiles of a horizon. */
const KEPT = 600
const ERROR_RATE = 0.01
/** How sharply the better predictor is preferred. */
const SHARPNESS = 6
/** The interval whose coverage is watched, how fast its width follows, how often it is taken anew, and the bounds of the width. */
const WATCHED = 0.8
const WIDTH_RATE = 0.02
const WATCH_EVERY = 16
const NARROWEST = 0.7
const WIDEST = 3

/**
 * What is known of forecasts so many rows ahead: how wrong each predictor has been lately, and the errors of what they gave together, over the roughness
 * of the slot. Forecasts wait here for the row that they are of.
 */
export class Horizon {
  readonly rows: number
  readonly #predictors: number
  /** For each row to come: time, roughness, the forecast, the predictors'. */
  readonly #waiting: Float64Array
  /** Mean absolute error of each predictor, and how often it was judged: not where it had nothing to say. */
  readonly #errors: Float64Array
  readonly #judged: Float64Array
  readonly #recent: number[] = []
  #scored = 0
  #sorted: Float64Array | undefined
  /** Of all intervals against the errors' own quantiles: more while too many values fall outside. */
  #width = 1
  /** Low end, middle and high end of the watched interval, before the width. */
  readonly #band = new Float64Array(3).fill(Number.NaN)

  constructor(rows: number, predictors: number) {
    this.rows = rows
    this.#predictors = predictors
    this.#waiting = new Float64Array(rows * (3 + predictors)).fill(Number.NaN)
    this.#errors = new Float64Array(predictors)
    this.#judged = new Float64Array(predictors)
  }

  get scored(): number {
    return this.#scored
  }

  /** A row has come; the n-th, at that time. A forecast that was of another moment (there was a hole) is not judged. */
  judge(n: number, time: number, value: number, tolerance: number): void {
    const at = (n % this.rows) * (3 + this.#predictors)
    if (!(Math.abs((this.#waiting[at] as number) - time) <= tolerance)) return
    this.#scored++
    for (let i = 0; i < this.#predictors; i++) {
      const error = Math.abs((this.#waiting[at + 3 + i] as number) - value)
      if (Number.isNaN(error)) continue
      const judged = (this.#judged[i] as number) + 1
      this.#judged[i] = judged
      const rate = Math.max(ERROR_RATE, 1 / judged)
      this.#errors[i] = (this.#errors[i] as number) + rate * (error - (this.#errors[i] as number))
    }
    const error = (value - (this.#waiting[at + 2] as number)) / (this.#waiting[at + 1] as number)
    this.#watch(error)
    this.#recent[(this.#scored - 1) % KEPT] = error
    this.#sorted = undefined
  }

  /** A forecast made at the n-th row, of the row `rows` later. */
  wait(n: number, time: number, roughness: number, predictions: readonly number[]): void {
    const at = (n % this.rows) * (3 + this.#predictors)
    this.#waiting[at] = time
    this.#waiting[at + 1] = roughness
    this.#waiting[at + 2] = this.together(predictions)
    this.#waiting.set(predictions, at + 3)
  }

  /** The mean of the predictions by how good each has been at this horizon; NaN is none. Those never judged count only while none has been. */
  together(predictions: readonly number[]): number {
    const isJudged = (i: number) => (this.#judged[i] as number) > 0
    const some = predictions.some((prediction, i) => isJudged(i) && !Number.isNaN(prediction))
    let best = Number.POSITIVE_INFINITY
    for (const [i, prediction] of predictions.entries())
      if (!Number.isNaN(prediction) && (!some || isJudged(i))) best = Math.min(best, this.#errors[i] as number)
    let [sum, weights] = [0, 0]
    for (const [i, prediction] of predictions.entries()) {
      if (Number.isNaN(prediction) || (some && !isJudged(i))) continue
      const weight = ((best + 1e-12) / ((this.#errors[i] as number) + 1e-12)) ** SHARPNESS
      sum += weight * prediction
      weights += weight
    }
    return sum / weights
  }

  /** The error, over the roughness, that a share of all stay below; undefined below ten. */
  quantile(share: number): number | undefined {
    const middle = this.#quantile(0.5)
    const at = this.#quantile(share)
    return middle === undefined || at === undefined ? undefined : middle + this.#width * (at - middle)
  }

  #quantile(share: number): number | undefined {
    if (this.#recent.length < 10) return undefined
    this.#sorted ??= Float64Array.from(this.#recent).sort()
    // With n errors the (n + 1)-th is as likely to fall into any of the n + 1 gaps: the ends widen accordingly.
    const at = Math.max(0, Math.min(this.#sorted.length - 1, share * (this.#sorted.length + 1) - 1))
    const low = this.#sorted[Math.floor(at)] as number
    return low + (at - Math.floor(at)) * ((this.#sorted[Math.ceil(at)] as number) - low)
  }

  /** The share of errors, over the roughness, above a size; undefined below ten. */
  above(size: number): number | undefined {
    const n = this.#recent.length
    const middle = this.#quantile(0.5)
    if (middle === undefined) return undefined
    const own = middle + (size - middle) / this.#width
    return this.#recent.reduce((count, error) => count + (error > own ? 1 : 0), 0.5) / (n + 1)
  }

  save(): unknown {
    const waiting = Array.from(this.#waiting, (x) => (Number.isNaN(x) ? null : x))
    const band = Array.from(this.#band, (x) => (Number.isNaN(x) ? null : x))
    return [waiting, [Array.from(this.#errors), Array.from(this.#judged)], [...this.#recent], this.#scored, this.#width, band]
  }

  load(saved: unknown): void {
    const [waiting, [errors, judged], recent, scored, width, band] = saved as [
      Array<number | null>,
      [number[], number[]],
      number[],
      number,
      number,
      Array<number | null>,
    ]
    this.#waiting.set(waiting.map((x) => x ?? Number.NaN))
    this.#errors.set(errors)
    this.#judged.set(judged)
    this.#recent.splice(0, this.#recent.length, ...recent)
    this.#scored = scored
    this.#sorted = undefined
    this.#width = width
    this.#band.set(band.map((x) => x ?? Number.NaN))
  }

  /** Whether an error would have been within the watched interval; the width follows (adaptive conformal inference, Gibbs, Candès, 2021). */
  #watch(error: number): void {
    const [low, middle, high] = this.#band as unknown as [number, number, number]
    if (!Number.isNaN(low)) {
      const outside = error < middle + this.#width * (low - middle) || error > middle + this.#width * (high - middle)
      const step = WIDTH_RATE * ((outside ? 1 : 0) - (1 - WATCHED))
      this.#width = Math.max(NARROWEST, Math.min(WIDEST, this.#width * Math.exp(step)))
    }
    if (this.#recent.length < 50 || this.#scored % WATCH_EVERY !== 0) return
    for (const [i, share] of [(1 - WATCHED) / 2, 0.5, (1 + WATCHED) / 2].entries()) this.#band[i] = this.#quantile(share) ?? Number.NaN
  }
}
