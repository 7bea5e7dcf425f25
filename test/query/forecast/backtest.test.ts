import { expect } from 'chai'
import { backtest } from '../../../src/query/forecast/backtest.ts'
import { seasonOf } from '../../../src/query/forecast/season.ts'
import { SeasonalForecaster } from '../../../src/query/forecast/seasonal-forecaster.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Uniform in [-2, 2), without a pattern that a lag would find. */
const noise = (i: number) => (4 * (Math.sin(i * 12.9898) * 43_758.5453)) % 2
const timesOf = (rows: number, step: number) => Array.from({ length: rows }, (_, i) => Date.UTC(2026, 0, 5) + i * step)
/** Busy for five minutes of an hour. */
const job = (i: number) => 10 + (i % 60 < 5 ? 30 : 0) + noise(i)

describe('backtest of a forecast', () => {
  it('gives naive the loss that it has by hand', () => {
    // Each value is one above that of a row before: naive is wrong by nothing but its first error, and its quantiles are all 1.
    const values = Array.from({ length: 400 }, (_, i) => i)
    const result = backtest(timesOf(400, HOUR), values, { season: 1, ahead: [HOUR], every: 1 })
    expect(result?.naivePinball).to.equal(0)
    expect(result?.naiveCoverage).to.equal(1)
    // A jump of 8 at the last row alone: 0.1, 0.5 and 0.9 of 8, over three quantiles and n forecasts.
    values[399] = 407
    const jumped = backtest(timesOf(400, HOUR), values, { season: 1, ahead: [HOUR], every: 1 })
    expect(jumped?.naivePinball).to.be.closeTo((1.5 * 8) / (3 * (jumped?.n ?? 0)), 1e-12)
  })

  it('looks at nothing that comes after: a changed future changes no earlier forecast', () => {
    const [times, values] = [timesOf(600, HOUR), Array.from({ length: 600 }, (_, i) => 10 * Math.sin((i / 24) * 2 * Math.PI) + noise(i))]
    const whole = new SeasonalForecaster()
    const seen: unknown[] = []
    for (let i = 0; i < 400; i++) {
      whole.add(times[i] as number, values[i] as number)
      seen.push(whole.quantiles((times[i] as number) + 6 * HOUR, [0.1, 0.5, 0.9]))
    }
    const again = new SeasonalForecaster()
    for (let i = 0; i < 400; i++) {
      again.add(times[i] as number, values[i] as number)
      expect(again.quantiles((times[i] as number) + 6 * HOUR, [0.1, 0.5, 0.9])).to.deep.equal(seen[i])
    }
  })

  it('is better than naive on days and on weeks with noise, and says exact of what repeats exactly', () => {
    const hours = timesOf(1400, HOUR)
    const wave = (i: number) => 50 + 20 * Math.sin((i / 24) * 2 * Math.PI)
    const options = { ahead: [HOUR, 6 * HOUR, DAY], every: 7 }
    const noisy = hours.map((_, i) => wave(i) + noise(i))
    expect(seasonOf(hours, noisy)).to.equal(24)
    const result = backtest(hours, noisy, { season: 24, ...options })
    expect(result?.ratio).to.be.below(0.9)
    expect(result?.coverage).to.be.within(0.7, 0.9)
    const exact = backtest(
      hours,
      hours.map((_, i) => (i % 24) * 2),
      { season: 24, ...options },
    )
    expect(exact).to.include({ exact: true, ratio: 1 })
    const days = timesOf(700, DAY)
    const weekly = days.map((_, i) => (i % 7 < 2 ? 5 : 10) + noise(i) / 2)
    expect(seasonOf(days, weekly)).to.equal(7)
    expect(backtest(days, weekly, { season: 7, ahead: [DAY, 7 * DAY], every: 1 })?.ratio).to.be.below(0.9)
  })

  it('knows a season that is told in rows, and keeps it through save and load', () => {
    const times = timesOf(3000, MINUTE)
    const values = times.map((_, i) => job(i))
    const options = { season: 60, ahead: [MINUTE, 30 * MINUTE, HOUR], every: 7 }
    const told = backtest(times, values, { ...options, period: 60 })
    const untold = backtest(times, values, options)
    expect(told?.ratio).to.be.below(1)
    expect(told?.ratio).to.be.below(untold?.ratio ?? 0)
    const first = new SeasonalForecaster({ period: 60 })
    for (let i = 0; i < 1000; i++) first.add(times[i] as number, values[i] as number)
    const second = SeasonalForecaster.load(JSON.parse(JSON.stringify(first.save())), { period: 60 })
    for (let i = 1000; i < 1200; i++) {
      for (const forecaster of [first, second]) forecaster.add(times[i] as number, values[i] as number)
      expect(second.forecast((times[i] as number) + HOUR)).to.deep.equal(first.forecast((times[i] as number) + HOUR))
    }
  })

  it('finds no season in noise, nor in what is too short', () => {
    const times = timesOf(1000, HOUR)
    expect(
      seasonOf(
        times,
        times.map((_, i) => ((i * i * 7919) % 10_007) / 10_007),
      ),
    ).to.equal(undefined)
    expect(
      seasonOf(
        times.slice(0, 50),
        times.slice(0, 50).map((_, i) => i % 24),
      ),
    ).to.equal(undefined)
    expect(seasonOf([], [])).to.equal(undefined)
    expect(backtest(times.slice(0, 5), [1, 2, 3, 4, 5], { season: 1, ahead: [HOUR], every: 1 })).to.equal(undefined)
  })
})
