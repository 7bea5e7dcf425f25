import { compact, type Row, type Value } from './json.ts'
import { portValue } from './rows/port-row.ts'
import { columnOf, type Device, type Part, type Port } from './world/device.ts'

/** A record of LibreNMS's own Kafka data store: no headers, no schema. */
export interface StoreRecord {
  topic: string
  /** device_id as text */
  key: string
  /** `{"measurement", "fields", "tags"}` */
  value: string
}

/**
 * What the store sends after a poll of a device: metrics only, with the values as SNMP gave them (mostly text, sometimes null or "U"),
 * named by device and ifIndex. No ids of ports, no states; of a port that is down there is nothing.
 */
export function* storeRecords(device: Device, topic = 'librenms'): Iterable<StoreRecord> {
  const { row } = device
  const hostname = String(row.hostname)
  const polled = Math.floor((device.polledAt ?? 0) / 1000)
  const record = (measurement: string, fields: Row, tags: Row = {}): StoreRecord => {
    const kept = Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== null && value !== ''))
    const value = { measurement, fields, tags: { ...kept, hostname, current_polled_time: polled } }
    return { topic, key: String(device.id), value: compact(value) }
  }
  if (row.status !== 1) return
  yield record('icmp-perf', { avg: 1.25, xmt: 3, rcv: 3, min: 1.1, max: '1.6' })
  if (row.snmp_disable === 1) return
  yield record('uptime', { uptime: text(row.uptime ?? null) })
  for (const port of device.ports) if (port.downAt < 0 && columnOf(port, 'deleted') === 0) yield portRecord(port, record)
  for (const sensor of device.sensors) yield record('sensor', { sensor: text(columnOf(sensor, 'sensor_current')) }, sensorTags(sensor))
  for (const one of device.processors)
    yield record('processors', { usage: columnOf(one, 'processor_usage') }, tags(one, ['processor_type', 'processor_index']))
  for (const one of device.mempools)
    yield record('mempool', { used: columnOf(one, 'mempool_used'), free: 'U' }, tags(one, ['mempool_type', 'mempool_index']))
  yield record('poller-perf', { poller: 3.5 }, { module: 'ALL' })
}

type Make = (measurement: string, fields: Row, tags?: Row) => StoreRecord

const COUNTERS = { OCTETS: 'Octets', ERRORS: 'Errors', UCASTPKTS: 'UcastPkts' } as const
/** What many agents do not have. */
const ABSENT = ['NUCASTPKTS', 'DISCARDS', 'BROADCASTPKTS', 'MULTICASTPKTS'] as const
const RATES = ['UcastPkts', 'Errors', 'Octets'] as const

function portRecord(port: Port, record: Make): StoreRecord {
  const fields: Row = {}
  for (const [name, column] of Object.entries(COUNTERS))
    for (const way of ['In', 'Out'] as const) fields[`${way.toUpperCase()}${name}`] = text(portValue(port, `if${way}${column}`))
  for (const name of ABSENT) for (const way of ['IN', 'OUT']) fields[way + name] = name === 'DISCARDS' ? '0' : null
  fields.INUNKNOWNPROTOS = 'U'
  for (const rate of RATES) for (const way of ['In', 'Out']) fields[`if${way}${rate}_rate`] = portValue(port, `if${way}${rate}_rate`)
  for (const way of ['In', 'Out']) fields[`if${way}Bits_rate`] = Number(portValue(port, `if${way}Octets_rate`)) * 8
  return record('ports', fields, {
    ifName: columnOf(port, 'ifName'),
    ifAlias: columnOf(port, 'ifAlias'),
    ifIndex: columnOf(port, 'ifIndex'),
    port_descr_type: columnOf(port, 'port_descr_type'),
  })
}

function sensorTags(sensor: Part): Row {
  return tags(sensor, ['sensor_class', 'sensor_type', 'sensor_descr', 'sensor_index'])
}

function tags(part: Part, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, columnOf(part, column)]))
}

function text(value: Value): Value {
  return value === null ? null : String(value)
}
