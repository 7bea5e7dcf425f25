import type { Clock } from '../../../base/clock.ts'
import type { Row, Value } from '../json.ts'
import { LocalTime } from '../local-time.ts'
import { INVENTED } from '../models/invented.ts'
import type { Model } from '../models/model.ts'
import { NATIVE_QUIRKS } from '../quirks.ts'
import type { Rendering } from '../rows/device-row.ts'
import { AlertBook } from './alert-book.ts'
import { ComponentBook } from './component-book.ts'
import { columnOf, type Device, type Port } from './device.ts'
import { Inventory } from './inventory.ts'
import { Log, type Logged } from './log.ts'

export interface WorldOptions {
  /** The server's time. */
  clock: Clock
  seed?: number
  /** Zone of the tz database of the server's local times. */
  timeZone?: string
  /** What devices there are: one of each, or `devices` of them in turn. */
  models?: readonly Model[]
  devices?: number
}

export interface Event extends Logged {
  message: string
  type: string
  reference: string | null
  username: string
  /** 0 unknown, 1 ok, 2 info, 3 notice, 4 warning, 5 error */
  severity: number
}

export interface NewEvent {
  message: string
  type: string
  reference?: string | number | null
  username?: string
  severity?: number
  /** ms since the epoch; now */
  at?: number
}

export interface Group {
  id: number
  name: string
  desc: string
  type: 'static' | 'dynamic'
  devices: number[]
}

/** Columns of the table, and the make of the device. */
export type NewDevice = { model?: Model } & { [column: string]: Value | Model | undefined }

export type DeviceRef = Device | number | string

/** The tables of a LibreNMS, how to find rows in them, and its event log. */
export class WorldState {
  readonly clock: Clock
  readonly time: LocalTime
  readonly inventory: Inventory
  readonly events = new Log<Event>()
  readonly alerts = new AlertBook()
  readonly components = new ComponentBook()
  readonly groups = new Map<number, Group>()
  readonly services = new Map<number, Row>()
  /** Windows of maintenance by device; `end` ms since the epoch. */
  readonly maintenance: { device: number; start: number; end: number; title: string; notes: string; behavior: number }[] = []
  /** Hosts that answer neither ping nor SNMP: they are added by force only. */
  readonly unreachable = new Set<string>()
  /** Nobody may see all devices any more. */
  viewAllRevoked = false
  protected readonly models: readonly Model[]
  protected readonly rendering: Rendering

  constructor(options: WorldOptions) {
    this.clock = options.clock
    this.time = new LocalTime(options.timeZone ?? 'Europe/Berlin')
    this.inventory = new Inventory(options.seed ?? 1)
    this.models = options.models && options.models.length > 0 ? options.models : INVENTED
    this.rendering = { quirks: NATIVE_QUIRKS, time: this.time, inventory: this.inventory }
  }

  /** RangeError when there is no such device: a test's mistake. */
  device(which: DeviceRef): Device {
    const found = typeof which === 'object' ? which : this.inventory.find(String(which))
    if (!found) throw new RangeError(`no device ${String(which)}`)
    return found
  }

  /** By id, or by device and interface name. */
  port(which: Port | number, name?: never): Port
  port(which: DeviceRef, name: string): Port
  port(which: DeviceRef | Port, name?: string): Port {
    const found =
      name !== undefined
        ? this.device(which as DeviceRef).ports.find((port) => columnOf(port, 'ifName') === name)
        : typeof which === 'number'
          ? this.inventory.ports.get(which)
          : (which as Port)
    if (!found) throw new RangeError(`no port ${String(name ?? which)}`)
    return found
  }

  // The event log

  event(which: DeviceRef, event: NewEvent): Event {
    return this.#commit(this.events.reserve(), which, event)
  }

  /** An event whose transaction is slow: its id and time are taken now, and it is seen when the function is called. */
  lateEvent(which: DeviceRef, event: NewEvent): () => Event {
    const id = this.events.reserve()
    const at = event.at ?? this.clock.now()
    return () => this.#commit(id, which, { ...event, at })
  }

  /** So many events in one second. */
  sameSecondEvents(which: DeviceRef, count: number): Event[] {
    const at = this.clock.now()
    return Array.from({ length: count }, (_, i) => this.event(which, { message: `burst ${i + 1} of ${count}`, type: 'syslog', at }))
  }

  /** The daily clean-up: events before that instant go. Returns how many. @param before ms since the epoch */
  purge(log: 'eventlog' | 'alertlog', before: number): number {
    const old = ({ at }: Logged) => at < before
    return log === 'eventlog' ? this.events.remove(old) : this.alerts.log.remove(old)
  }

  #commit(id: number, which: DeviceRef, event: NewEvent): Event {
    const { message, type, reference = null, username = '', severity = 2, at = this.clock.now() } = event
    const device = which === 0 ? 0 : this.device(which).id
    return this.events.commit({
      id,
      at: Math.floor(at / 1000) * 1000,
      device,
      message,
      type,
      reference: reference === null ? null : String(reference),
      username,
      severity,
    })
  }
}
