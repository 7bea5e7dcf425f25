import { expect } from 'chai'
import fc from 'fast-check'
import { AVERAGE, PING_ONLY } from '../../../src/office/librenms/models/invented.ts'
import { portRow } from '../../../src/office/librenms/rows/port-row.ts'
import { columnOf } from '../../../src/office/librenms/world/device.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { HandClock } from './setup.ts'

const POLL = 300_000

describe('the world of a LibreNMS', () => {
  let clock: HandClock
  let world: World
  beforeEach(() => {
    clock = new HandClock()
    world = new World({ clock })
  })
  const poll = () => {
    clock.advance(POLL)
    world.poll(1)
  }
  const octets = (id: number) => BigInt(portRow(world.port(id)).ifInOctets as bigint)

  it('is the same for the same seed, and has other serial numbers and credentials for another', () => {
    const rows = (seed: number) => [...new World({ clock, seed }).inventory.devices.values()].map(({ row }) => row)
    expect(rows(1)).to.deep.equal(rows(1))
    expect(rows(1).map(({ serial }) => serial)).not.to.deep.equal(rows(2).map(({ serial }) => serial))
    expect(new World({ clock, seed: 1 }).secrets()).not.to.have.members(new World({ clock, seed: 2 }).secrets())
  })

  it('polls move times and counters; those of a port that is down and of a device that is down stand still', () => {
    const port = world.port(2)
    const [start] = [octets(2)]
    poll()
    const step = octets(2) - start
    expect(step > 0n).to.equal(true)
    expect(portRow(port)).to.include({ ifInOctets_prev: start, ifInOctets_delta: Number(step), poll_period: 300 })
    expect(portRow(port).ifInOctets_rate).to.equal(Math.floor(Number(step) / 300))
    world.portDown(2)
    poll()
    poll()
    expect(octets(2)).to.equal(start + step)
    expect(portRow(port)).to.include({ ifInOctets_rate: 0, ifOperStatus: 'down', ifOperStatus_prev: 'up' })
    world.portUp(2)
    poll()
    expect(octets(2)).to.equal(start + step * 2n)
    const polled = world.device(1).row.last_polled
    world.deviceDown(1)
    poll()
    expect(world.device(1).row.last_polled).to.equal(polled)
    expect(octets(2)).to.equal(start + step * 2n)
  })

  it('counters never run backwards but at a reboot or beyond 2^64, whatever happens', () => {
    const verb = fc.constantFrom('poll', 'down', 'up', 'deviceDown', 'deviceUp', 'reboot')
    fc.assert(
      fc.property(fc.array(verb, { maxLength: 40 }), (verbs) => {
        const own = new World({ clock: new HandClock() })
        const read = () => BigInt(portRow(own.port(2)).ifInOctets as bigint)
        for (const what of verbs) {
          const before = read()
          if (what === 'poll') own.poll(1)
          else if (what === 'down') own.portDown(2)
          else if (what === 'up') own.portUp(2)
          else if (what === 'deviceDown') own.deviceDown(1)
          else if (what === 'deviceUp') own.deviceUp(1)
          else own.reboot(1)
          if (what === 'poll') expect(read() >= before).to.equal(true)
          else expect(read()).to.equal(what === 'reboot' ? 0n : before)
        }
      }),
    )
  })

  it('logs what LibreNMS logs: ports, devices, reboots, limits of sensors', () => {
    world.portDown(1)
    world.portDown(1)
    world.deviceDown(2)
    world.deviceUp(2)
    world.reboot(1)
    const temperature = world.device(1).sensors.find((sensor) => columnOf(sensor, 'sensor_class') === 'temperature')
    const state = world.device(1).sensors.find((sensor) => columnOf(sensor, 'sensor_class') === 'state')
    if (!temperature || !state) throw new Error('the model has both')
    world.sensorValue(temperature, 45)
    world.sensorValue(temperature, 95)
    world.sensorValue(temperature, 96)
    world.sensorValue(state, 2)
    expect(world.events.rows.map(({ type, reference }) => [type, reference])).to.deep.equal([
      ['interface', '1'],
      ['down', null],
      ['up', null],
      ['reboot', null],
      ['temperature', String(temperature.id)],
      ['State', String(state.id)],
    ])
    expect(world.events.rows[0]?.message).to.equal('ifOperStatus: up -> down')
    expect(world.device(2).outages).to.deep.equal([{ going_down: clock.now() / 1000, up_again: clock.now() / 1000 }])
  })

  it('does not log what LibreNMS does not: ports that come and go, notes, aliases', () => {
    const port = world.addPort(1, { ifName: 'Ethernet9/1' })
    world.removePort(port)
    world.removePort(1, { purge: true })
    world.setNotes(1, 'x')
    world.changePort(2, { ifAlias: 'x' })
    expect(world.events.rows).to.deep.equal([])
    expect(world.inventory.ports.has(1)).to.equal(false)
    expect(columnOf(port, 'deleted')).to.equal(1)
  })

  it('moves lastupdate of a sensor only when its value does', () => {
    const sensor = world.device(1).sensors[0]
    if (!sensor) throw new Error('the model has sensors')
    world.sensorValue(sensor, 41)
    const moved = columnOf(sensor, 'lastupdate')
    clock.advance(POLL)
    world.sensorValue(sensor, 41)
    expect(columnOf(sensor, 'lastupdate')).to.equal(moved)
  })

  it('never gives an id twice, until the database is another', () => {
    const first = world.addDevice('a.example.net', { model: PING_ONLY })
    world.deleteDevice(first)
    expect(world.addDevice('b.example.net', { model: PING_ONLY }).id).to.equal(first.id + 1)
    world.resetDatabase()
    expect([...world.inventory.devices.keys()]).to.deep.equal([1, 2, 3, 4, 5])
    expect([...world.inventory.ports.values()].every((port) => world.port(port.id) === port)).to.equal(true)
  })

  it('holds 2,000 devices of 39 ports, 16 sensors and 32 entities', () => {
    const large = new World({ clock, models: [AVERAGE], devices: 2_000 })
    expect([large.inventory.devices.size, large.inventory.ports.size, large.inventory.sensors.size]).to.deep.equal([2_000, 78_000, 32_000])
  })
})
