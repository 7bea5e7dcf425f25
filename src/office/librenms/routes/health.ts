import type { Row } from '../json.ts'
import { plainRow, sensorRow } from '../rows/part-row.ts'
import { columnOf, type Device, type Part } from '../world/device.ts'
import { list, listOr404, NO_DEVICE_ACCESS } from './answers.ts'
import { type Answer, type Call, deviceOf, type Route, seesAll } from './call.ts'

export const HEALTH_ROUTES: readonly Route[] = [
  { name: 'list_sensors', method: 'GET', path: 'resources/sensors', rights: 'view', handle: allSensors },
  {
    name: 'list_available_health_graphs',
    method: 'GET',
    path: 'devices/{hostname}/health/{type?}/{sensor_id?}',
    rights: 'view',
    handle: health,
  },
  { name: 'list_wireless_sensors', method: 'GET', path: 'devices/{hostname}/wireless-sensors', rights: 'view', handle: wireless },
]

/** Every row, deleted ones too; there is no filter. */
function allSensors(call: Call): Answer {
  const sensors = seesAll(call) ? [...call.world.inventory.sensors.values()] : []
  return listOr404(call, 'sensors', sensors, (sensor) => sensorRow(sensor, call.rendering), 'Sensors do not exist', { collection: true })
}

const OTHERS = [
  { type: 'processor', desc: 'Processors', kind: 'processors', key: 'processor_id', name: 'processor_descr' },
  { type: 'storage', desc: 'Storage', kind: 'storage', key: 'storage_id', name: 'storage_descr' },
  { type: 'mempool', desc: 'Memory Pools', kind: 'mempools', key: 'mempool_id', name: 'mempool_descr' },
] as const

/** Three levels: classes, sensors of a class, and whole rows of one sensor, of whatever device it is. */
function health(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const device = deviceOf(call)
  const type = call.params.type?.replace(/^device_/, '')
  const rows = type === undefined ? classes(device) : call.params.sensor_id === undefined ? named(device, type) : one(call, device, type)
  return list(call, 'graphs', rows, (row) => row)
}

function classes(device: Device | undefined): Row[] {
  if (!device) return []
  const kinds = new Set(device.sensors.filter(isLive).map((sensor) => String(columnOf(sensor, 'sensor_class'))))
  return [
    ...[...kinds].sort().map((kind) => ({ desc: kind.charAt(0).toUpperCase() + kind.slice(1), name: `device_${kind}` })),
    ...OTHERS.filter(({ kind }) => device[kind].length > 0).map(({ desc, type }) => ({ desc, name: `device_${type}` })),
  ]
}

function named(device: Device | undefined, type: string): Row[] {
  if (!device) return []
  const other = OTHERS.find((one) => one.type === type)
  if (other) return device[other.kind].map((part) => ({ sensor_id: part.id, desc: columnOf(part, other.name) }))
  return device.sensors
    .filter((sensor) => isLive(sensor) && columnOf(sensor, 'sensor_class') === type)
    .map((sensor) => ({ sensor_id: sensor.id, desc: columnOf(sensor, 'sensor_descr') }))
}

function one(call: Call, device: Device | undefined, type: string): Row[] {
  const id = Number(call.params.sensor_id)
  const other = OTHERS.find((one) => one.type === type)
  if (other) return (device?.[other.kind] ?? []).filter((part) => part.id === id).map((part) => plainRow(part, other.key))
  const sensor = call.world.inventory.sensors.get(id)
  return sensor ? [sensorRow(sensor, call.rendering)] : []
}

function wireless(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const wanted = call.query.get('class')
  const sensors = (deviceOf(call)?.wireless ?? []).filter((sensor) => wanted === null || columnOf(sensor, 'sensor_class') === wanted)
  const row = (sensor: Part) => plainRow(sensor, 'sensor_id')
  return listOr404(call, 'wireless_sensors', sensors, row, 'Wireless sensors do not exist', { collection: true })
}

const isLive = (sensor: Part) => columnOf(sensor, 'sensor_deleted') === 0
