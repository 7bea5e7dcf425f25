import { expect } from 'chai'
import { hasRebooted, lasting } from '../../../../src/collectors/librenms/sync/passing-fields.ts'

const json = (row: object) => lasting('librenms_devices', JSON.stringify(row))

describe('what moves with every poll', () => {
  it('is not what tells one state of a device from the next', () => {
    const row = {
      device_id: 1,
      notes: 'a',
      uptime_s: 7,
      last_polled: '2026-03-31T14:05:02.000Z',
      last_ping: null,
      last_discovered: null,
      up: true,
    }
    expect(json({ ...row, uptime_s: 300.5, last_polled: '2026-03-31T14:10:02.000Z' })).to.equal(json(row))
    expect(json({ ...row, up: false })).not.to.equal(json(row))
  })

  it('is news when there was none, or is none any more', () => {
    const row = { device_id: 1, uptime_s: null, last_polled: null }
    expect(json({ ...row, uptime_s: 7 })).not.to.equal(json(row))
    expect(json({ ...row, last_polled: '2026-03-31T14:05:02.000Z' })).not.to.equal(json(row))
  })

  it('may stand in a note, which is not taken for it', () => {
    const notes = (uptime: number) => ({ device_id: 1, notes: `,"uptime_s":${uptime},` })
    expect(json(notes(1))).not.to.equal(json(notes(2)))
  })

  it('lasts in the other topics', () => {
    expect(lasting('librenms_ports', '{"uptime_s":1}')).to.equal('{"uptime_s":1}')
  })
})

describe('a device that started anew', () => {
  const MINUTE = 60_000
  const at = (polled: number, uptime: number) => ({ polled, uptime })

  it('is up for less long than it was', () => {
    expect(hasRebooted(at(0, 500), at(5 * MINUTE, 30))).to.equal(true)
    expect(hasRebooted(at(0, 500), at(5 * MINUTE, 800))).to.equal(false)
  })

  it('is up since a later time, however long it is up again when it is seen', () => {
    expect(hasRebooted(at(0, 500), at(600 * MINUTE, 3_600))).to.equal(true)
  })

  it('is not told by a poll that took its time, nor by one that did not come about', () => {
    expect(hasRebooted(at(0, 500), at(9 * MINUTE, 750))).to.equal(false)
    expect(hasRebooted(at(0, 500), { polled: MINUTE, uptime: undefined })).to.equal(false)
    expect(hasRebooted({ polled: undefined, uptime: undefined }, at(0, 5))).to.equal(false)
  })
})
