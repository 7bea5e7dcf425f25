import type { Row } from '../json.ts'
import { modelDevice, rawLocation } from '../rows/device-row.ts'
import { entityRow, linkRow } from '../rows/part-row.ts'
import { columnOf, type Device, type Part } from '../world/device.ts'
import type { Group } from '../world/state.ts'
import { error, list, listOr404, NO_DEVICE_ACCESS, result } from './answers.ts'
import { type Answer, type Call, deviceOf, type Route, seesAll } from './call.ts'

export const RESOURCE_ROUTES: readonly Route[] = [
  { name: 'get_inventory_for_device', method: 'GET', path: 'inventory/{hostname}/all', rights: 'view', handle: wholeInventory },
  { name: 'get_inventory', method: 'GET', path: 'inventory/{hostname}', rights: 'view', handle: inventory },
  { name: 'list_links', method: 'GET', path: 'resources/links', rights: 'view', handle: links },
  { name: 'get_link', method: 'GET', path: 'resources/links/{id}', rights: 'read', handle: link },
  { name: 'list_links_device', method: 'GET', path: 'devices/{hostname}/links', rights: 'view', handle: links },
  { name: 'list_locations', method: 'GET', path: 'resources/locations', rights: 'read', handle: locations },
  { name: 'get_location', method: 'GET', path: 'location/{location}', rights: 'read', handle: location },
  { name: 'get_device_groups', method: 'GET', path: 'devicegroups', rights: 'read', handle: groups },
  { name: 'get_devices_by_group', method: 'GET', path: 'devicegroups/{name}', rights: 'read', handle: group },
  { name: 'get_device_groups_device', method: 'GET', path: 'devices/{hostname}/groups', rights: 'view', handle: groups },
  { name: 'list_services', method: 'GET', path: 'services', rights: 'read', handle: services },
  { name: 'list_services_device', method: 'GET', path: 'services/{hostname}', rights: 'read', handle: services },
  { name: 'list_vlans', method: 'GET', path: 'resources/vlans', rights: 'view', handle: vlans },
  { name: 'get_vlans', method: 'GET', path: 'devices/{hostname}/vlans', rights: 'view', handle: vlans },
  { name: 'pollers_log', method: 'GET', path: 'pollers/log', rights: 'read', handle: pollersLog },
  {
    name: 'list_pollers',
    method: 'GET',
    path: 'pollers',
    rights: 'read',
    handle: (call) => list<Row>(call, 'pollers', [], (row) => row, { collection: true }),
  },
]

function wholeInventory(call: Call): Answer {
  return seesAll(call) ? list(call, 'inventory', deviceOf(call)?.inventory ?? [], entityRow) : NO_DEVICE_ACCESS()
}

/** One level of the tree: what is contained in the entity of that index, the top by default. */
function inventory(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const within = call.query.get('entPhysicalContainedIn') || '0'
  const kind = call.query.get('entPhysicalClass')
  const entities = (deviceOf(call)?.inventory ?? []).filter(
    (entity) => String(columnOf(entity, 'entPhysicalContainedIn')) === within && (!kind || columnOf(entity, 'entPhysicalClass') === kind),
  )
  return list(call, 'inventory', entities, entityRow)
}

const devicesSeen = (call: Call): Device[] => (seesAll(call) ? [...call.world.inventory.devices.values()] : [])

function links(call: Call): Answer {
  const one = call.params.hostname === undefined ? undefined : deviceOf(call)
  const all = (one ? devicesSeen(call).filter((device) => device === one) : devicesSeen(call)).flatMap((device) => device.links)
  return listOr404(call, 'links', all, linkRow, 'Links do not exist')
}

function link(call: Call): Answer {
  const id = call.params.id ?? ''
  if (!/^\d+$/.test(id)) return error(400, 'Invalid id has been provided')
  const found: Part[] = devicesSeen(call)
    .flatMap((device) => device.links)
    .filter((one) => one.id === Number(id))
  return found.length === 0 ? error(404, `Link ${id} does not exist`) : list(call, 'link', found, linkRow)
}

