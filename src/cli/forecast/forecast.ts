import { ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import { type Crossing, type ForecasterOptions, SeasonalForecaster } from '../../query/forecast/seasonal-forecaster.ts'
import type { WholeSeries } from '../series/read-series.ts'

/** Moments that are foretold at most. */
const MOST = 10_000

export interface Threshold {
  readonly value: number
  readonly side: 'above' | 'below'
}

export interface ForecastOptions extends ForecasterOptions {
  /** How far to look, ms. */
  readonly horizon: number
  /** Between two moments, ms; the series' own interval where absent. */
  readonly step?: number | undefined
  /** The share of values that the interval holds. */
  readonly level: number
  readonly threshold?: Threshold | undefined
}

export interface ForecastRow {
  readonly timestamp: string
  /** The median. */
  readonly forecast: number
  readonly low: number
  readonly high: number
  /** Of being beyond the threshold at that moment; only with one. */
  readonly probability?: number
}

export interface ThresholdCrossing {
  readonly threshold: number
  readonly side: 'above' | 'below'
  /** The first moment at which it is as likely as not, and with a probability of one in ten; null where it is not. */
  readonly time: string | null
  readonly earliest: string | null
  /** The greatest of any moment: at least so likely is it to happen at all. */
  readonly probability: number
}

export interface ForecastResult {
  readonly rows: readonly ForecastRow[]
  readonly crossing?: ThresholdCrossing
}

/**
 * What comes after a series.
 * @throws SHITOPS_E_SERIES where it is too short to be foretold from, SHITOPS_E_USAGE for more than 10,000 moments
 */
export function forecastSeries(series: WholeSeries, options: ForecastOptions): ForecastResult {
  const { horizon, level, threshold } = options
  const forecaster = new SeasonalForecaster(options)
  for (const [i, time] of series.times.entries()) forecaster.add(time, series.values[i] as number)
  const { time: last, interval } = forecaster.last
  const short = () =>
    new ShitopsError('SHITOPS_E_SERIES', `${series.name} is too short to be foretold from: ${plural(series.times.length, 'row')}`, {
      suggestions: ['about 20 rows are the least; more than one period of its season'],
    })
  if (interval === 0) throw short()
  const step = options.step ?? Math.max(1, Math.round(interval))
  const count = Math.floor(horizon / step)
  if (count > MOST) {
    throw new ShitopsError('SHITOPS_E_USAGE', `${count} moments are more than ${MOST}`, {
      suggestions: ['a shorter --horizon, a longer --step'],
    })
  }
  const rows: ForecastRow[] = []
  for (let i = 1; i <= Math.max(1, count); i++) {
    const at = last + i * step
    const foretold = forecaster.forecast(at, level)
    if (!foretold) throw short()
    const above = threshold && (forecaster.probabilityAbove(threshold.value, at) ?? Number.NaN)
    rows.push({
      timestamp: new Date(at).toISOString(),
      forecast: foretold.value,
      low: foretold.low,
      high: foretold.high,
      ...(above !== undefined && { probability: threshold?.side === 'below' ? 1 - above : above }),
    })
  }
  const crossing = threshold && forecaster.crossing(threshold.value, last + horizon, threshold.side)
  return { rows, ...(threshold && crossing && { crossing: shown(threshold, crossing) }) }
}

function shown({ value, side }: Threshold, { time, earliest, probability }: Crossing): ThresholdCrossing {
  const text = (ms: number | undefined) => (ms === undefined ? null : new Date(Math.round(ms)).toISOString())
  return { threshold: value, side, time: text(time), earliest: text(earliest), probability }
}

/** The crossing in words. */
export function crossingText({ threshold, side, time, earliest, probability }: ThresholdCrossing): string {
  const percent = `${Number((probability * 100).toPrecision(2))} %`
  if (time)
    return `${side} ${threshold} from ${time} on, as likely as not${earliest && earliest !== time ? ` (earliest ${earliest})` : ''}; ${percent} at its height`
  if (earliest) return `${side} ${threshold} is possible from ${earliest} on: ${percent} at its height`
  return `${side} ${threshold} is unlikely: ${percent} at its height`
}
