import type { Random } from '../random.ts'
import { INVENTED } from './models/invented.ts'
import { columnOf, type Device, type Port } from './world/device.ts'
import type { Event } from './world/state.ts'
import type { World } from './world/world.ts'

/** Events whose transactions are still open. */
type Open = (() => Event)[]

/**
 * What happens to a network, at random and by seed: each call does one thing to the world and says which. The rare and nasty are rare: events
 * that commit late, a purge. Never another database or lost permissions: those are steps of a test's own.
 */
export class Happenings {
  readonly #world: World
  readonly #dice: Random
  readonly #open: Open = []
  #added = 0

  constructor(world: World, dice: Random) {
    this.#world = world
    this.#dice = dice
  }

  /** @returns the name of the verb; `quiet` when there was nothing to do it to */
  next(): string {
    const devices = [...this.#world.inventory.devices.values()]
    const [name, act] = this.#dice.pick(VERBS)
    const device = devices.length > 0 ? this.#dice.pick(devices) : undefined
    if (!device) return this.#add()
    if (name === 'addDevice') return this.#add()
    if (name === 'lateEvent') return this.#late(device)
    if (name === 'deleteDevice' && devices.length < 3) return 'quiet'
    const ports = device.ports.filter((port) => columnOf(port, 'deleted') === 0)
    return act(this.#world, device, ports.length > 0 ? this.#dice.pick(ports) : undefined, this.#dice) ? name : 'quiet'
  }

  /** All open transactions commit. */
  settle(): void {
    for (const commit of this.#open.splice(0)) commit()
  }

  #add(): string {
    this.#world.addDevice(`added-${++this.#added}.example.net`, { model: this.#dice.pick(INVENTED) })
    return 'addDevice'
  }

  /** The oldest open one commits when a third is opened. */
  #late(device: Device): string {
    const commit = this.#world.lateEvent(device, { message: 'committed late', type: 'syslog' })
    // Of a device that is deleted meanwhile the transaction fails.
    this.#open.push(() => {
      const gone = !this.#world.inventory.devices.has(device.id)
      return gone ? this.#world.event(0, { message: 'rolled back', type: 'system' }) : commit()
    })
    if (this.#open.length > 2) this.#open.shift()?.()
    return 'lateEvent'
  }
}

/** Does it; false when it cannot. */
type Act = (world: World, device: Device, port: Port | undefined, dice: Random) => boolean

const VERBS: readonly (readonly [string, Act])[] = [
  ['poll', (world, device) => yes(world.poll(device))],
  ['poll', (world, device) => yes(world.poll(device))],
  ['portDown', (world, _, port) => port !== undefined && yes(world.portDown(port))],
  ['portUp', (world, _, port) => port !== undefined && yes(world.portUp(port))],
  ['changePort', (world, _, port, dice) => port !== undefined && yes(world.changePort(port, { ifAlias: `alias ${dice.int(1, 99)}` }))],
  ['addPort', (world, device, _, dice) => yes(world.addPort(device, { ifName: `Added${dice.int(1, 9_999)}` }))],
  ['removePort', (world, _, port, dice) => port !== undefined && yes(world.removePort(port, { purge: dice.next() < 0.5 }))],
  ['sensorValue', (world, { sensors }, _, dice) => sensors.length > 0 && yes(world.sensorValue(dice.pick(sensors), dice.int(0, 100)))],
  ['deviceDown', (world, device) => yes(world.deviceDown(device))],
  ['deviceUp', (world, device) => yes(world.deviceUp(device))],
  ['reboot', (world, device) => yes(world.reboot(device))],
  ['setNotes', (world, device, _, dice) => yes(world.setNotes(device, `notes ${dice.int(1, 99)}`))],
  ['raiseAlert', (world, device, port) => yes(world.raiseAlert(device, 1, port ? [port] : []))],
  ['raiseAlert', (world, device) => yes(world.raiseAlert(device, 2))],
  ['worse', (world, device) => known(world, device) && yes(world.worse(device, 1))],
  ['better', (world, device) => known(world, device) && yes(world.better(device, 1))],
  ['clear', (world, device) => known(world, device) && yes(world.clear(device, 1))],
  ['ack', (world, device) => known(world, device) && ack(world, device)],
  ['sameSecondEvents', (world, device, _, dice) => yes(world.sameSecondEvents(device, dice.int(2, 60)))],
  ['lateEvent', () => false],
  ['addDevice', () => false],
  ['deleteDevice', (world, device) => yes(world.deleteDevice(device))],
  ['purge', (world) => yes(world.purge('eventlog', world.clock.now() - 30 * 86_400_000))],
]

const yes = (_: unknown) => true

function known(world: World, device: Device): boolean {
  return (world.alerts.of(device.id, 1)?.state ?? 0) !== 0
}

function ack(world: World, device: Device): boolean {
  const alert = world.alerts.of(device.id, 1)
  if (alert) world.ack(alert, { note: 'seen' })
  return alert !== undefined
}
