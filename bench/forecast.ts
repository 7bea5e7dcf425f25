/**
 * `npm run bench:forecast`: the seasonal forecaster against seasonal naive (the value a day before, with the quantiles of its own last 500 errors) on
 * the series with a daily season among those of the anomaly benchmark. Rolling origins over the second half, 1, 6 and 24 hours ahead; pinball loss
 * at 0.1, 0.5 and 0.9, and the share of values in the 80 % interval. Skipped with a message where the series are not there.
 *
 *     node --import tsx bench/forecast.ts      $SHITOPS_NAB names another folder
 */
import { SeasonalForecaster } from '../src/query/forecast/seasonal-forecaster.ts'
import { corpusFolder, readCorpus, type Series } from './nab/corpus.ts'

const SHARES = [0.1, 0.5, 0.9] as const
const HOURS = [1, 6, 24]
const EVERY = 12
/** Correlation of the first half with itself a day later that counts as a season. */
const SEASONAL = 0.1
/** Below so much of the series' own deviation a loss is none: series without noise, which both foretell exactly. */
const NOTHING = 1e-9

interface Tally {
  loss: number
  inside: number
  n: number
}

const corpus = readCorpus(corpusFolder())
if (corpus) report(corpus)
else console.log(JSON.stringify({ name: 'forecast', skipped: `no series in ${corpusFolder()}; set SHITOPS_NAB` }))

function report(all: readonly Series[]): void {
  const rows = all.flatMap((series) => {
    const period = periodOf(series)
    if (period === undefined) return []
    const [own, naive] = compare(series, period)
    const scale = series.values.reduce((sum, value) => sum + Math.abs(value), 0)
    const exact = Math.max(own.loss, naive.loss) <= NOTHING * scale
    return [
      {
        name: series.name,
        ratio: exact ? 1 : own.loss / naive.loss,
        exact,
        coverage: own.inside / own.n,
        naive: naive.inside / naive.n,
        n: own.n,
      },
    ]
  })
  const rounded = (x: number) => Number(x.toFixed(3))
  for (const { name, ratio, coverage, naive, n } of rows)
    console.log(
      JSON.stringify({
        name: `forecast: ${name}`,
        pinball_ratio: rounded(ratio),
        coverage: rounded(coverage),
        naive_coverage: rounded(naive),
        n,
      }),
    )
  const mean = (of: (row: (typeof rows)[number]) => number) => rounded(rows.reduce((sum, row) => sum + of(row), 0) / rows.length)
  console.log(
    JSON.stringify({
      name: 'forecast: seasonal series',
      baseline: 'seasonal naive',
      series: rows.length,
      better: rows.filter(({ ratio }) => ratio < 1).length,
      both_exact: rows.filter(({ exact }) => exact).length,
      better_share: rounded(rows.filter(({ ratio }) => ratio < 1).length / rows.filter(({ exact }) => !exact).length),
      pinball_ratio: mean(({ ratio }) => ratio),
      coverage_of_80: mean(({ coverage }) => coverage),
      naive_coverage_of_80: mean(({ naive }) => naive),
    }),
  )
}

/** Rows in a day, where the first half correlates with itself a day later. */
function periodOf({ times, values }: Series): number | undefined {
  const steps = Array.from(times.slice(1), (time, i) => time - (times[i] as number)).sort((a, b) => a - b)
  const period = Math.round(86_400_000 / (steps[steps.length >> 1] as number))
  const half = values.length >> 1
  if (half < 2 * period) return undefined
  const mean = values.slice(0, half).reduce((sum, value) => sum + value, 0) / half
  let [product, square] = [0, 0]
  for (let i = 0; i < half; i++) {
    square += ((values[i] as number) - mean) ** 2
    if (i >= period) product += ((values[i] as number) - mean) * ((values[i - period] as number) - mean)
  }
  return square > 0 && product / square > SEASONAL ? period : undefined
}

function compare({ times, values }: Series, period: number): [Tally, Tally] {
  const [own, naive]: [Tally, Tally] = [
    { loss: 0, inside: 0, n: 0 },
    { loss: 0, inside: 0, n: 0 },
  ]
  const forecaster = new SeasonalForecaster()
  for (let row = 0; row < values.length; row++) {
    forecaster.add(times[row] as number, values[row] as number)
    if (row < values.length >> 1 || row % EVERY !== 0) continue
    const errors: number[] = []
    for (let i = Math.max(period, row - 499); i <= row; i++) errors.push((values[i] as number) - (values[i - period] as number))
    errors.sort((a, b) => a - b)
    for (const hours of HOURS) {
      const target = row + Math.round((hours * period) / 24)
      if (target >= values.length) continue
      const mine = forecaster.quantiles(times[target] as number, SHARES)
      if (!mine) continue
      const value = values[target] as number
      tally(own, value, mine)
      const base = values[target - period] as number
      tally(
        naive,
        value,
        SHARES.map((share) => base + (errors[Math.floor(share * (errors.length - 1))] as number)),
      )
    }
  }
  return [own, naive]
}

function tally(to: Tally, value: number, quantiles: readonly number[]): void {
  for (const [i, share] of SHARES.entries()) {
    const off = value - (quantiles[i] as number)
    to.loss += off >= 0 ? share * off : (share - 1) * off
  }
  to.n++
  if (value >= (quantiles[0] as number) && value <= (quantiles[2] as number)) to.inside++
}
