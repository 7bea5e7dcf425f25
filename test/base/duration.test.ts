import { expect } from 'chai'
import { formatDuration, parseDuration } from '../../src/base/duration.ts'
import { parseInstant } from '../../src/base/instant.ts'

describe('durations', () => {
  const cases: Array<[text: string, ms: number | undefined]> = [
    ['500ms', 500],
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1w', 604_800_000],
    ['', undefined],
    ['15', undefined],
    ['m', undefined],
    ['15min', undefined],
    ['1h 30m', undefined],
    ['-5m', undefined],
  ]
  for (const [text, ms] of cases) {
    it(`"${text}" is ${ms}`, () => expect(parseDuration(text)).to.equal(ms))
  }

  it('are shown by their two largest units', () => {
    expect([340, 1_500, 65_000, 3_600_000, 93_784_000, 86_400_000 + 5_000].map(formatDuration)).to.deep.equal([
      '340ms',
      '1.5s',
      '1m 5s',
      '1h',
      '1d 2h',
      '1d',
    ])
  })
})

describe('instants', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  const cases: Array<[text: string, iso: string | undefined]> = [
    ['15m', '2026-03-01T11:45:00.000Z'],
    ['-15m', '2026-03-01T11:45:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00Z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00.250+01:00', '2026-01-31T08:00:00.250Z'],
    ['2026-01-31 09:00:00z', '2026-01-31T09:00:00.000Z'],
    ['1700000000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['2026-02-30', undefined],
    ['2026-13-01', undefined],
    ['2026-01-31T25:00:00Z', undefined],
    ['2026-01-31T09:00:00', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ]
  for (const [text, iso] of cases) {
    it(`"${text}" is ${iso}`, () => {
      const ms = parseInstant(text, now)
      expect(ms === undefined ? undefined : new Date(ms).toISOString()).to.equal(iso)
    })
  }
})
