import { expect } from 'chai'
import { fixedZone, fromLocal, namedZone, offsetBetween, zoneOf } from '../../../../src/collectors/librenms/client/zone.ts'

const berlin = namedZone('Europe/Berlin') ?? fixedZone(0)
const utc = (local: string, zone = berlin) => new Date(fromLocal(local, zone) ?? Number.NaN).toISOString()

describe("a server's time zone", () => {
  it('turns local times to UTC in winter, in summer and about the change', () => {
    expect(utc('2026-01-15 12:00:00')).to.equal('2026-01-15T11:00:00.000Z')
    expect(utc('2026-07-15 12:00:00')).to.equal('2026-07-15T10:00:00.000Z')
    expect(utc('2026-03-29 01:59:59')).to.equal('2026-03-29T00:59:59.000Z')
    expect(utc('2026-03-29 03:00:00')).to.equal('2026-03-29T01:00:00.000Z')
    expect(utc('2026-10-25 01:59:59')).to.equal('2026-10-24T23:59:59.000Z')
    expect(utc('2026-10-25 02:30:00'), 'the first of two').to.equal('2026-10-25T00:30:00.000Z')
    expect(utc('2026-10-25 03:00:00')).to.equal('2026-10-25T02:00:00.000Z')
  })

  it('is told by a device in both renderings', () => {
    expect(offsetBetween('2026-07-01 14:00:00', '2026-07-01T12:00:00.000000Z')).to.equal(120)
    expect(offsetBetween('2026-07-01 17:45:03', '2026-07-01T12:00:01.000000Z')).to.equal(345)
    expect(offsetBetween(null, '2026-07-01T12:00:00.000000Z')).to.equal(undefined)
    expect(offsetBetween('2026-07-01 14:00:00', '2026-07-01 14:00:00')).to.equal(undefined)
  })

  it("is this machine's where that fits every witness, otherwise the newest one's distance", () => {
    const winter = { local: '2026-01-15 12:00:00', utc: '2026-01-15T11:00:00.000000Z' }
    const summer = { local: '2026-07-15 12:00:00', utc: '2026-07-15T10:00:00.000000Z' }
    const here = zoneOf([winter, summer], 'Europe/Berlin') ?? fixedZone(0)
    expect([utc('2026-01-15 12:00:00', here), utc('2026-07-15 12:00:00', here)]).to.deep.equal([
      '2026-01-15T11:00:00.000Z',
      '2026-07-15T10:00:00.000Z',
    ])
    const elsewhere = zoneOf([winter, summer], 'America/New_York') ?? fixedZone(0)
    expect(utc('2026-07-15 12:00:00', elsewhere)).to.equal('2026-07-15T10:00:00.000Z')
    expect(zoneOf([{ local: null, utc: null }], 'UTC')).to.equal(undefined)
    expect(namedZone('Mars/Olympus')).to.equal(undefined)
  })
})
