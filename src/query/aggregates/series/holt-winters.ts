import { normalQuantile } from '../../forecast/normal.ts'
import type { Fold } from './fold.ts'

const LEVEL = 0.3
const TREND = 0.05
const SEASON = 0.2
/** What is left of the trend a step further on. */
const DAMPING = 0.95
/** Weight of a new error in the running mean of squares. */
const ERROR = 0.05

interface State {
  n: number
  level: number
  trend: number
  /** Mean square of the errors of one step. */
  square: number
  season: number[]
}

/**
 * FORECAST(x, steps, level, period): additive Holt-Winters with a damped trend (Gardner, McKenzie 1985); period 0 has no season. The interval is
 * that of normal errors whose variance grows with the steps as the method's weights say.
 */
export class HoltWinters implements Fold {
  readonly #steps: number
  readonly #quantile: number
  readonly #period: number
  readonly #s: State

  constructor(steps: number, level: number, period: number, saved?: State) {
    this.#steps = steps
    this.#quantile = normalQuantile(0.5 + level / 2)
    this.#period = period
    this.#s = saved ? { ...saved, season: [...saved.season] } : { n: 0, level: 0, trend: 0, square: 0, season: new Array(period).fill(0) }
  }

  add(x: number): void {
    const s = this.#s
    const slot = this.#period === 0 ? -1 : s.n % this.#period
    const season = slot < 0 ? 0 : (s.season[slot] as number)
    if (s.n++ === 0) {
      s.level = x
      return
    }
    const expected = s.level + DAMPING * s.trend
    const error = x - expected - season
    s.square += Math.max(ERROR, 1 / (s.n - 1)) * (error * error - s.square)
    s.level = expected + LEVEL * error
    s.trend = DAMPING * s.trend + TREND * error
    if (slot >= 0) s.season[slot] = season + SEASON * error
  }

  /** [forecast, low, high]; NULL below three values, or before the second period. */
  result(): [number, number, number] | null {
    const s = this.#s
    if (s.n < Math.max(3, this.#period + 1)) return null
    let damped = 0
    let power = 1
    let variance = 1
    for (let h = 1; h <= this.#steps; h++) {
      power *= DAMPING
      damped += power
      if (h === this.#steps) break
      const weight = LEVEL + TREND * damped + (this.#period > 0 && h % this.#period === 0 ? SEASON : 0)
      variance += weight * weight
    }
    const season = this.#period === 0 ? 0 : (s.season[(s.n + this.#steps - 1) % this.#period] as number)
    const forecast = s.level + damped * s.trend + season
    const reach = this.#quantile * Math.sqrt(s.square * variance)
    return [forecast, forecast - reach, forecast + reach]
  }

  save(): unknown {
    return { ...this.#s, season: [...this.#s.season] }
  }
}
