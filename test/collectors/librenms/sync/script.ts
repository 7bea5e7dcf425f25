import type { World } from '../../../../src/office/librenms/world/world.ts'
import { type Random, random } from '../../../../src/office/random.ts'
import { Killed, Reaper, Rig, ROW_TOPICS } from './rig.ts'

const STEPS = 14

/** What a run leaves on the bus: last states by topic, and events by their ids. */
export interface Outcome {
  rows: Record<string, Record<string, unknown>>
  events: Record<string, unknown>
  /** Ids that came twice. */
  twice: string[]
  kills: number
  refused: number
}

/**
 * The same day in a LibreNMS, by seed: what happens does not depend on who watches. With `kills`, the process that syncs is killed at random
 * steps and another takes its place.
 */
export async function playScript(seed: number, kills: boolean): Promise<Outcome> {
  const rig = await Rig.open({ quirks: { ties: seed % 3 === 0 ? 'unstable' : seed % 3 === 1 ? 'reverse' : 'id' } })
  const world = random(seed, 'world')
  const chance = random(seed, 'kills')
  const happens = new Happenings(rig.world, world)
  let count = 0
  let sync = await rig.sync()
  let reaper = new Reaper()
  const alive = async (work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      try {
        return void (await work())
      } catch (error) {
        if (!(error instanceof Killed) && !reaper.dead) throw error
        count++
        // The next one dies too, sooner or later, or while it starts.
        for (;;) {
          reaper = fatal(chance)
          try {
            sync = await rig.sync({}, reaper)
            break
          } catch (thrown) {
            if (!(thrown instanceof Killed)) throw thrown
            count++
          }
        }
      }
    }
  }
  try {
    if (kills) {
      reaper = fatal(chance)
      sync = await rig.sync({}, reaper).catch(async () => {
        reaper = new Reaper()
        return rig.sync()
      })
    }
    for (let step = 0; step < STEPS; step++) {
      happens.step()
      rig.clock.advance(1_000 * world.int(1, world.int(0, 4) === 0 ? 400 : 20))
      await alive(() => sync.follow())
      await alive(() => sync.sweep())
    }
    happens.commitAll()
    rig.clock.advance(3_000)
    await alive(() => sync.follow())
    // The end is seen whole by both; what went missing on the way would not come back by it, since nothing that is on the bus is written again.
    const last = await rig.sync({ once: true, allowMassDelete: true })
    await last.everything()
    rig.clock.advance(400_000)
    await last.everything()
    return { ...(await outcome(rig)), kills: count, refused: rig.metrics.get('refused_deletes') }
  } finally {
    await rig.close()
  }
}

const fatal = (chance: Random) => new Reaper(chance.int(0, 60), chance.int(0, 2) === 0)

async function outcome(rig: Rig): Promise<Pick<Outcome, 'rows' | 'events' | 'twice'>> {
  const rows: Outcome['rows'] = {}
  for (const topic of ROW_TOPICS) rows[topic] = Object.fromEntries(await rig.last(topic))
  // When a record was written decides what these show, and a process that was killed writes later. That there is a value, or none, stays.
  for (const device of Object.values(rows.librenms_devices ?? {}) as Array<Record<string, unknown>>) {
    for (const field of ['uptime_s', 'last_polled', 'last_ping', 'last_discovered']) device[field] &&= 'at the time of the record'
  }
  const events: Outcome['events'] = {}
  const twice: string[] = []
  for (const { headers, value } of await rig.records('librenms_events')) {
    const id = String(headers.find(([name]) => name === 'ce_id')?.[1])
    if (id in events) twice.push(id)
    events[id] = JSON.parse(String(value))
  }
  return { rows, events: Object.fromEntries(Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1))), twice }
}

/** What may happen between two steps. */
class Happenings {
  readonly #world: World
  readonly #random: Random
  readonly #late: Array<() => unknown> = []
  #added = 0

  constructor(world: World, dice: Random) {
    this.#world = world
    this.#random = dice
    world.pollAll()
    for (const name of ['port down', 'device down', 'too hot']) world.alerts.addRule({ name })
  }

  step(): void {
    const times = this.#random.int(0, 4)
    for (let i = 0; i < times; i++) this.#one()
    if (this.#random.int(0, 2) === 0) this.#world.pollAll()
  }

  commitAll(): void {
    for (const commit of this.#late.splice(0)) commit()
  }

  #one(): void {
    const world = this.#world
    const dice = this.#random
    const device = this.#pick([...world.inventory.devices.values()])
    const ports = [...world.inventory.ports.values()].filter((port) => port.changes?.deleted !== 1)
    const port = this.#pick(ports)
    const alert = this.#pick([...world.alerts.alerts.values()])
    const rule = dice.int(1, 4)
    if (!device) return
    const acts: Array<() => unknown> = [
      () => port && world.portDown(port),
      () => port && world.portUp(port),
      () => port && world.changePort(port, { ifAlias: `alias ${dice.int(0, 100)}` }),
      () => world.addPort(device, { ifName: `extra-${dice.int(0, 1_000)}` }),
      () => port && dice.int(0, 3) === 0 && world.removePort(port, { purge: dice.int(0, 2) === 0 }),
      () => device.sensors[0] && world.sensorValue(device.sensors[0], dice.int(20, 90)),
      () => world.deviceDown(device),
      () => world.deviceUp(device),
      () => world.reboot(device),
      () => this.#added < 4 && world.addDevice(`added-${++this.#added}`),
      () => world.inventory.devices.size > 3 && dice.int(0, 2) === 0 && world.deleteDevice(device),
      () => world.setNotes(device, `note ${dice.int(0, 100)}`),
      () => world.raiseAlert(device, rule, port?.device === device ? [port] : []),
      () => world.worse(device, rule),
      () => alert && world.clear(alert.device_id, alert.rule_id),
      () => alert && world.ack(alert),
      () => alert && world.unmute(alert),
      () => this.#late.push(world.lateEvent(device, { message: `late ${dice.int(0, 100)}`, type: 'system' })),
      () => this.#late.shift()?.(),
      () => world.sameSecondEvents(device, dice.int(1, 120)),
    ]
    this.#pick(acts)?.()
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random.int(0, Math.max(1, items.length))]
  }
}
