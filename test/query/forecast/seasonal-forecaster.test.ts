import { expect } from 'chai'
import { Calendar } from '../../../src/query/forecast/calendar.ts'
import { normalQuantile } from '../../../src/query/forecast/normal.ts'
import { SeasonalForecaster } from '../../../src/query/forecast/seasonal-forecaster.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday. */
const START = Date.UTC(2026, 0, 5)
const noise = (i: number) => (((i * 7919) % 10_007) / 10_007 - 0.5) * 4
/** Busy in the hours of office, on weekdays alone. */
function load(time: number): number {
  const hour = Math.floor((time % DAY) / HOUR)
  const weekday = (Math.floor(time / DAY) + 4) % 7
  return weekday !== 0 && weekday !== 6 && hour >= 9 && hour < 17 ? 80 : 20
}

function fed(days: number, value: (time: number, i: number) => number, options = {}): SeasonalForecaster {
  const forecaster = new SeasonalForecaster(options)
  for (let i = 0; i < days * 96; i++) forecaster.add(START + i * 15 * MINUTE, value(START + i * 15 * MINUTE, i))
  return forecaster
}

describe('seasonal forecast', () => {
  it('knows the hours of a weekday from those of a Sunday', () => {
    // 35 days: the last row is of a Sunday, 2026-02-08.
    const forecaster = fed(35, (time, i) => load(time) + noise(i))
    expect(forecaster.forecast(START + 35 * DAY + 12 * HOUR)?.value).to.be.within(70, 90)
    expect(forecaster.forecast(START + 40 * DAY + 12 * HOUR)?.value).to.be.within(10, 50)
    expect(forecaster.forecast(START + 35 * DAY + 3 * HOUR)?.value).to.be.within(15, 25)
  })

  it('has intervals that hold about the share they say', () => {
    const forecaster = new SeasonalForecaster()
    let [inside, n] = [0, 0]
    const rows = 28 * 96
    for (let i = 0; i < rows; i++) {
      forecaster.add(START + i * 15 * MINUTE, load(START) + 10 * Math.sin((i / 96) * 2 * Math.PI) + noise(i))
      if (i < rows / 2) continue
      const later = i + 16
      const forecast = forecaster.forecast(START + later * 15 * MINUTE, 0.8)
      const value = load(START) + 10 * Math.sin((later / 96) * 2 * Math.PI) + noise(later)
      n++
      if (forecast && value >= forecast.low && value <= forecast.high) inside++
    }
    expect(inside / n).to.be.within(0.72, 0.9)
  })

  it('says when a threshold will be crossed, and how likely', () => {
    const forecaster = fed(35, (time, i) => load(time) + noise(i))
    const monday = START + 35 * DAY
    const crossing = forecaster.crossing(60, monday + DAY)
    expect(crossing.time).to.be.within(monday + 8.5 * HOUR, monday + 9.5 * HOUR)
    expect(crossing.probability).to.be.above(0.8)
    expect(forecaster.crossing(500, monday + DAY)).to.deep.equal({
      time: undefined,
      earliest: undefined,
      probability: forecaster.crossing(500, monday + DAY).probability,
    })
    expect(forecaster.crossing(500, monday + DAY).probability).to.be.below(0.01)
    expect(forecaster.crossing(10, monday + DAY, 'below').probability).to.be.below(0.2)
  })

  it('goes on from what was saved as JSON', () => {
    const first = fed(9, (time, i) => load(time) + noise(i))
    const second = SeasonalForecaster.load(JSON.parse(JSON.stringify(first.save())))
    for (let i = 9 * 96; i < 11 * 96; i++) {
      const time = START + i * 15 * MINUTE
      for (const forecaster of [first, second]) forecaster.add(time, load(time) + noise(i))
      expect(second.forecast(time + 6 * HOUR)).to.deep.equal(first.forecast(time + 6 * HOUR))
    }
  })

  it('passes over what goes back in time or is no number, and says nothing too early', () => {
    const forecaster = new SeasonalForecaster()
    expect(forecaster.forecast(START + HOUR)).to.equal(undefined)
    expect(forecaster.add(START, 1)).to.equal(true)
    expect(forecaster.add(START, 2)).to.equal(false)
    expect(forecaster.add(START + 1, Number.NaN)).to.equal(false)
    expect(forecaster.forecast(START + HOUR)).to.equal(undefined)
    expect(forecaster.crossing(1, START + HOUR)).to.deep.equal({ time: undefined, earliest: undefined, probability: 0 })
  })
})

describe('calendar', () => {
  const kind = (date: string, options = {}) => new Calendar(options).slot(Date.parse(`${date}T10:00:00Z`)).kind

  it('knows the last working days of a month and of a quarter', () => {
    // 31 January 2026 is a Saturday, 31 March a Tuesday.
    expect(['2026-01-28', '2026-01-29', '2026-01-30', '2026-01-31'].map((date) => kind(date))).to.deep.equal([
      'usual',
      'month-end',
      'month-end',
      'usual',
    ])
    expect(['2026-03-27', '2026-03-30', '2026-03-31'].map((date) => kind(date))).to.deep.equal(['usual', 'quarter-end', 'quarter-end'])
  })

  it('takes holidays out of the working days, and for Sundays', () => {
    const holidays = ['2026-12-31']
    expect(kind('2026-12-31', { holidays })).to.equal('holiday')
    expect(kind('2026-12-29', { holidays })).to.equal('quarter-end')
    expect(new Calendar({ holidays }).slot(Date.parse('2026-12-31T10:00:00Z')).weekday).to.equal(0)
  })

  it('begins days where local time does', () => {
    const slot = new Calendar({ utcOffsetMinutes: 120 }).slot(Date.parse('2026-01-04T22:30:00Z'))
    expect(slot).to.include({ weekday: 1, minute: 30, bin: 1 })
  })
})

it('normal quantiles are those of the tables', () => {
  for (const [p, z] of [
    [0.5, 0],
    [0.95, 1.6448536],
    [0.995, 2.5758293],
    [0.001, -3.0902323],
  ] as const)
    expect(normalQuantile(p)).to.be.closeTo(z, 1e-6)
})
