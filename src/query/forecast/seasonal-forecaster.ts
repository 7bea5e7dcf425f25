import { Calendar, type CalendarOptions, type Slot } from './calendar.ts'
import { Horizon } from './horizon.ts'
import { PERIOD_PREDICTORS, Period } from './period.ts'
import { Profile } from './profile.ts'
import { RecentDays } from './recent-days.ts'

/** Rows ahead at which forecasts are judged; others take the next greater one. */
const HORIZONS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
const PREDICTORS = 9
const LEVEL_RATE = 0.01
const FAST_RATE = 0.1
const CORRELATION_RATE = 0.005
const INTERVAL_RATE = 0.02

export interface ForecasterOptions extends CalendarOptions {
  /** Rows of a season that is neither the day nor the week: 12 of a series by month, 60 of one by the minute with a job each hour. */
  readonly period?: number | undefined
}

export interface Forecast {
  /** The median. */
  readonly value: number
  readonly low: number
  readonly high: number
}

/** When a threshold is crossed. */
export interface Crossing {
  /** The first moment at which it is as likely as not, ms; undefined when it is not by then. */
  readonly time: number | undefined
  /** The first moment with a probability of one in ten. */
  readonly earliest: number | undefined
  /** The greatest probability of any one moment until then: at least so likely is it to be crossed at all. */
  readonly probability: number
}

/**
 * Forecasts of one series from what has come: a profile by calendar, the level and its inertia, yesterday and last week, put together by how good each
 * has been so many rows ahead. Intervals are quantiles of the errors that forecasts of that horizon have really made. Streaming, deterministic,
 * bounded (about 170 kB).
 */
export class SeasonalForecaster {
  readonly #calendar: Calendar
  readonly #profile = new Profile()
  readonly #recent = new RecentDays()
  readonly #period: Period | undefined
  readonly #horizons: readonly Horizon[]
  #n = 0
  #time = 0
  #interval = 0
  #last = 0
  /** Means of what the profile leaves: slow and fast; and the covariance of neighbours in it. */
  #slow = 0
  #fast = 0
  #residual = 0
  #variance = 0
  #covariance = 0

