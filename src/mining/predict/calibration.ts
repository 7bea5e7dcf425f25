import { binOf, secondsOf } from './time-bins.ts'

const BUCKETS = 10

/** How often what was said with a probability came. */
export interface ReliabilityRow {
  /** Predictions from this probability on, up to the next. */
  readonly from: number
  readonly predictions: number
  /** Mean of what was said, and the share of what came; null without predictions. */
  readonly said: number | null
  readonly came: number | null
}

export interface CalibrationReport {
  readonly prefixes: number
  readonly mae_days: number | null
  /** Shares of truths below p10, from p10 to p90, and above: 0.1, 0.8 and 0.1 when all is well. */
  readonly below_p10: number | null
  readonly within: number | null
  readonly above_p90: number | null
  readonly next_activity_accuracy: number | null
  /** Null where no case had a deadline. */
  readonly breach: {
    readonly predictions: number
    readonly breached: number
    /** Mean squared error of the probability, and that of always saying the share that breached. */
    readonly brier: number
    readonly brier_of_share: number
    readonly reliability: readonly ReliabilityRow[]
  } | null
}

/** What a forecast said of a state, and what came. Times in seconds. */
export interface Judged {
  readonly p10: number
  readonly p50: number
  readonly p90: number
  readonly truth: number
  readonly nextRight: boolean
  /** Probability of a breach and whether it came, where there was a deadline that had not passed. */
  readonly breach?: { readonly said: number; readonly came: boolean } | undefined
}

/** Whether predictions keep what they promise, counted as they come. */
export class Calibration {
  #prefixes = 0
  #errors = 0
  #below = 0
  #above = 0
  #nextRight = 0
  #squares = 0
  #breached = 0
  readonly #said = new Float64Array(BUCKETS)
  readonly #came = new Float64Array(BUCKETS)
  readonly #count = new Float64Array(BUCKETS)

  add({ p10, p50, p90, truth, nextRight, breach }: Judged): void {
    this.#prefixes++
    this.#errors += Math.abs(p50 - truth)
    // Quantiles are middles of bins: the truth is compared as one.
    const compared = secondsOf(binOf(truth))
    if (compared < p10) this.#below++
    else if (compared > p90) this.#above++
    if (nextRight) this.#nextRight++
    if (!breach) return
    const { said, came } = breach
    const bucket = Math.min(BUCKETS - 1, Math.floor(said * BUCKETS))
    this.#said[bucket] = (this.#said[bucket] as number) + said
    this.#count[bucket] = (this.#count[bucket] as number) + 1
    this.#squares += (said - (came ? 1 : 0)) ** 2
    if (!came) return
    this.#breached++
    this.#came[bucket] = (this.#came[bucket] as number) + 1
  }

  report(): CalibrationReport {
    const share = (count: number) => (this.#prefixes === 0 ? null : count / this.#prefixes)
    const predictions = this.#count.reduce((sum, count) => sum + count, 0)
    const base = this.#breached / Math.max(1, predictions)
    const mae = share(this.#errors)
    const reliability = Array.from(this.#count, (count, bucket) => ({
      from: bucket / BUCKETS,
      predictions: count,
      said: count === 0 ? null : (this.#said[bucket] as number) / count,
      came: count === 0 ? null : (this.#came[bucket] as number) / count,
    }))
    return {
      prefixes: this.#prefixes,
      mae_days: mae === null ? null : mae / 86_400,
      below_p10: share(this.#below),
      within: share(this.#prefixes - this.#below - this.#above),
      above_p90: share(this.#above),
      next_activity_accuracy: share(this.#nextRight),
      breach:
        predictions === 0
          ? null
          : { predictions, breached: this.#breached, brier: this.#squares / predictions, brier_of_share: base * (1 - base), reliability },
    }
  }
}
