import type { Row, Value } from '../json.ts'
import { PORT_FLAGS } from '../models/columns.ts'
import { flagsAreWords, modelDevice } from '../rows/device-row.ts'
import { PORT_COLUMNS, portRow, portValue } from '../rows/port-row.ts'
import { columnOf, type Port } from '../world/device.ts'
import { error, list, listOr404, NO_DEVICE_ACCESS, result, SERVER_ERROR } from './answers.ts'
import { type Answer, type Call, deviceOf, type Route, seesAll } from './call.ts'
import { columnsAsked, isAnswer } from './columns.ts'

export const PORT_ROUTES: readonly Route[] = [
  { name: 'get_all_ports', method: 'GET', path: 'ports', rights: 'view', handle: allPorts },
  { name: 'search_ports', method: 'GET', path: 'ports/search/{field}/{search*}', rights: 'view', handle: search },
  { name: 'search_ports_any', method: 'GET', path: 'ports/search/{field}', rights: 'view', handle: search },
  { name: 'get_port_description', method: 'GET', path: 'ports/{portid}/description', rights: 'view', handle: description },
  { name: 'get_port_info', method: 'GET', path: 'ports/{portid}', rights: 'view', handle: onePort },
  { name: 'get_port_graphs', method: 'GET', path: 'devices/{hostname}/ports', rights: 'view', handle: portsOfDevice },
  {
    name: 'get_port_stats_by_port_hostname',
    method: 'GET',
    path: 'devices/{hostname}/ports/{ifname*}',
    rights: 'view',
    handle: portByName,
  },
]

const isLive = (port: Port) => columnOf(port, 'deleted') === 0

function rendered(call: Call, columns?: readonly string[]): (port: Port) => Row {
  const words = flagsAreWords(call.quirks, 'model')
  return (port) => {
    const row = portRow(port, columns)
    if (words) for (const flag of PORT_FLAGS) if (flag in row) row[flag] = Boolean(row[flag])
    return row
  }
}

/** Every port of every device, with no pages: what breaks a PHP of 128 MB at 1,600 devices. */
function allPorts(call: Call): Answer {
  const columns = columnsAsked(call.query.get('columns') ?? 'port_id, ifName', PORT_COLUMNS)
  if (isAnswer(columns)) return columns
  const ports = seesAll(call) ? [...call.world.inventory.ports.values()].filter(isLive) : []
  return list(call, 'ports', ports, rendered(call, columns), { collection: true })
}

function portsOfDevice(call: Call): Answer {
  const columns = columnsAsked(call.query.get('columns') ?? 'ifName', PORT_COLUMNS)
  if (isAnswer(columns)) return columns
  const ports = seesAll(call) ? (deviceOf(call)?.ports.filter(isLive) ?? []) : []
  ports.sort((a, b) => Number(columnOf(a, 'ifIndex')) - Number(columnOf(b, 'ifIndex')))
  const render = rendered(call, columns)
  const withVlans = call.query.get('with') === 'vlans'
  const row = (port: Port): Row => ({ ...render(port), ...(withVlans && { vlans: [] }) })
  return listOr404(call, 'ports', ports, row, 'No ports found', { collection: true })
}

/** By id, deleted or not; an empty list where there is none. */
function onePort(call: Call): Answer {
  if (call.quirks.portById500) return SERVER_ERROR()
  if (!seesAll(call)) return error(403, 'Insufficient permissions to access this port')
  const port = call.world.inventory.ports.get(Number(call.params.portid))
  const wanted = (call.query.get('with') ?? '').split(',')
  const render = rendered(call)
  const row = (found: Port): Row => ({
    ...render(found),
    ...(wanted.includes('vlans') && { vlans: [] }),
    ...(wanted.includes('device') && { device: modelDevice(found.device, call.rendering) }),
    ...(wanted.includes('statistics') && { statistics: null }),
  })
  return list(call, 'port', port ? [port] : [], row, { collection: true })
}

/** SQL's row with rates in words. A name with a slash comes as %2F. */
function portByName(call: Call): Answer {
  if (!seesAll(call)) return error(403, 'Insufficient permissions to access this port')
  const port = deviceOf(call)?.ports.find((one) => isLive(one) && columnOf(one, 'ifName') === call.params.ifname)
  // The code goes on with no row and fails on its first column (librenms#15964).
  if (!port) return SERVER_ERROR()
  const rate = (column: string) => Number(portValue(port, column))
  const percent = (bps: number) => {
    const speed = Number(columnOf(port, 'ifSpeed'))
    return speed > 0 ? Math.round((10_000 * bps) / speed) / 100 : 0
  }
  const [received, sent] = [rate('ifInOctets_rate') * 8, rate('ifOutOctets_rate') * 8]
  const row: Row = {
    ...portRow(port),
    in_rate: scaled(received, 'bps'),
    out_rate: scaled(sent, 'bps'),
    in_perc: percent(received),
    out_perc: percent(sent),
    in_pps: scaled(rate('ifInUcastPkts_rate'), ''),
    out_pps: scaled(rate('ifOutUcastPkts_rate'), ''),
  }
  const columns = call.query.get('columns')?.split(',')
  const kept = columns ? Object.fromEntries(Object.entries(row).filter(([column]) => columns.includes(column))) : row
  return result(call, 'port', kept, { rows: true })
}

function scaled(value: number, unit: string): string {
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3))
  return `${Math.round((value / 1000 ** power) * 100) / 100} ${['', 'k', 'M', 'G', 'T'][power]}${unit}`
}

function search(call: Call): Answer {
  const { field = '', search: wanted } = call.params
  const columns = columnsAsked(call.query.get('columns') ?? 'device_id,port_id,ifIndex,ifName', PORT_COLUMNS)
  if (isAnswer(columns)) return columns
  const fields = wanted === undefined ? ['ifAlias', 'ifDescr', 'ifName'] : field.split(',')
  const text = (wanted ?? field).toLowerCase()
  const has = (port: Port) =>
    fields.some((column) =>
      String((portValue(port, column) as Value) ?? '')
        .toLowerCase()
        .includes(text),
    )
  const ports = seesAll(call) ? [...call.world.inventory.ports.values()].filter((port) => isLive(port) && has(port)) : []
  return listOr404(call, 'ports', ports, rendered(call, columns), 'No ports found', { collection: true })
}

function description(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const port = call.world.inventory.ports.get(Number(call.params.portid))
  return port ? result(call, 'port_description', columnOf(port, 'ifAlias')) : error(404, `Port ${call.params.portid} not found`)
}
