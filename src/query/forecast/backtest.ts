import { intervalOf } from './season.ts'
import { type ForecasterOptions, SeasonalForecaster } from './seasonal-forecaster.ts'

/** Quantiles that are judged; the outer two are the interval. */
export const SHARES = [0.1, 0.5, 0.9] as const
/** Errors of naive that its quantiles are of. */
const NAIVE_ERRORS = 500
/** Below so much of the series' own size a loss is none: series without noise, which both foretell exactly. */
const NOTHING = 1e-9

export interface BacktestOptions extends ForecasterOptions {
  /** Rows of the season of naive; 1 is the last value. */
  readonly season: number
  /** How far ahead is foretold, ms. */
  readonly ahead: readonly number[]
  /** Rows from one origin to the next. */
  readonly every: number
}

export interface Backtest {
  /** Forecasts judged. */
  readonly n: number
  /** Mean pinball loss over the quantiles 0.1, 0.5 and 0.9, in units of the value. */
  readonly pinball: number
  readonly naivePinball: number
  /** Of the loss against naive's; 1 where both are exact. */
  readonly ratio: number
  readonly exact: boolean
  /** Share of values in the interval of 80 %. */
  readonly coverage: number
  readonly naiveCoverage: number
}

interface Tally {
  loss: number
  inside: number
  n: number
}

/**
 * The forecaster against seasonal naive (the value a season before, with the quantiles of its own last 500 errors) over the second half of a series, from
 * rolling origins, both from what had come by then alone.
 * @returns undefined where nothing could be judged
 */
export function backtest(times: ArrayLike<number>, values: ArrayLike<number>, options: BacktestOptions): Backtest | undefined {
  const { season, ahead, every } = options
  const [own, naive]: [Tally, Tally] = [
    { loss: 0, inside: 0, n: 0 },
    { loss: 0, inside: 0, n: 0 },
  ]
  const interval = intervalOf(times)
  const forecaster = new SeasonalForecaster(options)
  const distances = [...new Set(ahead.map((ms) => Math.max(1, Math.round(ms / interval))))]
  for (let row = 0; row < values.length; row++) {
    forecaster.add(times[row] as number, values[row] as number)
    if (row < values.length >> 1 || row % every !== 0) continue
    for (const distance of distances) {
      const target = row + distance
      const lag = season * Math.ceil(distance / season)
      if (target >= values.length || row - lag < 10) continue
      const mine = forecaster.quantiles(times[target] as number, SHARES)
      if (!mine) continue
      tally(own, values[target] as number, mine)
      tally(naive, values[target] as number, naiveQuantiles(values, row, target, lag))
    }
  }
  if (own.n === 0) return undefined
  let size = 0
  for (let i = 0; i < values.length; i++) size += Math.abs(values[i] as number)
  const exact = Math.max(own.loss, naive.loss) <= NOTHING * size
  const each = own.n * SHARES.length
  return {
    n: own.n,
    pinball: own.loss / each,
    naivePinball: naive.loss / each,
    ratio: exact ? 1 : own.loss / naive.loss,
    exact,
    coverage: own.inside / own.n,
    naiveCoverage: naive.inside / naive.n,
  }
}

function naiveQuantiles(values: ArrayLike<number>, row: number, target: number, lag: number): number[] {
  const errors: number[] = []
  for (let i = Math.max(lag, row - NAIVE_ERRORS + 1); i <= row; i++) errors.push((values[i] as number) - (values[i - lag] as number))
  errors.sort((a, b) => a - b)
  const base = values[target - lag] as number
  return SHARES.map((share) => base + (errors[Math.floor(share * (errors.length - 1))] as number))
}

function tally(to: Tally, value: number, quantiles: readonly number[]): void {
  for (const [i, share] of SHARES.entries()) {
    const off = value - (quantiles[i] as number)
    to.loss += off >= 0 ? share * off : (share - 1) * off
  }
  to.n++
  if (value >= (quantiles[0] as number) && value <= (quantiles[2] as number)) to.inside++
}
