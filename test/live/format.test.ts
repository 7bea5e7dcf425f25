import { expect } from 'chai'
import { equals, silenceCommand, tailCommand } from '../../src/live/commands.ts'
import { amount, duration, moment, words } from '../../src/live/format.ts'

describe('live: what people read', () => {
  it('has values with their unit', () => {
    const cases: Array<[number | null, string | undefined, string]> = [
      [0.034, 'ratio', '3.4 %'],
      [0.00052, 'ratio', '0.05 %'],
      [8_123_456, 'bit/s', '8.12 Mbit/s'],
      [90, 's', '2 min'],
      [1_234.5, undefined, '1,235'],
      [0, 'Cel', '0 Cel'],
      [null, 's', '–'],
      [Number.NaN, 's', '–'],
    ]
    for (const [value, unit, text] of cases) expect(amount(value, unit), `${value} ${unit}`).to.equal(text)
  })

  it('has lengths of time, and times of day', () => {
    expect([250, 42_000, 600_000, 5_400_000, 200_000_000].map(duration)).to.eql(['250 ms', '42 s', '10 min', '1.5 h', '2.3 d'])
    const at = new Date(2026, 2, 31, 9, 5, 7).getTime()
    expect(moment(at)).to.equal('09:05:07')
    expect(moment(at, at + 86_400_000)).to.equal('2026-03-31 09:05:07')
    expect(words('call_quality_at_risk')).to.equal('Call quality at risk')
  })

  it('has commands that a shell takes as they stand', () => {
    expect(tailCommand({ topic: 'insights', partition_id: 2, record_offset: 41 })).to.equal(
      'shitops tail insights --partition 2 --from 41 --max 1',
    )
    expect(silenceCommand({ matchers: [equals('subject', `it's "x"`)], for: '2h', comment: 'cabling work' })).to.equal(
      `shitops alert silence --matcher 'subject="it'\\''s \\"x\\""' --for 2h --comment 'cabling work'`,
    )
  })
})
