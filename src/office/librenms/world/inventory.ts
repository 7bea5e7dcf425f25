import { type Random, random } from '../../random.ts'
import type { Row } from '../json.ts'
import type { Model } from '../models/model.ts'
import type { Device, Part, Port } from './device.ts'

export interface Location {
  id: number
  location: string
  /** DECIMAL, so text; null where nobody looked it up. */
  lat: string | null
  lng: string | null
  /** ms since the epoch */
  timestamp: number
  fixed_coordinates: number
}

type Kind = 'ports' | 'sensors' | 'inventory' | 'links' | 'processors' | 'mempools' | 'storage' | 'wireless'
const KINDS: readonly Kind[] = ['ports', 'sensors', 'inventory', 'links', 'processors', 'mempools', 'storage', 'wireless']

/** Devices and what is on them, with the ids the database gave them and where to find each by id. */
export class Inventory {
  readonly devices = new Map<number, Device>()
  readonly ports = new Map<number, Port>()
  readonly sensors = new Map<number, Part>()
  readonly locations = new Map<number, Location>()
  readonly #hostnames = new Map<string, Device>()
  readonly #next = new Map<string, number>()
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  nextId(table: string): number {
    const id = this.#next.get(table) ?? 1
    this.#next.set(table, id + 1)
    return id
  }

  /** As a route's `:hostname`: all digits are an id, always. */
  find(host: string): Device | undefined {
    return /^\d+$/.test(host) ? this.devices.get(Number(host)) : this.#hostnames.get(host)
  }

  /** @param known columns that are given; the others come from the model and the seed */
  add(model: Model, hostname: string, now: number, known: Row): Device {
    const id = this.nextId('devices')
    const device: Device = {
      id,
      row: { ...model.device, ...this.#own(model, hostname, id, now), ...known, device_id: id, hostname, inserted: now },
      model,
      ports: [],
      sensors: [],
      inventory: [],
      links: [],
      processors: [],
      mempools: [],
      storage: [],
      wireless: [],
      polls: 0,
      pollsAtBoot: 0,
      bootedAt: now - 86_400_000 * (1 + (id % 40)),
      polledAt: undefined,
      polledBefore: undefined,
      outages: [],
      parents: [],
      portNotes: new Map(),
    }
    this.#enter(device)
    for (const kind of KINDS) for (const template of model[kind]) this.addPart(device, kind, template)
    return device
  }

  addPart(device: Device, kind: Kind, template: Row, changes?: Row): Part {
    const part: Part = { id: this.nextId(kind), device, template, changes }
    if (kind === 'ports') {
      const port: Port = { ...part, idle: 0, downAt: (changes?.ifOperStatus ?? template.ifOperStatus) === 'up' ? -1 : device.polls }
      device.ports.push(port)
      this.ports.set(port.id, port)
      return port
    }
    device[kind].push(part)
    if (kind === 'sensors') this.sensors.set(part.id, part)
    return part
  }

  rename(device: Device, hostname: string): void {
    this.#hostnames.delete(String(device.row.hostname))
    device.row.hostname = hostname
    this.#hostnames.set(hostname, device)
  }

  remove(device: Device): void {
    this.devices.delete(device.id)
    this.#hostnames.delete(String(device.row.hostname))
    for (const port of device.ports) this.ports.delete(port.id)
    for (const sensor of device.sensors) this.sensors.delete(sensor.id)
  }

  /** The same devices in another database: everything gets a new id, from 1, devices in the order of their names. */
  renumber(): void {
    const devices = [...this.devices.values()].sort((a, b) => (String(a.row.hostname) < String(b.row.hostname) ? -1 : 1))
    this.#next.clear()
    this.devices.clear()
    this.ports.clear()
    this.sensors.clear()
    for (const device of devices) {
      device.id = this.nextId('devices')
      device.row.device_id = device.id
      device.parents = []
      this.#enter(device)
      for (const kind of KINDS) for (const part of device[kind]) part.id = this.nextId(kind)
      for (const port of device.ports) this.ports.set(port.id, port)
      for (const sensor of device.sensors) this.sensors.set(sensor.id, sensor)
    }
  }

  /** Of that name; made when there is none. */
  location(name: string, now: number, place: { lat?: string | null; lng?: string | null } = {}): Location {
    for (const location of this.locations.values()) if (location.location === name) return location
    const id = this.nextId('locations')
    const location = { id, location: name, lat: place.lat ?? null, lng: place.lng ?? null, timestamp: now, fixed_coordinates: 0 }
    this.locations.set(id, location)
    return location
  }

  #enter(device: Device): void {
    this.devices.set(device.id, device)
    this.#hostnames.set(String(device.row.hostname), device)
  }

  /** What is a device's own: names, addresses, credentials. The credentials say what they are, so that a leak is easy to find. */
  #own(model: Model, hostname: string, id: number, now: number): Row {
    const dice: Random = random(this.#seed, `librenms/${hostname}`)
    const secret = (what: string) => `${what}-${dice.int(1e8, 1e9)}`
    const byPing = model.device.snmp_disable === 1
    const v3 = !byPing && id % 2 === 0
    return {
      sysName: byPing ? '' : hostname,
      display: hostname,
      ip: `10.${(id >> 14) & 63}.${(id >> 7) & 127}.${(id & 127) + 1}`,
      serial: byPing ? null : `EX${dice.int(1e7, 1e8)}`,
      snmpver: v3 ? 'v3' : 'v2c',
      community: byPing || v3 ? null : secret('community'),
      ...(v3 && {
        authlevel: 'authPriv',
        authname: secret('authname'),
        authpass: secret('authpass'),
        authalgo: 'SHA',
        cryptopass: secret('cryptopass'),
        cryptoalgo: 'AES',
      }),
      status_reason: '',
      uptime: null,
      last_discovered: now,
    }
  }
}
