import type { Labels } from '../../base/matchers.ts'
import type { LibrenmsDevice, LibrenmsLink, LibrenmsPort } from '../../events/event-types.ts'

/** What an alert is about, as far as its labels tell: a device by any of its names, one of its ports, a site. */
export interface Place {
  readonly device?: string
  readonly port?: string
  readonly site?: string
}

/** Labels that name a device, the clearest first; `subject` is `target` or `target/instance`. */
const DEVICE_LABELS = ['target', 'device', 'hostname', 'host'] as const
const PORT_LABELS = ['instance', 'interface', 'ifName', 'port'] as const

/** The place of an alert. */
export function placeOf(labels: Labels): Place {
  const subject = labels.subject ?? ''
  const slash = subject.indexOf('/')
  const device = DEVICE_LABELS.map((name) => labels[name]).find((name) => name) ?? (slash < 0 ? subject : subject.slice(0, slash))
  const port = PORT_LABELS.map((name) => labels[name]).find((name) => name) ?? (slash < 0 ? '' : subject.slice(slash + 1))
  return { ...(device && { device }), ...(port && { port }), ...(labels.site && { site: labels.site }) }
}

/** Devices that are taken out by something: `instance:device_id`. */
export type Scope = ReadonlySet<string>

type Row<Event> = Event & { instance?: string | undefined }
const idOf = (instance: string | undefined, id: number) => `${instance ?? ''}:${id}`

/**
 * Which failure explains which others, from LibreNMS's devices (sites, parents), ports and links. Fed with the records of its compacted topics;
 * a name that it does not know explains nothing.
 */
export class Topology {
  readonly #devices = new Map<string, Row<LibrenmsDevice>>()
  readonly #ports = new Map<string, Row<LibrenmsPort>>()
  readonly #links = new Map<string, Row<LibrenmsLink>>()
  #index:
    | { names: Map<string, string>; sites: Map<string, string[]>; children: Map<string, string[]>; remotes: Map<string, string[]> }
    | undefined

  /** Takes a record of `librenms_devices`, `librenms_ports` or `librenms_links`; null is a tombstone. One that cannot be read is left out. */
  apply(topic: string, key: string, value: Buffer | string | null): void {
    const into = { librenms_devices: this.#devices, librenms_ports: this.#ports, librenms_links: this.#links }[topic] as
      | Map<string, unknown>
      | undefined
    if (!into) return
    const before = into.get(key)
    const now = value === null ? undefined : parsed(value)
    if (now === undefined) into.delete(key)
    else into.set(key, now)
    // Counters of ports change with every poll, and say nothing about who hangs on whom.
    if (topic === 'librenms_ports' && portNames(before as LibrenmsPort) === portNames(now as LibrenmsPort)) return
    this.#index = undefined
  }

  /**
   * The devices that a failure at a place takes out: the device, or where it names none all of the site; and whatever depends on these alone
   * (LibreNMS's parents). Empty for a place that is not known.
   */
  scope(place: Place): Scope {
    const { names, sites, children } = this.#indexes()
    const device = place.device === undefined ? undefined : names.get(place.device.toLowerCase())
    const site = sites.get(place.site ?? place.device ?? '')
    const first = device !== undefined ? [device] : (site ?? [])
    const scope = new Set(first)
    const waiting = [...first]
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      for (const child of children.get(id) ?? []) {
        if (scope.has(child) || !this.#parents(child).every((parent) => scope.has(parent))) continue
        scope.add(child)
        waiting.push(child)
      }
    }
    return scope
  }

  /** Whether what an alert tells is explained by a scope: it is about a device in it, or about a port of whatever device that leads into it. */
  explains(scope: Scope, place: Place): boolean {
    if (scope.size === 0) return false
    const { names, remotes } = this.#indexes()
    const device = place.device === undefined ? undefined : names.get(place.device.toLowerCase())
    if (device === undefined) return false
    if (scope.has(device)) return true
    if (place.port === undefined) return false
    return (remotes.get(`${device}/${place.port.toLowerCase()}`) ?? []).some((remote) => scope.has(remote))
  }

  #parents(id: string): string[] {
    const device = this.#devices.get(id) ?? this.#byId(id)
    return (device?.parents ?? []).map((parent) => idOf(device?.instance, parent))
  }

  #byId(id: string): Row<LibrenmsDevice> | undefined {
    for (const device of this.#devices.values()) if (idOf(device.instance, device.device_id) === id) return device
    return undefined
  }

  #indexes() {
    this.#index ??= this.#build()
    return this.#index
  }

  #build() {
    const names = new Map<string, string>()
    const sites = new Map<string, string[]>()
    const children = new Map<string, string[]>()
    const remotes = new Map<string, string[]>()
    for (const device of this.#devices.values()) {
      const id = idOf(device.instance, device.device_id)
      const { hostname, sys_name, display, ip, site } = device
      for (const name of [hostname, sys_name, display, ip, hostname.split('.')[0]]) {
        if (name && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), id)
      }
      if (site) add(sites, site, id)
      for (const parent of device.parents ?? []) add(children, idOf(device.instance, parent), id)
    }
    const namesOfPorts = new Map<string, string[]>()
    for (const port of this.#ports.values()) {
      namesOfPorts.set(
        idOf(port.instance, port.port_id),
        [port.if_name, port.if_descr, port.if_alias].flatMap((name) => (name ? [name.toLowerCase()] : [])),
      )
    }
    for (const link of this.#links.values()) {
      const { instance, device_id, port_id, remote_device_id, remote_port_id } = link
      if (link.active === false || typeof remote_device_id !== 'number') continue
      const near = idOf(instance, device_id)
      const far = idOf(instance, remote_device_id)
      const lead = (from: string, port: number | null | undefined, to: string, other?: string | null) => {
        const known = typeof port === 'number' ? (namesOfPorts.get(idOf(instance, port)) ?? []) : []
        for (const name of new Set([...known, ...(other ? [other.toLowerCase()] : [])])) add(remotes, `${from}/${name}`, to)
      }
      lead(near, port_id, far)
      lead(far, remote_port_id, near, link.remote_port)
    }
    return { names, sites, children, remotes }
  }
}

function parsed(value: Buffer | string): object | undefined {
  try {
    const event = JSON.parse(String(value))
    return typeof event === 'object' && event !== null ? event : undefined
  } catch {
    return undefined
  }
}

const portNames = (port: LibrenmsPort | undefined): string =>
  port === undefined ? '' : [port.port_id, port.if_name, port.if_descr, port.if_alias].join('\0')

function add(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
