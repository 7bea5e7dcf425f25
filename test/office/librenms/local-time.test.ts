import { expect } from 'chai'
import fc from 'fast-check'
import { LocalTime } from '../../../src/office/librenms/local-time.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'] as const

describe('the times of LibreNMS', () => {
  it('a local time is read back as the instant, or as the other hour of the same name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }), (zone, seconds) => {
        const time = new LocalTime(zone)
        const local = time.local(seconds * 1000)
        expect(time.local(time.instant(local))).to.equal(local)
        expect(Math.abs(time.instant(local) - seconds * 1000)).to.be.at.most(3_600_000)
      }),
    )
  })

  it('knows summer and winter, and the hour that comes twice', () => {
    const berlin = new LocalTime('Europe/Berlin')
    expect(berlin.local(Date.UTC(2026, 6, 1, 12))).to.equal('2026-07-01 14:00:00')
    expect(berlin.local(Date.UTC(2026, 0, 1, 12))).to.equal('2026-01-01 13:00:00')
    expect([Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)].map((instant) => berlin.local(instant))).to.deep.equal([
      '2026-10-25 02:30:00',
      '2026-10-25 02:30:00',
    ])
    expect(berlin.instant('2026-10-25 02:30:00')).to.equal(Date.UTC(2026, 9, 25, 0, 30))
    expect(berlin.iso(Date.UTC(2026, 6, 1, 12))).to.equal('2026-07-01T12:00:00.000000Z')
  })
})
