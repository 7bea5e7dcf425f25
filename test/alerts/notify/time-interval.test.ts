import { expect } from 'chai'
import fc from 'fast-check'
import { parseTimes } from '../../../src/alerts/notify/plan.ts'
import { parseRange, parseTimeOfDay, type TimeSpec, timeInterval } from '../../../src/alerts/notify/time-interval.ts'

const within = (spec: TimeSpec, at: string, zone = 'Europe/Berlin') => timeInterval('x', [spec], zone).contains(Date.parse(at))
const times = (text: string) => ({ times: [parseTimes(text) as { start: number; end: number }] })

describe('an interval of the calendar', () => {
  it('goes by the clocks of its zone, before and after they change', () => {
    const nine = times('09:00-17:00')
    // Winter: UTC+1; from 29 March 2026 on UTC+2.
    expect(
      ['2026-03-28T07:59Z', '2026-03-28T08:00Z', '2026-03-28T15:59Z', '2026-03-28T16:00Z'].map((at) => within(nine, at)),
    ).to.deep.equal([false, true, true, false])
    expect(
      ['2026-03-30T06:59Z', '2026-03-30T07:00Z', '2026-03-30T14:59Z', '2026-03-30T15:00Z'].map((at) => within(nine, at)),
    ).to.deep.equal([false, true, true, false])
  })

  it('leaves out a time that clocks leave out, and has one that comes twice twice', () => {
    const half = times('02:00-03:00')
    const minutes = (from: string, hours: number) =>
      Array.from({ length: hours * 60 }, (_, i) => Date.parse(from) + i * 60_000).filter((at) =>
        timeInterval('x', [half], 'Europe/Berlin').contains(at),
      ).length
    expect(minutes('2026-03-29T00:00Z', 4)).to.equal(0)
    expect(minutes('2026-10-25T00:00Z', 4)).to.equal(120)
    expect(minutes('2026-10-26T00:00Z', 4)).to.equal(60)
  })

  it('over midnight belongs to the day on which it begins', () => {
    const night = { ...times('22:00-06:00'), weekdays: [[5, 5]] as const }
    // 2026-01-02 is a Friday.
    expect(
      ['2026-01-02T20:59Z', '2026-01-02T21:00Z', '2026-01-03T04:59Z', '2026-01-03T05:00Z', '2026-01-03T21:00Z'].map((at) =>
        within(night, at),
      ),
    ).to.deep.equal([false, true, true, false, false])
    expect(within({ weekdays: [[6, 6]] }, '2026-01-02T22:59Z')).to.equal(false)
    expect(within({ weekdays: [[6, 6]] }, '2026-01-02T23:00Z')).to.equal(true)
  })

  it('counts days of the month from its end too, in months and years that it names', () => {
    const last = { daysOfMonth: [[-3, -1]] as const }
    expect(
      ['2026-02-25', '2026-02-26', '2026-02-28', '2026-03-01', '2028-02-27', '2028-02-26'].map((day) =>
        within(last, `${day}T12:00Z`, 'UTC'),
      ),
    ).to.deep.equal([false, true, true, false, true, false])
    expect(within({ months: [[12, 12]], years: [[2026, 2027]] }, '2026-12-31T12:00Z', 'UTC')).to.equal(true)
    expect(within({ months: [[12, 12]], years: [[2026, 2027]] }, '2028-12-31T12:00Z', 'UTC')).to.equal(false)
    expect(within({}, '2028-12-31T12:00Z', 'UTC')).to.equal(true)
  })

  it('is read as Alertmanager writes it', () => {
    expect(parseRange('weekday', 'Monday:friday')).to.deep.equal([1, 5])
    expect(parseRange('month', 'december')).to.deep.equal([12, 12])
    expect(parseRange('day', '-3:-1')).to.deep.equal([-3, -1])
    for (const [kind, text] of [
      ['weekday', 'friday:monday'],
      ['day', '0'],
      ['day', '32'],
      ['day', '5:3'],
      ['month', '13'],
      ['year', 'x'],
      ['day', '1:2:3'],
      ['weekday', '1'],
    ] as const)
      expect(parseRange(kind, text), text).to.equal(undefined)
    expect(parseTimeOfDay('24:00')).to.equal(1440)
    for (const text of ['24:01', '9:00', '09:60', 'x']) expect(parseTimeOfDay(text), text).to.equal(undefined)
    for (const text of ['09:00', '09:00-09:00', '09:00-10:00-11:00']) expect(parseTimes(text), text).to.equal(undefined)
  })

  it('and its complement are the whole day', () => {
    const minute = fc.integer({ min: 0, max: 1439 })
    fc.assert(
      fc.property(
        minute,
        minute,
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
        (start, end, date) => {
          fc.pre(start !== end)
          const one = timeInterval('a', [{ times: [{ start, end }] }], 'Europe/Berlin').contains(date.getTime())
          const other = timeInterval('b', [{ times: [{ start: end, end: start }] }], 'Europe/Berlin').contains(date.getTime())
          expect(one).to.equal(!other)
        },
      ),
    )
  })
})
