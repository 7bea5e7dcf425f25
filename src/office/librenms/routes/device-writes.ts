import type { Row, Value } from '../json.ts'
import { DEVICE } from '../models/columns.ts'
import { PING_ONLY } from '../models/invented.ts'
import { modelDevice } from '../rows/device-row.ts'
import { done, EMPTY, error, list, NO_DEVICE_ACCESS, SERVER_ERROR } from './answers.ts'
import { type Answer, bodyOf, type Call, deviceOf, type Route, seesAll } from './call.ts'

export const DEVICE_WRITE_ROUTES: readonly Route[] = [
  { name: 'add_device', method: 'POST', path: 'devices', rights: 'write', handle: add },
  { name: 'update_device_field', method: 'PATCH', path: 'devices/{hostname}', rights: 'write', handle: update },
  { name: 'del_device', method: 'DELETE', path: 'devices/{hostname}', rights: 'write', handle: remove },
  { name: 'rename_device', method: 'PATCH', path: 'devices/{hostname}/rename/{new_hostname}', rights: 'write', handle: rename },
  { name: 'add_eventlog', method: 'POST', path: 'devices/{hostname}/eventlog', rights: 'view', handle: addEvent },
  { name: 'add_parents_to_host', method: 'POST', path: 'devices/{hostname}/parents', rights: 'write', handle: setParents },
  { name: 'del_parents_from_host', method: 'DELETE', path: 'devices/{hostname}/parents', rights: 'write', handle: dropParents },
]

/** The model's $fillable: what a PATCH can really write. Anything else is a success without effect. */
const FILLABLE = new Set(
  (
    'authalgo authlevel authname authpass community cryptoalgo cryptopass disable_notify disabled display_template features hardware ' +
    'icon ignore ignore_status ip location_id notes os override_sysLocation overwrite_ip poller_group port port_association_mode purpose ' +
    'retries serial snmp_disable snmp_max_repeaters snmpver status status_reason sysDescr sysName sysObjectID snmpEngineID timeout ' +
    'transport type version uptime'
  ).split(' '),
)
const BLOCKED = ['device_id', 'hostname']

const GIVEN = (
  'snmpver community authlevel authname authpass authalgo cryptopass cryptoalgo port transport poller_group port_association_mode ' +
  'overwrite_ip display_template override_sysLocation location_id'
).split(' ')

/** The answer has the credentials that came, in clear. "Already there" and "cannot be reached" are both 500. */
function add(call: Call): Answer {
  const { world } = call
  const body = bodyOf(call)
  if (Object.keys(body).length === 0) return error(400, 'No information has been provided to add this new device')
  const hostname = String(body.hostname ?? '')
  if (hostname === '') return error(400, 'Missing the device hostname')
  if (world.inventory.find(hostname)) return error(500, `Already have device ${hostname}`)
  if (!body.force_add && world.unreachable.has(hostname))
    return error(500, `Could not connect to ${hostname}, please check the snmp details and snmp reachability`)
  const known: Row = {}
  for (const column of GIVEN) if (body[column] !== undefined) known[column] = flag(body[column])
  if (body.version !== undefined) known.snmpver = body.version
  if (typeof body.location === 'string') known.location_id = world.inventory.location(body.location, world.clock.now()).id
  const byPing = Boolean(body.snmp_disable)
  if (byPing) Object.assign(known, { snmp_disable: 1, os: body.os ?? 'ping', sysName: body.sysName ?? '', hardware: body.hardware ?? '' })
  const device = world.addDevice(hostname, { ...known, ...(byPing && { model: PING_ONLY }) }, call.user.username)
  const message = `Device ${hostname} (${device.id}) has been added successfully`
  return list(call, 'devices', [device], (one) => modelDevice(one, call.rendering), { message })
}

/** One field with its data, or as many of each. 200 proves nothing: what cannot be written is passed over. */
function update(call: Call): Answer {
  const device = deviceOf(call)
  const { field, data } = bodyOf(call)
  if (!field || (Array.isArray(field) && field.length === 0)) return error(400, 'Device field to patch has not been supplied')
  if (!device) return error(404, `Device ${call.params.hostname} not found`)
  const many = Array.isArray(field) && Array.isArray(data)
  const fields: Value[] = many ? [...(field as Value[])] : [field]
  const values: Value[] = many ? [...(data as Value[])] : [data ?? null]
  if (fields.some((name) => BLOCKED.includes(String(name)))) return error(500, 'Device field is not allowed to be updated')
  if (fields.length !== values.length)
    return error(
      500,
      `Device fields failed to be updated as the number of fields (${fields.length}) does not match the supplied data (${values.length})`,
    )
  const columns: Row = {}
  for (const [i, name] of fields.entries()) {
    const column = String(name)
    // Only the form with lists knows what a location is (librenms#18724).
    if (column === 'location' && many) columns.location_id = call.world.inventory.location(String(values[i]), call.world.clock.now()).id
    else if (FILLABLE.has(column) && column in DEVICE) columns[column] = flag(values[i] ?? null)
  }
  if (!call.quirks.patchIgnored) call.world.changeDevice(device, columns)
  return done(call, many ? 'Device fields have been updated' : `Device ${String(field)} field has been updated`)
}

function remove(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(404, `Device ${call.params.hostname} not found`)
  const before = modelDevice(device, call.rendering)
  call.world.deleteDevice(device)
  return list(call, 'devices', [before], (row) => row, { message: `Removed device ${device.row.hostname}` })
}

/** Success has no body at all: the function returns nothing. */
function rename(call: Call): Answer {
  const { world, params, quirks } = call
  const device = deviceOf(call)
  const wanted = params.new_hostname ?? ''
  if (!device) return error(404, `Device ${params.hostname} not found`)
  if (world.inventory.find(wanted)) return error(500, 'Device failed to rename, new hostname already exists')
  world.rename(device, wanted, call.user.username)
  return quirks.emptyRename ? EMPTY : done(call, 'Device has been renamed')
}

/** May be done with a token that only reads. */
function addEvent(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(404, `Device ${call.params.hostname} not found`)
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const { text, type, severity, reference } = bodyOf(call)
  if (typeof text !== 'string' || text === '') return error(400, 'Missing the event text')
  const level = severity === undefined ? 2 : Number(severity)
  if (![0, 1, 2, 3, 4, 5].includes(level)) return SERVER_ERROR()
  call.world.event(device, {
    message: text,
    type: String(type ?? 'API'),
    severity: level,
    reference: reference === undefined || reference === null ? null : String(reference),
    username: call.user.username,
  })
  return done(call, 'Event added')
}

/** The parents become these. */
function setParents(call: Call): Answer {
  const device = deviceOf(call)
  const parents = parentsOf(call)
  if (!device || !parents) return error(400, 'Check your parent and device IDs')
  device.parents = parents
  return done(call, 'Device dependencies have been saved', 201)
}

function dropParents(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(400, 'Check your device ID!')
  const parents = parentsOf(call)
  device.parents = parents ? device.parents.filter((id) => !parents.includes(id)) : []
  return done(call, 'All device dependencies have been removed')
}

/** Of `"1,host2"`; nothing when one of them is no device, or none is named. */
function parentsOf(call: Call): number[] | undefined {
  const { parent_ids: named } = bodyOf(call)
  if (named === undefined || named === null) return undefined
  const found = String(named)
    .split(',')
    .map((one) => call.world.inventory.find(one.trim())?.id)
  return found.includes(undefined) ? undefined : (found as number[])
}

/** true and false become the database's 1 and 0. */
function flag(value: Value | undefined): Value {
  return typeof value === 'boolean' ? Number(value) : (value ?? null)
}
