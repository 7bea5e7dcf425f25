import type { Clock } from '../../base/clock.ts'
import { type Roster, roster, UPLINK } from '../roster.ts'
import type { Row } from './json.ts'
import { LINK, row } from './models/columns.ts'
import { PING_ONLY, switchModel } from './models/invented.ts'
import type { Model } from './models/model.ts'
import { columnOf } from './world/device.ts'
import { World } from './world/world.ts'

/**
 * The office's own network as a LibreNMS sees it: the switches of the roster with their ports, under the names that gNMI has for them too,
 * and the laptops, which answer ping only.
 */
export function officeWorld({ seed, clock, timeZone }: { seed: number; clock: Clock; timeZone?: string }): World {
  const office = roster(seed)
  const world = new World({ clock, seed, devices: 0, ...(timeZone !== undefined && { timeZone }) })
  const [core = 'core-1', ...access] = office.switches
  const place = world.inventory.location('Berlin, 3rd floor', clock.now(), { lat: '52.52000000', lng: '13.40500000' }).id
  const add = (hostname: string, model: Model, columns: Row = {}) =>
    world.inventory.add(model, hostname, clock.now() - 86_400_000, { location_id: place, type: 'network', ...columns })
  add(
    core,
    withPorts(
      'core-switch',
      access.map((_, i) => `ethernet-1/${i + 1}`),
    ),
  )
  for (const name of access) add(name, accessModel(name, office, core))
  for (const { laptop } of office.desks) add(laptop, PING_ONLY, { type: 'workstation' })
  const uplinks = access.map((name, i) => ({ name, port: world.port(name, UPLINK), core: world.port(core, `ethernet-1/${i + 1}`) }))
  for (const { name, port, core: far } of uplinks) {
    const link = world.device(name).links[0]
    if (link) link.changes = { remote_device_id: far.device.id, remote_port_id: far.id, remote_port: columnOf(far, 'ifName') }
    world.device(name).parents = [far.device.id]
    world.changePort(port, { ifAlias: `uplink to ${core}` })
  }
  world.alerts.addRule({ name: 'Port status up/down', alert_operation_id: 1 })
  world.alerts.addRule({ name: 'Device down (ICMP)', alert_operation_id: 1 })
  world.addGroup('switches', [...office.switches])
  world.pollAll()
  return world
}

/** One port for each desk, and the uplink. */
function accessModel(name: string, office: Roster, core: string): Model {
  const desks = office.desks.filter((desk) => desk.switch === name)
  const ports = [...desks.map((_, i) => `ethernet-1/${i + 1}`), UPLINK]
  const link = { ...row(LINK, { remote_hostname: core, remote_platform: 'EX-48' }), local: ports.length - 1 }
  return { ...withPorts('access-switch', ports), links: [link as Row & { local: number }] }
}

function withPorts(name: string, names: readonly string[]): Model {
  const model = switchModel(name, { ports: names.length, sensors: 4, entities: 3 })
  return { ...model, links: [], ports: model.ports.map((port, i) => ({ ...port, ifName: names[i] ?? '', ifDescr: names[i] ?? '' })) }
}