function locations(call: Call): Answer {
  const all = [...call.world.inventory.locations.values()]
  return listOr404(call, 'locations', all, (one) => rawLocation(one, call.world.time), 'Locations do not exist')
}

function location(call: Call): Answer {
  const wanted = call.params.location ?? ''
  const found = [...call.world.inventory.locations.values()].find(({ id, location }) =>
    /^\d+$/.test(wanted) ? id === Number(wanted) : location === wanted,
  )
  return found ? result(call, 'get_location', rawLocation(found, call.world.time), { rows: true }) : error(404, 'Location does not exist')
}

function groups(call: Call): Answer {
  const { world, params } = call
  const device = deviceOf(call)
  if (params.hostname !== undefined && !device) return error(404, 'Device not found')
  const all = [...world.groups.values()].filter(({ devices }) => !device || devices.includes(device.id))
  all.sort((a, b) => (a.name < b.name ? -1 : 1))
  const row = ({ id, name, desc, type }: Group): Row => ({ id, name, desc, type, rules: null, pattern: null })
  return listOr404(call, 'groups', all, row, 'No device groups found', { message: `Found ${all.length} device groups` })
}

function group(call: Call): Answer {
  const { world, params, query, rendering } = call
  const name = params.name ?? ''
  const found = [...world.groups.values()].find((one) => (/^\d+$/.test(name) ? one.id === Number(name) : one.name === name))
  if (!found) return error(404, 'Device group not found')
  const devices = devicesSeen(call).filter(({ id }) => found.devices.includes(id))
  const row = (device: Device): Row => (query.get('full') ? modelDevice(device, rendering) : { device_id: device.id })
  return listOr404(call, 'devices', devices, row, `No devices found in group ${name}`)
}

/** A list in a list, for old clients' sake. */
function services(call: Call): Answer {
  const { world, query, params, quirks } = call
  const state = query.get('state')
  if (state !== null && !/^\d+$/.test(state))
    return error(400, 'No valid service state provided, valid option is 0=Ok, 1=Warning, 2=Critical')
  const host = params.hostname
  const device = host === undefined ? undefined : /^\d+$/.test(host) ? Number(host) : deviceOf(call)?.id
  if (host !== undefined && device === undefined) return error(500, 'No valid hostname or device id provided')
  const type = query.get('type')
  const rows = [...world.services.values()].filter(
    (service) =>
      (state === null || (service.service_status === Number(state) && service.service_disabled === 0 && service.service_ignore === 0)) &&
      (type === null || String(service.service_type).toLowerCase() === type.toLowerCase()) &&
      (device === undefined || service.device_id === device),
  )
  return quirks.doubleArray ? result(call, 'services', [rows], { rows: true }) : list(call, 'services', rows, (row) => row)
}

function vlans(call: Call): Answer {
  const host = call.params.hostname
  const device = call.world.inventory.find(host ?? call.query.get('hostname') ?? '')
  if (host !== undefined && !device) return error(404, `Device ${host} not found`)
  const rows = devicesSeen(call)
    .filter((one) => !device || one === device)
    .flatMap(({ id, model }) => model.vlans.map((vlan): Row => ({ ...(host === undefined && { device_id: id }), ...vlan })))
  return listOr404(call, 'vlans', rows, (row) => row, 'VLANs do not exist')
}

/** Of a poll's end, s; a device that was not polled for longer is "unpolled". */
const STEP = 300

function pollersLog(call: Call): Answer {
  const { world, query } = call
  const late = world.clock.now() - STEP * 1000
  const rows = devicesSeen(call).filter(
    ({ row }) => row.disabled === 0 && (!query.get('unpolled') || row.last_polled === null || Number(row.last_polled) < late),
  )
  return list(
    call,
    'log',
    rows,
    ({ row }) => ({
      hostname: row.hostname ?? null,
      display_name: row.display ?? null,
      last_polled: typeof row.last_polled === 'number' ? world.time.iso(row.last_polled) : null,
      last_polled_timetaken: row.last_polled_timetaken ?? null,
      poller_group: 'General',
      poller_group_id: row.poller_group ?? 0,
    }),
    { collection: true },
  )
}
