import { expect } from 'chai'
import { officeWorld } from '../../../src/office/librenms/office-world.ts'
import { roster, UPLINK } from '../../../src/office/roster.ts'
import { HandClock } from './setup.ts'

describe("the office's network in LibreNMS", () => {
  const world = officeWorld({ seed: 7, clock: new HandClock() })

  it('has a device for every switch and laptop of the roster, of the same name', () => {
    const { desks, switches } = roster(7)
    const names = [...world.inventory.devices.values()].map(({ row }) => row.hostname)
    expect(names).to.have.members([...switches, ...desks.map(({ laptop }) => laptop)])
  })

  it('has the ports that gNMI has, and an uplink from each access switch to the core', () => {
    expect(world.port('core-1', 'ethernet-1/2').device.row.hostname).to.equal('core-1')
    for (const name of ['access-1', 'access-2']) {
      const [link] = world.device(name).links
      expect(link?.changes?.remote_device_id).to.equal(world.device('core-1').id)
      expect(world.port(name, UPLINK).changes).to.include({ ifAlias: 'uplink to core-1' })
    }
  })

  it('begins with empty logs', () => {
    expect(world.events.rows).to.deep.equal([])
  })
})
