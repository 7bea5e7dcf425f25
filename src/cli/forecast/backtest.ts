import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import { backtest } from '../../query/forecast/backtest.ts'
import { readSeries } from '../series/read-series.ts'
import type { Column } from '../table.ts'
import { seasonFor } from './options.ts'

export interface BacktestFlags {
  readonly column: string | undefined
  readonly period: string | undefined
  /** How far ahead is foretold, ms. */
  readonly ahead: readonly number[]
  /** Rows from one origin to the next. */
  readonly every: number
  readonly utcOffsetMinutes: number
  readonly holidays: readonly string[]
}

/** One series; numbers are null where nothing could be judged. */
export interface BacktestRow {
  readonly series: string
  readonly rows: number
  /** Rows of the season; null where there is none, and naive is the last value. */
  readonly season: number | null
  readonly forecasts: number
  readonly pinball: number | null
  readonly naive_pinball: number | null
  /** Below 1 is better than naive. */
  readonly ratio: number | null
  readonly exact: boolean
  /** Of the interval of 80 %. */
  readonly coverage: number | null
  readonly naive_coverage: number | null
}

export interface BacktestSummary {
  readonly series: number
  readonly seasonal: number
  /** Of the seasonal ones that are not foretold exactly by both. */
  readonly judged: number
  readonly better: number
  readonly better_share: number | null
}

/** @throws SHITOPS_E_FILE, SHITOPS_E_USAGE */
export async function backtestFile(file: string, flags: BacktestFlags, logger: Logger, signal: AbortSignal): Promise<BacktestRow> {
  const series = await readSeries(file, flags.column, logger, signal)
  const { rows, period } = seasonFor(series, flags.period)
  const { utcOffsetMinutes, holidays, ahead, every } = flags
  const result = backtest(series.times, series.values, { season: rows ?? 1, period, utcOffsetMinutes, holidays, ahead, every })
  if (!result) logger.warn(`${file}: too short to be judged (${plural(series.times.length, 'row')})`)
  return {
    series: file,
    rows: series.times.length,
    season: rows ?? null,
    forecasts: result?.n ?? 0,
    pinball: result?.pinball ?? null,
    naive_pinball: result?.naivePinball ?? null,
    ratio: result?.ratio ?? null,
    exact: result?.exact ?? false,
    coverage: result?.coverage ?? null,
    naive_coverage: result?.naiveCoverage ?? null,
  }
}

export function summaryOf(rows: readonly BacktestRow[]): BacktestSummary {
  const seasonal = rows.filter(({ season }) => season !== null)
  const judged = seasonal.filter(({ ratio, exact }) => ratio !== null && !exact)
  const better = judged.filter(({ ratio }) => (ratio as number) < 1).length
  const share = judged.length === 0 ? null : better / judged.length
  return { series: rows.length, seasonal: seasonal.length, judged: judged.length, better, better_share: share }
}

const number = (x: number | null, digits = 3) => (x === null ? '-' : String(Number(x.toFixed(digits))))

export const BACKTEST_COLUMNS: ReadonlyArray<Column<BacktestRow>> = [
  { name: 'series', value: ({ series }) => series },
  { name: 'rows', value: ({ rows }) => rows, right: true },
  { name: 'season', value: ({ season }) => season, right: true },
  { name: 'forecasts', value: ({ forecasts }) => forecasts, right: true },
  {
    name: 'pinball',
    value: ({ pinball }) => pinball,
    shown: ({ pinball }) => (pinball === null ? '-' : String(Number(pinball.toPrecision(3)))),
    right: true,
  },
  {
    name: 'naive_pinball',
    value: (row) => row.naive_pinball,
    shown: (row) => (row.naive_pinball === null ? '-' : String(Number(row.naive_pinball.toPrecision(3)))),
    right: true,
  },
  { name: 'ratio', value: ({ ratio }) => ratio, shown: ({ ratio, exact }) => (exact ? 'exact' : number(ratio)), right: true },
  { name: 'coverage', value: ({ coverage }) => coverage, shown: ({ coverage }) => number(coverage), right: true },
  { name: 'naive_coverage', value: (row) => row.naive_coverage, shown: (row) => number(row.naive_coverage), right: true },
]

export function summaryText({ series, seasonal, judged, better }: BacktestSummary): string {
  const rest = seasonal - judged > 0 ? `, ${seasonal - judged} foretold exactly by both or not judged` : ''
  return `${series} series, ${seasonal} with a season: better than seasonal naive on ${better} of ${judged}${rest}`
}
