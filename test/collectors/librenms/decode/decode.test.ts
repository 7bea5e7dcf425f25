import { expect } from 'chai'
import { fixedZone } from '../../../../src/collectors/librenms/client/zone.ts'
import { decodeAlert } from '../../../../src/collectors/librenms/decode/alert.ts'
import type { DecodeContext } from '../../../../src/collectors/librenms/decode/context.ts'
import { decodeDevice } from '../../../../src/collectors/librenms/decode/device.ts'
import { decodeLogRow } from '../../../../src/collectors/librenms/decode/log-row.ts'
import { decodePort } from '../../../../src/collectors/librenms/decode/port.ts'
import { time } from '../../../../src/collectors/librenms/decode/values.ts'

const context: DecodeContext = { instance: undefined, zone: fixedZone(120), person: () => 'person_1', own: new Set(['shitops']) }

describe('rows of LibreNMS', () => {
  it('make the same device of both renderings and of numbers as text', () => {
    const common = { hostname: 'a', sysName: 'a', ip: '10.0.0.1', os: 'ios', type: 'network', notes: null }
    const raw = { ...common, device_id: 7, status: 1, ignore: 0, disabled: 0, uptime: 60, inserted: '2026-07-01 14:00:00', icon: 'ios.svg' }
    const text = { ...raw, device_id: '7', status: '1', ignore: '0', disabled: '0', uptime: '60' }
    const model = {
      ...raw,
      status: true,
      ignore: false,
      disabled: false,
      inserted: '2026-07-01T12:00:00.000000Z',
      icon: 'images/os/ios.svg',
    }
    const place = { location: 'hq', lat: '52.52000000', lng: '13.40000000' }
    const expected = decodeDevice({ ...raw, ...place }, context)
    expect(expected).to.deep.include({
      device_id: 7,
      up: true,
      site: 'hq',
      latitude: 52.52,
      longitude: 13.4,
      added_at: '2026-07-01T12:00:00.000Z',
    })
    expect(decodeDevice({ ...text, ...place }, context)).to.deep.equal(expected)
    const object = { id: 1, location: 'hq', lat: 52.52, lng: 13.4, timestamp: 'x', fixed_coordinates: true }
    expect(decodeDevice({ ...model, location: object, lat: null, lng: null }, context)).to.deep.equal(expected)
    expect(decodeDevice({ ...model, location: null }, context)).to.deep.include({ site: null, latitude: null })
    expect(decodeDevice(model, context)).to.deep.include({ site: null })
  })

  it('tell what they lack instead of becoming something else', () => {
    expect(decodeDevice({ device_id: 7, hostname: 'a' }, context)).to.equal('device 7 has no status')
    expect(decodePort({ device_id: 7 }, context)).to.equal('a port has no port_id')
    expect(decodeAlert({ id: 1, device_id: 7, rule_id: 2, state: 9 }, context, undefined)).to.equal('alert 1 has state 9, which is none')
    expect(decodeLogRow('eventlog', { event_id: 3, datetime: 'yesterday' }, context)).to.equal('row 3 of the eventlog has no time')
  })

  it('never show a name, a hardware address or the whole of a fault', () => {
    const event = decodeLogRow(
      'eventlog',
      { event_id: 3, device_id: 7, datetime: '2026-07-01 14:00:00', username: 'jane', message: 'x', type: 'auth' },
      context,
    )
    expect(event).to.include({ actor: 'person_1', event_time: '2026-07-01T12:00:00.000Z' })
    const details = { rule: [{ port_id: 5, ifName: 'e1', ifPhysAddress: '0200000000aa', sysContact: 'jane' }] }
    const alert = decodeLogRow(
      'alertlog',
      { id: 4, device_id: 7, rule_id: 2, state: 1, time_logged: '2026-07-01 14:00:00', details },
      context,
    )
    expect(alert).to.deep.include({
      alert_state: 'active',
      summary: 'rule 2: active, 1 fault',
      extra: { faults: [{ port_id: 5, ifName: 'e1' }] },
    })
    expect(decodePort({ port_id: 1, device_id: 7, ifName: 'e1', ifPhysAddress: '0200000000aa' }, context)).not.to.have.property('extra')
    const note = '2026-11-25 20:25:38 - Ack (jane) see (rack 4)\n2026-11-25 21:00:00 - Ack (joe) '
    expect(decodeAlert({ id: 1, device_id: 7, rule_id: 2, state: 2, note }, context, undefined)).to.include({
      note: '2026-11-25 20:25:38 - Ack (person_1) see (rack 4)\n2026-11-25 21:00:00 - Ack (person_1) ',
    })
  })

  it('mark what we wrote ourselves', () => {
    const row = { event_id: 3, device_id: 7, datetime: '2026-07-01 14:00:00', message: 'x', type: 'system' }
    expect(decodeLogRow('eventlog', { ...row, username: 'shitops' }, context)).to.include({ own: true })
    expect(decodeLogRow('eventlog', { ...row, type: 'shitops' }, context)).to.include({ own: true })
    expect(decodeLogRow('eventlog', row, context)).not.to.have.property('own')
  })

  it('know that MySQL’s zero is no time', () => {
    expect(time('0000-00-00 00:00:00', fixedZone(0))).to.equal(null)
    expect(time(null, fixedZone(0))).to.equal(null)
  })
})
