/**
 * `npm run bench:forecast`: the seasonal forecaster against seasonal naive (src/query/forecast/backtest.ts) on the series with a season among those of
 * the anomaly benchmark. Rolling origins over the second half, 1, 6 and 24 hours ahead; pinball loss at 0.1, 0.5 and 0.9, and the share of values in the
 * 80 % interval. Skipped with a message where the series are not there.
 *
 *     node --import tsx bench/forecast.ts      $SHITOPS_NAB names another folder
 */
import { backtest } from '../src/query/forecast/backtest.ts'
import { seasonOf } from '../src/query/forecast/season.ts'
import { corpusFolder, readCorpus, type Series } from './nab/corpus.ts'

const HOUR = 3_600_000
const AHEAD = [HOUR, 6 * HOUR, 24 * HOUR]

const corpus = readCorpus(corpusFolder())
if (corpus) report(corpus)
else console.log(JSON.stringify({ name: 'forecast', skipped: `no series in ${corpusFolder()}; set SHITOPS_NAB` }))

function report(all: readonly Series[]): void {
  const rows = all.flatMap(({ name, times, values }) => {
    const season = seasonOf(times, values)
    const result = season === undefined ? undefined : backtest(times, values, { season, ahead: AHEAD, every: 12 })
    return result ? [{ name, season, ...result }] : []
  })
  const rounded = (x: number) => Number(x.toFixed(3))
  for (const { name, season, ratio, coverage, naiveCoverage, n } of rows)
    console.log(
      JSON.stringify({
        name: `forecast: ${name}`,
        season,
        pinball_ratio: rounded(ratio),
        coverage: rounded(coverage),
        naive_coverage: rounded(naiveCoverage),
        n,
      }),
    )
  const mean = (of: (row: (typeof rows)[number]) => number) => rounded(rows.reduce((sum, row) => sum + of(row), 0) / rows.length)
  const better = rows.filter(({ ratio }) => ratio < 1).length
  console.log(
    JSON.stringify({
      name: 'forecast: seasonal series',
      baseline: 'seasonal naive',
      series: rows.length,
      better,
      both_exact: rows.filter(({ exact }) => exact).length,
      better_share: rounded(better / rows.filter(({ exact }) => !exact).length),
      pinball_ratio: mean(({ ratio }) => ratio),
      coverage_of_80: mean(({ coverage }) => coverage),
      naive_coverage_of_80: mean(({ naiveCoverage }) => naiveCoverage),
    }),
  )
}
