import { expect } from 'chai'
import type { Incident } from '../../../src/office/incidents.ts'
import { OfficeLibrenms, POLL_INTERVAL } from '../../../src/office/librenms/office-librenms.ts'
import { portRow } from '../../../src/office/librenms/rows/port-row.ts'
import { roster, UPLINK } from '../../../src/office/roster.ts'
import { NOON } from './setup.ts'

const MINUTE = 60_000

describe("the office's LibreNMS", () => {
  const incidents: Incident[] = [
    { kind: 'link-loss', subject: 'access-2', from: 6 * MINUTE, to: 12 * MINUTE },
    { kind: 'laptop-overload', subject: 'laptop-ledger-1', from: 6 * MINUTE, to: 13 * MINUTE },
  ]
  let librenms: OfficeLibrenms

  beforeEach(async () => {
    librenms = await OfficeLibrenms.listen({ incidents, openedAt: NOON, roster: roster(1) }, 1)
  })
  afterEach(() => librenms.close())

  /** Office time goes by in steps. */
  const until = (time: number) => {
    for (let at = 0; at <= time; at += 10_000) librenms.publish(NOON + at)
  }
  const uplink = () => portRow(librenms.world.port('access-2', UPLINK))
  const alert = () => [...librenms.world.alerts.alerts.values()].map(({ device_id, state }) => [device_id, state])

  it('polls every five minutes', () => {
    until(4 * MINUTE)
    expect(librenms.world.device('core-1').polledAt).to.equal(NOON)
    until(11 * MINUTE)
    expect(librenms.world.device('core-1').polledAt).to.equal(NOON + 2 * POLL_INTERVAL)
  })

  it('finds a lossy uplink at the next poll: an event, and an alert about that port', () => {
    until(9 * MINUTE)
    expect(librenms.world.events.rows).to.deep.equal([])
    until(10 * MINUTE)
    const port = librenms.world.port('access-2', UPLINK)
    expect(librenms.world.events.rows).to.have.length(1)
    expect(librenms.world.events.rows[0]).to.include({
      device: port.device.id,
      type: 'interface',
      message: 'ifDuplex: fullDuplex -> halfDuplex',
      reference: String(port.id),
      at: NOON + 10 * MINUTE,
    })
    expect(uplink()).to.include({ ifDuplex: 'halfDuplex', ifInErrors_rate: 240 })
    expect(alert()).to.deep.equal([[port.device.id, 1]])
    const [logged] = librenms.world.alerts.log.rows
    expect(logged?.details?.rule).to.have.nested.property('[0].port_id', port.id)
  })

  it('takes both back at the first poll after it, and does not say them again', () => {
    until(40 * MINUTE)
    expect(librenms.world.events.rows.map(({ message, at }) => [message, (at - NOON) / MINUTE])).to.deep.equal([
      ['ifDuplex: fullDuplex -> halfDuplex', 10],
      ['ifDuplex: halfDuplex -> fullDuplex', 15],
    ])
    expect(uplink()).to.include({ ifDuplex: 'fullDuplex', ifInErrors_rate: 0 })
    expect(librenms.world.alerts.log.rows.map(({ state }) => state)).to.deep.equal([1, 0])
  })

  it('answers over HTTP, to its own token, and to nobody else', async () => {
    const ask = (token: string) => fetch(`${librenms.url}/api/v0/devices`, { headers: { 'X-Auth-Token': token } })
    expect((await ask('0'.repeat(32))).status).to.equal(401)
    const response = await ask(librenms.token)
    expect(response.status).to.equal(200)
    expect(((await response.json()) as { devices: unknown[] }).devices).to.have.length(11)
    expect(librenms.mistakes).to.deep.equal([])
  })
})
