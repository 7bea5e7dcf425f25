import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { silentLogger } from '../../../src/base/log.ts'
import { backtestFile, summaryOf, summaryText } from '../../../src/cli/forecast/backtest.ts'
import { crossingText, forecastSeries } from '../../../src/cli/forecast/forecast.ts'
import { forecastLines } from '../../../src/cli/forecast/forecast-lines.ts'
import { durationOf, readHolidays, seasonFor, shareOf } from '../../../src/cli/forecast/options.ts'
import { readSeries } from '../../../src/cli/series/read-series.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Monday. */
const START = Date.UTC(2026, 0, 5)
/** Uniform in [-2, 2), without a pattern that a lag would find. */
const noise = (i: number) => (4 * (Math.sin(i * 12.9898) * 43_758.5453)) % 2
const busy = (i: number) => (i % 24 >= 9 && i % 24 < 17 ? 80 : 20) + noise(i)
const hourly = (rows: number) => {
  const times = Array.from({ length: rows }, (_, i) => START + i * HOUR)
  return { name: 's.csv', times, values: times.map((_, i) => busy(i)), left: 0 }
}
const codeOf = async (run: () => unknown) => {
  try {
    await run()
  } catch (error) {
    return (error as { code?: string }).code
  }
  return undefined
}

describe('forecast', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forecast-'))
  after(() => rmSync(folder, { recursive: true }))
  const signal = new AbortController().signal
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it('goes on where the series ends, with the interval around it and when a threshold is crossed', () => {
    const series = hourly(35 * 24)
    const { rows, crossing } = forecastSeries(series, { horizon: DAY, level: 0.8, threshold: { value: 60, side: 'above' } })
    expect(rows.length).to.equal(24)
    expect(rows[0]?.timestamp).to.equal(new Date(START + 35 * DAY).toISOString())
    expect(rows[3]?.forecast).to.be.within(15, 25)
    expect(rows[12]?.forecast).to.be.within(70, 90)
    for (const { low, forecast, high } of rows) expect(low <= forecast && forecast <= high).to.equal(true)
    expect(rows[3]?.probability).to.be.below(0.05)
    expect(rows[12]?.probability).to.be.above(0.95)
    expect(crossing?.time).to.equal(new Date(START + 35 * DAY + 9 * HOUR).toISOString())
    const below = forecastSeries(series, { horizon: DAY, level: 0.8, threshold: { value: 60, side: 'below' } })
    expect(below.rows[3]?.probability).to.be.above(0.95)
    const wider = forecastSeries(series, { horizon: DAY, level: 0.95 }).rows
    for (const [i, { low, high }] of wider.entries()) expect(high - low).to.be.at.least((rows[i]?.high ?? 0) - (rows[i]?.low ?? 0))
  })

  it('says what a crossing means in words', () => {
    const base = { threshold: 90, side: 'above' as const }
    expect(crossingText({ ...base, time: 'T', earliest: 'E', probability: 0.987 })).to.equal(
      'above 90 from T on, as likely as not (earliest E); 99 % at its height',
    )
    expect(crossingText({ ...base, time: null, earliest: 'E', probability: 0.2 })).to.match(/possible from E on: 20 %/)
    expect(crossingText({ ...base, time: null, earliest: null, probability: 0.004 })).to.match(/unlikely: 0\.4 %/)
  })

  it('prints rows as CSV and as JSON lines', () => {
    const { rows } = forecastSeries(hourly(400), { horizon: 2 * HOUR, level: 0.8 })
    expect(forecastLines(rows, 'csv')).to.match(/^timestamp,forecast,low,high\n2026-01-21T16:00:00\.000Z,[\d.]+,[\d.]+,[\d.]+\n/)
    expect(JSON.parse(forecastLines(rows, 'ndjson').split('\n')[1] ?? '')).to.deep.equal(rows[1])
  })

  it('fails with a code for what is too short, too much, or no such thing', async () => {
    expect(await codeOf(() => forecastSeries(hourly(5), { horizon: HOUR, level: 0.8 }))).to.equal('SHITOPS_E_SERIES')
    expect(await codeOf(() => forecastSeries({ ...hourly(0) }, { horizon: HOUR, level: 0.8 }))).to.equal('SHITOPS_E_SERIES')
    expect(await codeOf(() => forecastSeries(hourly(400), { horizon: DAY, step: 1000, level: 0.8 }))).to.equal('SHITOPS_E_USAGE')
    expect(await codeOf(() => durationOf('horizon', 'soon'))).to.equal('SHITOPS_E_USAGE')
    expect(await codeOf(() => shareOf('level', '1'))).to.equal('SHITOPS_E_USAGE')
    expect(await codeOf(() => seasonFor(hourly(400), '10m'))).to.equal('SHITOPS_E_USAGE')
    expect(await codeOf(() => readSeries(join(folder, 'none.csv'), undefined, silentLogger, signal))).to.equal('SHITOPS_E_FILE')
    expect(await codeOf(() => readSeries(write('a.csv', 'time,a\n1,2\n'), 'b', silentLogger, signal))).to.equal('SHITOPS_E_USAGE')
  })

  it('takes a season in rows or as a time, and leaves day and week to the calendar', () => {
    expect(seasonFor(hourly(400), '12')).to.deep.equal({ rows: 12, period: 12 })
    expect(seasonFor(hourly(400), '12h')).to.deep.equal({ rows: 12, period: 12 })
    expect(seasonFor(hourly(400), '1d')).to.deep.equal({ rows: 24, period: undefined })
    expect(seasonFor(hourly(400), undefined)).to.deep.equal({ rows: 24, period: undefined })
  })

  it('reads holidays, and names the line that is none', async () => {
    const file = write('h.txt', '# ours\n2026-12-25 Christmas\n\n2026-01-01,New Year # both\n')
    expect(await readHolidays(file)).to.deep.equal(['2026-12-25', '2026-01-01'])
    for (const bad of ['25.12.2026', '2026-02-30', '2026-12-255']) {
      expect(await codeOf(() => readHolidays(write('bad.txt', `2026-01-01\n${bad}\n`))), bad).to.equal('SHITOPS_E_USAGE')
    }
    expect(await codeOf(() => readHolidays(join(folder, 'none.txt')))).to.equal('SHITOPS_E_FILE')
  })

  it('holds series against seasonal naive, and sums them up', async () => {
    const { times, values } = hourly(1000)
    const csv = (column: (i: number) => number) =>
      `time,x\n${times.map((time, i) => `${new Date(time).toISOString()},${column(i)}`).join('\n')}\n`
    const flags = { column: undefined, period: undefined, ahead: [HOUR, DAY], every: 7, utcOffsetMinutes: 0, holidays: [] }
    const run = (file: string) => backtestFile(file, flags, silentLogger, signal)
    const rows = [
      await run(
        write(
          'good.csv',
          csv((i) => values[i] as number),
        ),
      ),
      await run(
        write(
          'exact.csv',
          csv((i) => i % 24),
        ),
      ),
      await run(
        write(
          'none.csv',
          csv((i) => ((i * i * 7919) % 10_007) / 10_007),
        ),
      ),
      await run(write('short.csv', 'time,x\n2026-01-01,1\n2026-01-02,x\n')),
    ]
    expect(rows.map(({ season }) => season)).to.deep.equal([24, 24, null, null])
    expect(rows[0]?.ratio).to.be.below(1)
    expect(rows[1]?.exact).to.equal(true)
    expect(rows[3]).to.include({ rows: 1, forecasts: 0, ratio: null })
    expect(summaryOf(rows)).to.deep.equal({ series: 4, seasonal: 2, judged: 1, better: 1, better_share: 1 })
    expect(summaryText(summaryOf(rows))).to.equal(
      '4 series, 2 with a season: better than seasonal naive on 1 of 1, 1 foretold exactly by both or not judged',
    )
  })
})
