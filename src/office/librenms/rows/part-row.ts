import type { Row } from '../json.ts'
import { ENTITY, LINK, SENSOR } from '../models/columns.ts'
import { columnOf, type Part } from '../world/device.ts'
import { type Rendering, timeValue } from './device-row.ts'

const SENSOR_COLUMNS = Object.keys(SENSOR)
const ENTITY_COLUMNS = Object.keys(ENTITY)
const LINK_COLUMNS = Object.keys(LINK)

export function sensorRow(sensor: Part, { quirks, time }: Rendering): Row {
  const row = columns(sensor, SENSOR_COLUMNS)
  return { ...row, sensor_id: sensor.id, device_id: sensor.device.id, lastupdate: timeValue(row.lastupdate, quirks, time, 'raw') }
}

export function entityRow(entity: Part): Row {
  return { ...columns(entity, ENTITY_COLUMNS), entPhysical_id: entity.id, device_id: entity.device.id }
}

export function linkRow(link: Part): Row {
  const { device, template } = link
  const local = device.ports[Number(template.local)]
  return { ...columns(link, LINK_COLUMNS), id: link.id, local_port_id: local?.id ?? null, local_device_id: device.id }
}

/** Processors, pools of memory, storage, wireless sensors: the model's columns behind the two ids. */
export function plainRow(part: Part, key: string): Row {
  return { [key]: part.id, device_id: part.device.id, ...part.template, ...part.changes }
}

function columns(part: Part, names: readonly string[]): Row {
  const row: Row = {}
  for (const name of names) row[name] = columnOf(part, name)
  return row
}
