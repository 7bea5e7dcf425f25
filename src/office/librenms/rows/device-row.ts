import type { Row, Value } from '../json.ts'
import type { LocalTime } from '../local-time.ts'
import { DEVICE_FLAGS, DEVICE_SECRETS, DEVICE_TIMES } from '../models/columns.ts'
import type { Quirks } from '../quirks.ts'
import type { Device } from '../world/device.ts'
import type { Inventory, Location } from '../world/inventory.ts'

/** What a rendering depends on beside the row. */
export interface Rendering {
  quirks: Quirks
  time: LocalTime
  inventory: Inventory
}

/** A device as plain SQL gives it: GET /devices. */
export function rawDevice(device: Device, on: Rendering): Row {
  const location = locationOf(device, on)
  const parents = device.parents.flatMap((id) => on.inventory.devices.get(id) ?? [])
  const list = (values: Value[]) => (values.length > 0 ? values.join(',') : null)
  return {
    ...columns(device, on, 'raw'),
    dependency_parent_id: list(parents.map(({ id }) => id)),
    dependency_parent_hostname: list(parents.map(({ row }) => row.hostname ?? null)),
    ...place(location, on, 'raw'),
    lat: location?.lat ?? null,
    lng: location?.lng ?? null,
  }
}

/** A device as Eloquent gives it: GET /devices/:hostname. */
export function modelDevice(device: Device, on: Rendering): Row {
  const row = columns(device, on, 'model')
  if (typeof row.icon === 'string' && row.icon !== '') row.icon = `images/os/${row.icon}`
  return { ...row, ...place(locationOf(device, on), on, 'model'), lat: null, lng: null }
}

type Way = 'raw' | 'model'

function columns(device: Device, { quirks, time }: Rendering, way: Way): Row {
  const row: Row = { ...device.row }
  for (const column of DEVICE_TIMES) row[column] = timeValue(row[column], quirks, time, way)
  if (flagsAreWords(quirks, way)) for (const column of DEVICE_FLAGS) row[column] = Boolean(row[column])
  if (!quirks.displayTemplate) delete row.display_template
  if (!quirks.secrets) for (const column of DEVICE_SECRETS) delete row[column]
  return row
}

export function flagsAreWords(quirks: Quirks, way: Way): boolean {
  return quirks.flags === 'native' ? way === 'model' : quirks.flags === 'words'
}

/** @param value ms since the epoch, or null */
export function timeValue(value: Value | undefined, quirks: Quirks, time: LocalTime, way: Way): Value {
  if (typeof value !== 'number') return null
  return way === 'model' && quirks.isoTimes ? time.iso(value) : time.local(value)
}

function locationOf(device: Device, { inventory }: Rendering): Location | undefined {
  return inventory.locations.get(Number(device.row.location_id))
}

function place(location: Location | undefined, on: Rendering, way: Way): Row {
  const shape = on.quirks.location === 'native' ? (way === 'raw' ? 'text' : 'object') : on.quirks.location
  if (shape === 'absent') return {}
  if (shape === 'null' || !location) return { location: null }
  return { location: shape === 'text' ? location.location : modelLocation(location, on) }
}

export function modelLocation(location: Location, { time }: Rendering): Row {
  const number = (decimal: string | null) => (decimal === null ? null : Number(decimal))
  return {
    id: location.id,
    location: location.location,
    lat: number(location.lat),
    lng: number(location.lng),
    timestamp: time.local(location.timestamp),
    fixed_coordinates: location.fixed_coordinates === 1,
  }
}

export function rawLocation(location: Location, time: LocalTime): Row {
  return { ...location, timestamp: time.local(location.timestamp) }
}
