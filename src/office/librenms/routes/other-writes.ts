import type { Value } from '../json.ts'
import { change } from '../world/device.ts'
import type { Group } from '../world/state.ts'
import { done, error, invalid, result, SERVER_ERROR } from './answers.ts'
import { type Answer, bodyOf, type Call, deviceOf, type Route } from './call.ts'

export const OTHER_WRITE_ROUTES: readonly Route[] = [
  { name: 'update_port_description', method: 'PATCH', path: 'ports/{portid}/description', rights: 'write', handle: describePort },
  { name: 'update_device_port_notes', method: 'PATCH', path: 'devices/{hostname}/port/{portid}', rights: 'write', handle: notePort },
  { name: 'add_location', method: 'POST', path: 'locations', rights: 'write', handle: addLocation },
  { name: 'edit_location', method: 'PATCH', path: 'locations/{location}', rights: 'write', handle: () => SERVER_ERROR() },
  { name: 'del_location', method: 'DELETE', path: 'locations/{location}', rights: 'write', handle: deleteLocation },
  { name: 'add_service_for_host', method: 'POST', path: 'services/{hostname}', rights: 'write', handle: addService },
  { name: 'edit_service_for_host', method: 'PATCH', path: 'services/{id}', rights: 'write', handle: editService },
  { name: 'del_service_from_host', method: 'DELETE', path: 'services/{id}', rights: 'write', handle: deleteService },
  { name: 'add_device_group', method: 'POST', path: 'devicegroups', rights: 'write', handle: addGroup },
  { name: 'delete_device_group', method: 'DELETE', path: 'devicegroups/{name}', rights: 'write', handle: deleteGroup },
  { name: 'update_device_group_add_devices', method: 'POST', path: 'devicegroups/{name}/devices', rights: 'write', handle: addToGroup },
  {
    name: 'update_device_group_remove_devices',
    method: 'DELETE',
    path: 'devicegroups/{name}/devices',
    rights: 'write',
    handle: dropFromGroup,
  },
]

/** Overrides what the device says until it is cleared with an empty one. */
function describePort(call: Call): Answer {
  const port = call.world.inventory.ports.get(Number(call.params.portid))
  if (!port) return error(404, `Port ${call.params.portid} not found`)
  const { description } = bodyOf(call)
  if (typeof description !== 'string') return error(400, 'Description not provided')
  change(port, { ifAlias: description === '' ? (port.template.ifAlias ?? null) : description })
  return done(call, description === '' ? 'Port description cleared.' : 'Port description updated.')
}

/** Up to 26.7.0. Kept with the device, whatever port that is. */
function notePort(call: Call): Answer {
  const device = deviceOf(call)
  const { notes } = bodyOf(call)
  if (call.body === undefined || !device) return error(400, 'Port field to patch has not been supplied.')
  device.portNotes.set(Number(call.params.portid), String(notes ?? ''))
  return done(call, 'Port notes field has been updated')
}

function addLocation(call: Call): Answer {
  const { location, lat, lng } = bodyOf(call)
  if (!location || lat === undefined || lng === undefined) return error(400, 'Required fields missing (location, lat and lng needed)')
  const decimal = (value: Value) => Number(value).toFixed(8)
  const made = call.world.inventory.location(String(location), call.world.clock.now(), { lat: decimal(lat), lng: decimal(lng) })
  return done(call, `Location added with id #${made.id}`, 201)
}

/** 201, as its siblings. */
function deleteLocation(call: Call): Answer {
  const wanted = call.params.location ?? ''
  for (const { id, location } of call.world.inventory.locations.values()) {
    if (/^\d+$/.test(wanted) ? id !== Number(wanted) : location !== wanted) continue
    call.world.inventory.locations.delete(id)
    return done(call, `Location ${wanted} has been deleted successfully`, 201)
  }
  return error(400, `Failed to delete location ${wanted}`)
}

function addService(call: Call): Answer {
  const device = deviceOf(call)
  const { type, ip, desc, param, ignore, disable, name } = bodyOf(call)
  if (!type) return error(400, 'Required fields missing (hostname and type needed)')
  if (!device) return error(500, 'Failed to add the service')
  const service = call.world.addService(device, {
    service_type: type,
    service_desc: desc ?? '',
    service_param: param ?? '',
    service_ignore: Number(Boolean(ignore)),
    service_disabled: Number(Boolean(disable)),
    service_name: name ?? null,
    ...(ip !== undefined && { service_ip: ip }),
  })
  return done(call, `Service ${String(type)} has been added to device ${call.params.hostname} (#${Number(service.service_id)})`, 201)
}

function editService(call: Call): Answer {
  const service = call.world.services.get(Number(call.params.id))
  if (!service) return error(500, `Failed to update the service with id ${call.params.id}`)
  for (const [column, value] of Object.entries(bodyOf(call))) if (column in service && !column.endsWith('_id')) service[column] = value
  return done(call, 'Service updated successfully', 201)
}

function deleteService(call: Call): Answer {
  const gone = call.world.services.delete(Number(call.params.id))
  return gone ? done(call, 'Service has been deleted successfully', 201) : error(500, 'Failed to delete the service')
}

function addGroup(call: Call): Answer {
  const { name, type, devices, rules } = bodyOf(call)
  const { groups } = call.world
  const problems: Record<string, string[]> = {}
  if (!name) problems.name = ['The name field is required.']
  else if (groupOf(call, String(name))) problems.name = ['The name has already been taken.']
  if (!type) problems.type = ['The type field is required.']
  else if (type !== 'static' && type !== 'dynamic') problems.type = ['The selected type is invalid.']
  if (type === 'static' && !Array.isArray(devices)) problems.devices = ['The devices field is required when type is static.']
  if (type === 'dynamic' && typeof rules !== 'string') problems.rules = ['The rules field is required when type is dynamic.']
  if (Object.keys(problems).length > 0) return invalid(call, problems)
  const ids = (Array.isArray(devices) ? devices : []).map(Number).filter((id) => call.world.inventory.devices.has(id))
  const group = call.world.addGroup(String(name), ids, type as Group['type'])
  groups.set(group.id, group)
  return result(call, 'id', group.id, { status: 201, message: `Device group ${group.name} created` })
}

function deleteGroup(call: Call): Answer {
  const group = groupOf(call, call.params.name ?? '')
  if (!group) return error(404, `Device group ${call.params.name} not found`)
  call.world.groups.delete(group.id)
  return done(call, `Device group ${group.name} deleted`)
}

function addToGroup(call: Call): Answer {
  return inGroup(call, (group, ids) => {
    group.devices = [...new Set([...group.devices, ...ids])]
    return 'Devices added'
  })
}

function dropFromGroup(call: Call): Answer {
  return inGroup(call, (group, ids) => {
    group.devices = group.devices.filter((id) => !ids.includes(id))
    return 'Devices removed'
  })
}

function inGroup(call: Call, act: (group: Group, ids: number[]) => string): Answer {
  const group = groupOf(call, call.params.name ?? '')
  if (!group) return error(404, `Device group ${call.params.name} not found`)
  const { devices } = bodyOf(call)
  if (!Array.isArray(devices)) return invalid(call, { devices: ['The devices field is required.'] })
  return done(call, act(group, devices.map(Number)))
}

function groupOf({ world }: Call, name: string): Group | undefined {
  return [...world.groups.values()].find((group) => (/^\d+$/.test(name) ? group.id === Number(name) : group.name === name))
}