  constructor(options: ForecasterOptions = {}) {
    this.#calendar = new Calendar(options)
    this.#period = options.period === undefined ? undefined : new Period(options.period)
    const predictors = PREDICTORS + (this.#period ? PERIOD_PREDICTORS : 0)
    this.#horizons = HORIZONS.map((rows) => new Horizon(rows, predictors))
  }

  /** The time of the last row, ms, and the usual time between rows; 0 before there are two. */
  get last(): { readonly time: number; readonly interval: number } {
    return { time: this.#time, interval: this.#interval }
  }

  /** Rows come in the order of their times; one that does not is passed over. @returns whether it was taken */
  add(time: number, value: number): boolean {
    if (!Number.isFinite(value) || (this.#n > 0 && time <= this.#time)) return false
    if (this.#n > 0) this.#passed(time - this.#time)
    const slot = this.#calendar.slot(time)
    for (const horizon of this.#horizons) horizon.judge(this.#n, time, value, this.#interval * Math.max(1, horizon.rows / 8))
    this.#learn(slot, time, value)
    this.#time = time
    this.#last = value
    // What is foretold before a season has gone round would be held against it for long.
    if (this.#interval > 0 && this.#n >= 1.5 * (this.#period?.rows ?? 0)) {
      for (const horizon of this.#horizons) {
        const later = time + horizon.rows * this.#interval
        const laterSlot = this.#calendar.slot(later)
        horizon.wait(this.#n, later, this.#profile.roughness(laterSlot), this.#predictions(laterSlot, horizon.rows, this.#n))
      }
    }
    this.#n++
    return true
  }

  /**
   * @param time ms, after the last row
   * @param level the share of values that the interval holds
   * @returns undefined while too few forecasts of that horizon could be judged
   */
  forecast(time: number, level = 0.8): Forecast | undefined {
    const [value, low, high] = this.quantiles(time, [0.5, (1 - level) / 2, (1 + level) / 2]) ?? []
    return value === undefined || low === undefined || high === undefined ? undefined : { value, low, high }
  }

  /** The values that the given shares of outcomes stay below. */
  quantiles(time: number, shares: readonly number[]): number[] | undefined {
    const at = this.#at(time)
    if (!at) return undefined
    const values = shares.map((share) => at.centre + (at.horizon.quantile(share) ?? Number.NaN) * at.spread)
    return values.some(Number.isNaN) ? undefined : values
  }

  /** The probability that the value of that moment is above a threshold. */
  probabilityAbove(threshold: number, time: number): number | undefined {
    const at = this.#at(time)
    return at?.horizon.above((threshold - at.centre) / at.spread)
  }

  /** When the value goes above (or below) a threshold, looked at row by row until `until`, 1,000 moments at most. */
  crossing(threshold: number, until: number, side: 'above' | 'below' = 'above'): Crossing {
    let [time, earliest, probability] = [undefined as number | undefined, undefined as number | undefined, 0]
    const step = Math.max(this.#interval, (until - this.#time) / 1000)
    if (!(step > 0)) return { time, earliest, probability }
    for (let at = this.#time + step; at <= until; at += step) {
      const above = this.probabilityAbove(threshold, at)
      if (above === undefined) continue
      const likely = side === 'above' ? above : 1 - above
      if (likely >= 0.1) earliest ??= at
      if (likely >= 0.5) time ??= at
      probability = Math.max(probability, likely)
    }
    return { time, earliest, probability }
  }

  save(): unknown {
    const numbers = [
      this.#n,
      this.#time,
      this.#interval,
      this.#last,
      this.#slow,
      this.#fast,
      this.#residual,
      this.#variance,
      this.#covariance,
    ]
    return [
      this.#profile.save(),
      this.#recent.save(),
      this.#horizons.map((horizon) => horizon.save()),
      numbers,
      this.#period?.save() ?? null,
    ]
  }

  /** With the options that it was saved with. */
  static load(saved: unknown, options: ForecasterOptions = {}): SeasonalForecaster {
    const [profile, recent, horizons, numbers, period] = saved as [unknown, unknown, unknown[], number[], unknown]
    const made = new SeasonalForecaster(options)
    made.#profile.load(profile)
    made.#recent.load(recent)
    for (const [i, horizon] of made.#horizons.entries()) horizon.load(horizons[i])
    if (period !== null) made.#period?.load(period)
    const [n = 0, time = 0, interval = 0, last = 0, slow = 0, fast = 0, residual = 0, variance = 0, covariance = 0] = numbers
    made.#n = n
    made.#time = time
    made.#interval = interval
    made.#last = last
    made.#slow = slow
    made.#fast = fast
    made.#residual = residual
    made.#variance = variance
    made.#covariance = covariance
    return made
  }

  #passed(ms: number): void {
    // A hole says nothing of the interval.
    if (this.#interval === 0) this.#interval = ms
    else this.#interval += INTERVAL_RATE * (Math.min(ms, 2 * this.#interval) - this.#interval)
  }

  #learn(slot: Slot, time: number, value: number): void {
    const residual = value - this.#profile.mean(slot)
    const rate = Math.max(CORRELATION_RATE, 1 / (this.#n + 1))
    this.#variance += rate * (residual * residual - this.#variance)
    this.#covariance += rate * (residual * this.#residual - this.#covariance)
    this.#residual = residual
    this.#slow += LEVEL_RATE * (residual - this.#slow)
    this.#fast += FAST_RATE * (residual - this.#fast)
    this.#profile.add(slot, value)
    this.#recent.add(slot, time, value)
    this.#period?.add(this.#n, value)
  }

  /** NaN where one has nothing to say yet. Of the row so many after the n-th, which is the last. */
  #predictions(slot: Slot, rows: number, n: number): number[] {
    const usual = this.#profile.mean(slot)
    const inertia = this.#variance > 0 ? Math.max(0, Math.min(0.999, this.#covariance / this.#variance)) : 0
    const [minute, day, week] = [this.#recent.minute(slot), this.#recent.day(slot), this.#recent.week(slot)]
    const yesterday = Number.isNaN(minute) ? day : minute
    return [
      ...(this.#period?.predictions(n, rows, this.#last) ?? []),
      usual,
      usual + this.#slow,
      usual + inertia ** rows * this.#residual,
      usual + this.#fast,
      yesterday,
      day,
      week,
      0.5 * (week + usual),
      this.#last,
    ]
  }

  #at(time: number): { horizon: Horizon; centre: number; spread: number } | undefined {
    if (this.#interval === 0 || time <= this.#time) return undefined
    const rows = Math.max(1, Math.round((time - this.#time) / this.#interval))
    const fit = this.#horizons.find((candidate) => candidate.rows >= rows) ?? this.#horizons.at(-1)
    // Of a horizon that few forecasts of could be judged yet, the next smaller one has to stand in.
    const horizon = fit && fit.scored >= 10 ? fit : this.#horizons.findLast(({ scored }) => scored >= 10)
    if (!horizon) return undefined
    const slot = this.#calendar.slot(time)
    return { horizon, centre: horizon.together(this.#predictions(slot, rows, this.#n - 1)), spread: this.#profile.roughness(slot) }
  }
}
