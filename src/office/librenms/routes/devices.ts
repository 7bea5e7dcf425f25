import type { Row, Value } from '../json.ts'
import { DEVICE } from '../models/columns.ts'
import { modelDevice, rawDevice } from '../rows/device-row.ts'
import { portRow } from '../rows/port-row.ts'
import type { Device } from '../world/device.ts'
import { error, list, NO_DEVICE_ACCESS, result, SERVER_ERROR } from './answers.ts'
import { type Answer, type Call, deviceOf, type Route, seesAll } from './call.ts'

const EXACT = ['device_id', 'os', 'sysName', 'location_id', 'type']
const LIKE = ['hostname', 'display', 'serial', 'version', 'hardware', 'features']

export const DEVICE_ROUTES: readonly Route[] = [
  { name: 'list_devices', method: 'GET', path: 'devices', rights: 'view', handle: listDevices },
  { name: 'get_device', method: 'GET', path: 'devices/{hostname}', rights: 'view', handle: getDevice },
  { name: 'trigger_device_discovery', method: 'GET', path: 'devices/{hostname}/discover', rights: 'view', handle: discover },
  { name: 'device_availability', method: 'GET', path: 'devices/{hostname}/availability', rights: 'view', handle: availability },
  { name: 'device_outages', method: 'GET', path: 'devices/{hostname}/outages', rights: 'view', handle: outages },
]

function listDevices(call: Call): Answer {
  const { world, query, rendering } = call
  const type = query.get('type') ?? ''
  const asked = query.get('query') ?? ''
  const devices = seesAll(call) ? [...world.inventory.devices.values()].filter((device) => matches(call, device, type, asked)) : []
  const [column = '', direction = 'asc'] = (query.get('order') || 'hostname').split(' ')
  if (!(column in DEVICE)) return SERVER_ERROR()
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  devices.sort((a, b) => sign * compare(a.row[column], b.row[column]))
  const joinsPorts = type === 'mac' || type === 'ipv4' || type === 'ipv6'
  return list(call, 'devices', devices, (device) => {
    const row = rawDevice(device, rendering)
    const [port] = device.ports
    // The port's columns come last and overwrite the device's: ignore, disabled, device_id.
    return joinsPorts && port ? { ...row, ...portRow(port) } : row
  })
}

function matches({ world }: Call, { row, id }: Device, type: string, asked: string): boolean {
  const active = row.ignore === 0 && row.disabled === 0
  const has = (value: Value | undefined) =>
    String(value ?? '')
      .toLowerCase()
      .includes(asked.toLowerCase())
  if (type === 'active') return active
  if (type === 'ignored') return row.ignore === 1 && row.disabled === 0
  if (type === 'up') return active && row.status === 1
  if (type === 'down') return active && row.status === 0
  if (type === 'disabled') return row.disabled === 1
  if (type === 'location') return has(world.inventory.locations.get(Number(row.location_id))?.location)
  if (type === 'ipv4') return row.ip === asked
  if (type === 'mac' || type === 'ipv6') return false
  if (type === 'device_id') return id === Number(asked)
  if (EXACT.includes(type)) return String(row[type] ?? '') === asked
  return LIKE.includes(type) ? has(row[type]) : true
}

function compare(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = [String(a ?? '').toLowerCase(), String(b ?? '').toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

function getDevice(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(404, `Device ${call.params.hostname} does not exist`)
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  return list(call, 'devices', [device], (found) => modelDevice(found, call.rendering))
}

/** A GET that does something: the next discovery takes the device first. */
function discover(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(404, `Device ${call.params.hostname} does not exist`)
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  device.row.last_discovered = null
  return result(call, 'result', { status: 0, message: 'Device will be rediscovered' })
}

const DAY = 86_400
const DURATIONS = [DAY, 7 * DAY, 30 * DAY, 365 * DAY]

function availability(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const device = deviceOf(call)
  const now = Math.floor(call.world.clock.now() / 1000)
  const rows = device
    ? DURATIONS.map((duration) => ({
        duration,
        availability_perc: (100 - (100 * downTime(device, now - duration, now)) / duration).toFixed(6),
      }))
    : []
  return list(call, 'availability', rows, (row) => row, { collection: true })
}

/** s that the device was down between two times. */
function downTime({ outages }: Device, from: number, to: number): number {
  return outages.reduce((sum, { going_down, up_again }) => sum + Math.max(0, Math.min(up_again ?? to, to) - Math.max(going_down, from)), 0)
}

function outages(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const rows = [...(deviceOf(call)?.outages ?? [])].reverse()
  return list(call, 'outages', rows, (outage): Row => ({ ...outage }), { collection: true })
}
