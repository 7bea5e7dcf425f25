import { expect } from 'chai'
import fc from 'fast-check'
import { Happenings } from '../../../src/office/librenms/happenings.ts'
import type { Row } from '../../../src/office/librenms/json.ts'
import { portRow } from '../../../src/office/librenms/rows/port-row.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { random } from '../../../src/office/random.ts'
import { HandClock, useLibrenms } from './setup.ts'

/** A world after so many happenings, and what they were. */
function lived(
  seed: number,
  steps: number,
  clock = new HandClock(),
  world = new World({ clock, seed }),
): { world: World; names: string[] } {
  const happenings = new Happenings(world, random(seed, 'happenings'))
  const names = Array.from({ length: steps }, () => {
    clock.advance(1_000)
    return happenings.next()
  })
  happenings.settle()
  return { world, names }
}

describe('happenings in the world of a LibreNMS', () => {
  it('are the same for the same seed', () => {
    const [one, two] = [lived(3, 300), lived(3, 300)]
    expect(one.names).to.deep.equal(two.names)
    expect(one.world.events.rows).to.deep.equal(two.world.events.rows)
    expect([...one.world.inventory.ports.values()].map((port) => portRow(port))).to.deep.equal(
      [...two.world.inventory.ports.values()].map((port) => portRow(port)),
    )
  })

  it('cover every verb', () => {
    expect(new Set(lived(1, 2_000).names))
      .to.have.property('size')
      .at.least(22)
  })

  it('leave a database that is sound: ids once, one alert for a pair, parts of devices that are there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const { world } = lived(seed, 200)
        const { inventory, events, alerts } = world
        const ids = events.rows.map(({ id }) => id)
        expect(ids).to.deep.equal([...new Set(ids)].sort((a, b) => a - b))
        for (const { device } of events.rows) expect(device === 0 || inventory.devices.has(device)).to.equal(true)
        const pairs = [...alerts.alerts.values()].map(({ device_id, rule_id }) => `${device_id}:${rule_id}`)
        expect(new Set(pairs).size).to.equal(pairs.length)
        for (const { device_id } of alerts.alerts.values()) expect(inventory.devices.has(device_id)).to.equal(true)
        for (const port of inventory.ports.values()) expect(port.device.ports.includes(port)).to.equal(true)
        const owned = [...inventory.devices.values()].reduce((sum, { ports }) => sum + ports.length, 0)
        expect(owned).to.equal(inventory.ports.size)
      }),
      { numRuns: 50 },
    )
  })

  const lab = useLibrenms()
  it('can be read over the API at any time, and agree with the world', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      lived(seed, 100, lab.clock, lab.world)
      const { inventory, alerts, events } = lab.world
      const seen = (rows: Row[], id: string) => rows.map((row) => row[id]).sort((a, b) => Number(a) - Number(b))
      expect(seen(await lab.rows('/devices', 'devices'), 'device_id')).to.deep.equal([...inventory.devices.keys()])
      expect(seen(await lab.rows('/resources/sensors', 'sensors'), 'sensor_id')).to.deep.equal([...inventory.sensors.keys()])
      const all = await lab.rows('/alerts?state=0,1,2,3,4,5', 'alerts')
      expect(seen(all, 'id')).to.deep.equal([...alerts.alerts.keys()])
      const log = await lab.rows('/logs/eventlog?limit=100000', 'logs')
      expect(seen(log, 'event_id')).to.deep.equal(events.rows.map(({ id }) => id))
      for (const device of inventory.devices.values()) {
        const ports = await lab.ask(`/devices/${device.id}/ports?columns=port_id,ifOperStatus`)
        const live = device.ports.filter((port) => port.changes?.deleted !== 1)
        expect(ports.status).to.equal(live.length === 0 ? 404 : 200)
        if (ports.status === 200) expect(ports.json.ports).to.have.length(live.length)
      }
    }
  })
})
