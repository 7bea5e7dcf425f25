import type { Row, Value } from '../json.ts'
import type { Component } from '../world/component-book.ts'
import { done, error, NO_DEVICE_ACCESS, result } from './answers.ts'
import { type Answer, bodyOf, type Call, deviceOf, type Route, seesAll } from './call.ts'

export const COMPONENT_ROUTES: readonly Route[] = [
  { name: 'get_components', method: 'GET', path: 'devices/{hostname}/components', rights: 'view', handle: get },
  { name: 'add_components', method: 'POST', path: 'devices/{hostname}/components/{type}', rights: 'write', handle: add },
  { name: 'edit_components', method: 'PUT', path: 'devices/{hostname}/components', rights: 'write', handle: edit },
  { name: 'delete_components', method: 'DELETE', path: 'devices/{hostname}/components/{component}', rights: 'write', handle: remove },
]

const FILTERS = ['type', 'id', 'label', 'status', 'disabled', 'ignore', 'error'] as const

/** An object by component id; without any component there is no such key at all. */
function get(call: Call): Answer {
  if (!seesAll(call)) return NO_DEVICE_ACCESS()
  const device = deviceOf(call)
  const found = (device ? call.world.components.of(device.id) : []).filter((component) =>
    FILTERS.every((column) => {
      const wanted = call.query.get(column)
      if (wanted === null) return true
      const value = String(component[column])
      return column === 'label' ? value.toLowerCase().includes(wanted.toLowerCase()) : value === wanted
    }),
  )
  if (found.length === 0) return result(call, 'components', call.quirks.absentKey ? null : [])
  return result(call, 'components', Object.fromEntries(found.map((one) => [String(one.id), componentRow(one)])), { rows: true })
}

/** Columns and attributes in one object, by name. */
function componentRow({ type, label, status, ignore, disabled, error, attributes }: Component): Row {
  const row: Row = { ...Object.fromEntries(attributes), type, label, status, ignore, disabled, error }
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function add(call: Call): Answer {
  const device = deviceOf(call)
  if (!device) return error(500, 'Components could not be created.')
  const made = call.world.components.create(device.id, call.params.type ?? '')
  return result(call, 'components', { [String(made.id)]: componentRow(made) })
}

/** Unknown ids are passed over; what a component's object does not name of its attributes goes. */
function edit(call: Call): Answer {
  const device = deviceOf(call)
  const given = bodyOf(call)
  if (!device || call.body === undefined) return error(500, 'Components could not be edited.')
  for (const component of call.world.components.of(device.id)) {
    const wanted = given[String(component.id)]
    if (wanted === null || typeof wanted !== 'object' || Array.isArray(wanted)) continue
    const { messages } = call.world.components.edit(component, wanted as Record<string, Value>, !call.quirks.componentsReplace)
    for (const message of messages)
      call.world.event(device, { message, type: 'component', reference: component.id, severity: 3, username: call.user.username })
  }
  return done(call)
}

function remove(call: Call): Answer {
  const gone = call.world.components.delete(Number(call.params.component))
  return gone ? done(call) : error(500, 'Components could not be deleted.')
}
