import type { LibrenmsDevice } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, instant, integer, others, quantity, text } from './values.ts'

/** A row of `/devices` or `/devices/:id`. */
export function decodeDevice(row: Row, context: DecodeContext): Decoded<LibrenmsDevice> {
  const id = integer(row.device_id)
  const hostname = text(row.hostname)
  const up = flag(row.status)
  if (id === undefined) return 'a device has no device_id'
  if (hostname === null || hostname === '') return `device ${id} has no hostname`
  if (up === undefined) return `device ${id} has no status`
  const { zone } = context
  return {
    device_id: id,
    ...instanceOf(context),
    hostname,
    up,
    sys_name: text(row.sysName),
    display: text(row.display),
    ip: address(row.ip),
    os: text(row.os),
    os_version: text(row.version),
    hardware: text(row.hardware),
    serial: text(row.serial),
    features: text(row.features),
    device_type: text(row.type),
    purpose: text(row.purpose),
    notes: text(row.notes),
    ...place(row),
    status_reason: text(row.status_reason),
    uptime_s: seconds(row.uptime),
    last_polled: instant(row.last_polled, zone),
    last_ping: instant(row.last_ping, zone),
    last_discovered: instant(row.last_discovered, zone),
    added_at: instant(row.inserted, zone),
    ...flagged('disabled', row.disabled),
    ...flagged('ignored', row.ignore),
    ...flagged('notify_disabled', row.disable_notify),
    ...counted('poller_group', row.poller_group),
    ...parents(row),
    ...others(row, KNOWN),
  }
}

/**
 * Columns with a field of their own; those that move with every poll and say nothing (how long it took); those that the renderings show
 * differently; and the contact, which is a person's name.
 */
const KNOWN: ReadonlySet<string> = new Set([
  ...['device_id', 'hostname', 'status', 'sysName', 'display', 'ip', 'os', 'version', 'hardware', 'serial', 'features', 'type', 'purpose'],
  ...[
    'notes',
    'location',
    'location_id',
    'lat',
    'lng',
    'status_reason',
    'uptime',
    'last_polled',
    'last_ping',
    'last_discovered',
    'inserted',
  ],
  ...['disabled', 'ignore', 'disable_notify', 'poller_group', 'parent_id', 'dependency_parent_id', 'dependency_parent_hostname'],
  ...['last_polled_timetaken', 'last_discovered_timetaken', 'last_ping_timetaken', 'last_poll_attempted', 'agent_uptime'],
  ...['icon', 'sysContact'],
])

const flagged = <const Name extends string>(name: Name, value: unknown): { [N in Name]?: boolean } => {
  const is = flag(value)
  return is === undefined ? {} : ({ [name]: is } as { [N in Name]: boolean })
}

const counted = <const Name extends string>(name: Name, value: unknown): { [N in Name]?: number } => {
  const number = integer(value)
  return number === undefined || number < 0 ? {} : ({ [name]: number } as { [N in Name]: number })
}

function seconds(value: unknown): number | null {
  const number = quantity(value)
  return number === null || number < 0 ? null : number
}

/** Stored as bytes: what does not look like an address is not one. */
function address(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f.:]{2,45}$/i.test(value) ? value : null
}

/** A name, or, where the API shows one device, an object with coordinates; in some versions nothing at all. */
function place(row: Row): Pick<LibrenmsDevice, 'site' | 'latitude' | 'longitude'> {
  const { location } = row
  if (typeof location !== 'object' || location === null) {
    return { site: text(location), latitude: quantity(row.lat), longitude: quantity(row.lng) }
  }
  const { location: name, lat, lng } = location as Row
  return { site: text(name), latitude: quantity(lat), longitude: quantity(lng) }
}

/** `"3,12"`; only the list of devices has it. */
function parents(row: Row): Pick<LibrenmsDevice, 'parents'> {
  const said = text(row.dependency_parent_id)
  if (said === null || said === '') return {}
  const ids = said.split(',').flatMap((id) => integer(id) ?? [])
  return ids.length > 0 ? { parents: ids.sort((a, b) => a - b) } : {}
}
