import { expect } from 'chai'
import { windowClock } from '../../../src/query/operators/window-clock.ts'

const HOUR = 3_600_000
const utc = (text: string): number => Date.parse(`${text}Z`)

describe('query/operators: the clock of windows', () => {
  it('is the row time itself where there is no zone, and in UTC', () => {
    for (const clock of [windowClock(), windowClock('UTC')]) {
      expect([clock.toClock(5), clock.windowTime(10), clock.due(10)]).to.deep.equal([5, 9, 9])
    }
  })

  it('is the local clock of a zone', () => {
    const clock = windowClock('Asia/Kolkata')
    expect(clock.toClock(utc('2026-01-01T00:00'))).to.equal(utc('2026-01-01T05:30'))
    expect(clock.due(utc('2026-01-02T00:00'))).to.equal(utc('2026-01-01T18:30') - 1)
  })

  it('waits for the second of two equal hours in autumn', () => {
    const clock = windowClock('Europe/Berlin')
    // 02:00 to 03:00 is there twice: from 00:00 and from 01:00 UTC.
    expect(clock.toClock(utc('2026-10-25T00:30'))).to.equal(clock.toClock(utc('2026-10-25T01:30')))
    expect(clock.due(utc('2026-10-25T03:00'))).to.equal(utc('2026-10-25T02:00') - 1)
  })

  it('has passed an hour that is not there when the clock jumps in spring', () => {
    const clock = windowClock('Europe/Berlin')
    expect(clock.due(utc('2026-03-29T02:00'))).to.equal(utc('2026-03-29T01:00') - 1)
    expect(clock.due(utc('2026-03-29T02:30'))).to.equal(utc('2026-03-29T01:00'))
    expect(clock.due(utc('2026-03-29T03:00'))).to.equal(utc('2026-03-29T01:00'))
    expect(clock.due(utc('2026-03-29T04:00'))).to.equal(utc('2026-03-29T02:00') - 1)
  })

  it('never lets a later window be over before an earlier one', () => {
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
      const clock = windowClock(zone)
      let before = Number.NEGATIVE_INFINITY
      for (let end = utc('2026-01-01T00:00'); end < utc('2027-01-01T00:00'); end += HOUR / 2) {
        const due = clock.due(end)
        expect(due, `${zone} ${new Date(end).toISOString()}`).to.be.at.least(before)
        before = due
      }
    }
  })
})
