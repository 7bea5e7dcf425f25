import { eachAtMost } from './pool.ts'
import { readInventory, readPorts } from './read-device.ts'
import { type Schedule, scheduleFor, spread } from './schedule.ts'
import type { Session } from './session.ts'
import { SWEEPERS, sweepDevices, sweepDown } from './sweep-devices.ts'
import { sweepLinks, sweepPorts, sweepSensors } from './sweep-lists.ts'

/** Work of one pass over devices: then the lists have their turn again. */
const PASS = 60

type ListName = 'devices' | 'down' | 'ports' | 'sensors' | 'links'
type PerDevice = 'ports of devices' | 'inventory of devices'

const LISTS: Readonly<Record<ListName, (session: Session) => Promise<number>>> = {
  devices: sweepDevices,
  down: sweepDown,
  ports: sweepPorts,
  sensors: sweepSensors,
  links: sweepLinks,
}

const PER_DEVICE: Readonly<Record<PerDevice, (session: Session, device: number) => Promise<void>>> = {
  'ports of devices': readPorts,
  'inventory of devices': readInventory,
}

/**
 * The sweeps: they find what no event tells of. Lists go first and in this order, since devices give names to what is theirs; then as many
 * single devices as are due.
 */
export class Sweeper {
  readonly #session: Session
  /** When each is due, ms; absent: now. */
  readonly #lists = new Map<ListName, number>()
  readonly #devices: Readonly<Record<PerDevice, Map<number, number>>> = { 'ports of devices': new Map(), 'inventory of devices': new Map() }

  constructor(session: Session) {
    this.#session = session
  }

  /** Everything is due, of every device. */
  dueNow(): void {
    for (const name of Object.keys(LISTS) as ListName[]) this.#lists.set(name, NOW)
    for (const device of this.#session.fleet.devices.keys()) for (const due of Object.values(this.#devices)) due.set(device, NOW)
  }

  /** What is due. @returns whether anything is left that is due now */
  async run(): Promise<boolean> {
    const { state, fleet, context } = this.#session
    if (state.resync) this.dueNow()
    const resync = state.resync
    for (const name of Object.keys(LISTS) as ListName[]) {
      if (context.signal.aborted) return false
      const every = scheduleFor(fleet.devices.size)[name]
      const early = name === 'devices' && state.devicesPending
      if (every === undefined || (!early && (this.#lists.get(name) ?? 0) > this.#now)) continue
      await this.#list(name, every)
    }
    if (resync) await this.#wholeFleet()
    this.#plan(scheduleFor(fleet.devices.size))
    return this.#pass()
  }

  /** When something is due next, ms. */
  get due(): number {
    const schedule = scheduleFor(this.#session.fleet.devices.size)
    const lists = (Object.keys(LISTS) as ListName[]).flatMap((name) => (schedule[name] === undefined ? [] : [this.#lists.get(name) ?? 0]))
    let due = this.#session.state.devicesPending || this.#session.state.resync ? 0 : Math.min(...lists)
    for (const times of Object.values(this.#devices)) for (const at of times.values()) if (at < due) due = at
    return due
  }

  get #now(): number {
    return this.#session.context.clock.now()
  }

  async #list(name: ListName, every: number): Promise<void> {
    const { session, started } = { session: this.#session, started: this.#now }
    const early = session.state.devicesPending
    if (name === 'devices') session.state.devicesPending = false
    try {
      const rows = await LISTS[name](session)
      await session.store.flush()
      await session.samples.flush()
      session.context.metrics.add(`sweeps_${name}`)
      const report = { at: new Date(this.#now).toISOString(), rows, took_ms: this.#now - started }
      const { devicesPending } = session.state
      await session.commit([], (state) => {
        state.sweeps[name] = report
        state.devicesPending = devicesPending
        state.refused = session.refusal ?? null
      })
      // By when it began: a sweep that takes long is not made more often for it.
      this.#lists.set(name, started + every)
    } catch (error) {
      if (name === 'devices') session.state.devicesPending ||= early
      this.#lists.set(name, this.#now + Math.min(every, RETRY) + session.api.rest)
      throw error
    }
  }

  /** After a resync: what lists do not have is read of every device, and then the reason is done with. */
  async #wholeFleet(): Promise<void> {
    this.#plan(scheduleFor(this.#session.fleet.devices.size))
    while (await this.#pass());
    await this.#session.commit([], (state) => {
      state.resync = false
    })
  }

  /** Puts devices that are new on the list, and takes off those that are gone. */
  #plan(schedule: Schedule): void {
    const { fleet, store } = this.#session
    const intervals = { 'ports of devices': schedule.portsOfDevice, 'inventory of devices': schedule.inventoryOfDevice }
    const topics = { 'ports of devices': 'librenms_ports', 'inventory of devices': 'librenms_inventory' } as const
    for (const name of Object.keys(PER_DEVICE) as PerDevice[]) {
      const due = this.#devices[name]
      const interval = intervals[name]
      for (const device of due.keys()) if (interval === undefined || !fleet.devices.has(device)) due.delete(device)
      if (interval === undefined) continue
      for (const device of fleet.devices.keys()) {
        if (due.has(device)) continue
        const seen = store.known[topics[name]].countOf(device) > 0
        due.set(device, seen ? this.#now + spread(device, interval) : NOW)
      }
    }
  }

  /** @returns whether more is due */
  async #pass(): Promise<boolean> {
    const schedule = scheduleFor(this.#session.fleet.devices.size)
    const intervals = { 'ports of devices': schedule.portsOfDevice, 'inventory of devices': schedule.inventoryOfDevice }
    let more = false
    for (const name of Object.keys(PER_DEVICE) as PerDevice[]) {
      const interval = intervals[name]
      if (interval === undefined) continue
      const now = this.#now
      const due = firstDue(this.#devices[name], now)
      more ||= due.length === PASS
      await eachAtMost(due, SWEEPERS, async ([device, at]) => {
        if (this.#session.context.signal.aborted) return
        await PER_DEVICE[name](this.#session, device)
        await this.#session.store.relieve()
        // The first time all come at once; from then on each has its own place in the interval.
        this.#devices[name].set(device, at === NOW ? now + spread(device, interval) : Math.max(at + interval, now))
      })
      await this.#session.store.flush()
      await this.#session.samples.flush()
    }
    return more && !this.#session.context.signal.aborted
  }
}

/** As many as one pass does: a list of all that are due would be held while they are read. */
function firstDue(times: ReadonlyMap<number, number>, now: number): Array<readonly [device: number, at: number]> {
  const due: Array<readonly [number, number]> = []
  for (const entry of times) {
    if (entry[1] > now) continue
    due.push(entry)
    if (due.length === PASS) break
  }
  return due
}

/** Due before anything that has a time. */
const NOW = 0

/** A sweep that failed is tried again after so long, ms. */
const RETRY = 60_000
