import { expect } from 'chai'
import fc from 'fast-check'
import { durationOfText, instantOfNumber, instantOfText } from '../../../../src/collectors/gnmi/normalise/instants.ts'

describe('instants and durations of devices', () => {
  it('are told apart by their size: s, ms, µs, ns', () => {
    fc.assert(
      // 1980 to 2100
      fc.property(fc.integer({ min: 315_532_800, max: 4_102_444_800 }), (seconds) => {
        for (const unit of [1, 1e3, 1e6, 1e9]) expect(instantOfNumber(seconds * unit)).to.equal(seconds * 1000)
      }),
    )
  })

  it('are date-and-time as YANG has it', () => {
    const instant = Date.UTC(2026, 2, 31, 14, 2, 11, 250)
    for (const text of [
      '2026-03-31T14:02:11.250Z',
      '2026-03-31T16:02:11.250+02:00',
      ' 2026-03-31 14:02:11.25Z ',
      '2026-03-31t14:02:11.250-00:00',
    ])
      expect(instantOfText(text), text).to.equal(instant)
    for (const text of ['', 'yesterday', '2026-03-31', '2026-03-31T14:02:11', '2026-13-31T14:02:11Z'])
      expect(instantOfText(text), text).to.be.NaN
  })

  it('are durations in the ways that devices write them', () => {
    const texts: Record<string, number> = {
      '12 day(s), 3 hour(s), 4 minute(s), 5 second(s)': 12 * 86_400 + 3 * 3_600 + 4 * 60 + 5,
      '1y2w3d4h5m6s': 31_536_000 + 2 * 604_800 + 3 * 86_400 + 4 * 3_600 + 5 * 60 + 6,
      '3 days, 04:05:06': 3 * 86_400 + 4 * 3_600 + 5 * 60 + 6,
      '1 day, 2 hours, 3 mins, 4 secs': 86_400 + 2 * 3_600 + 3 * 60 + 4,
      '04:05:06': 4 * 3_600 + 5 * 60 + 6,
      '03:04:05:06.789': 3 * 86_400 + 4 * 3_600 + 5 * 60 + 6,
      '2 days, 11:42': 2 * 86_400 + 11 * 3_600 + 42 * 60,
      '45s': 45,
    }
    for (const [text, seconds] of Object.entries(texts)) expect(durationOfText(text), text).to.equal(seconds)
    for (const text of ['', 'never', '5 parsecs', '1:2:3:4:5', '12 days ago', '-3s']) expect(durationOfText(text), text).to.be.NaN
  })
})
