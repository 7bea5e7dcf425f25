import type { Action, ActionName } from '../action.ts'
import { acknowledge, unmute } from './acknowledge.ts'
import { addDevice } from './add-device.ts'
import { annotate } from './annotate.ts'
import { maintenance } from './maintenance.ts'
import { setFlags, setPurpose } from './set-fields.ts'
import { setNotes } from './set-notes.ts'
import { setPortDescription } from './set-port-description.ts'
import { setStatus } from './set-status.ts'

/** An action, whatever it reads. */
export type AnyAction = Action<unknown>

/** All that can be written back. Nothing here deletes, renames or touches rules. */
export const ACTIONS: { readonly [Name in ActionName]: AnyAction } = {
  annotate,
  set_status: setStatus,
  set_notes: setNotes,
  set_flags: setFlags,
  set_purpose: setPurpose,
  acknowledge,
  unmute,
  maintenance,
  add_device: addDevice,
  set_port_description: setPortDescription,
}

/** Done without being named: what lasts until a person takes it back is not among them. */
export const ALLOWED_BY_DEFAULT: readonly ActionName[] = [
  'annotate',
  'set_status',
  'set_notes',
  'set_flags',
  'set_purpose',
  'acknowledge',
  'unmute',
  'maintenance',
  'add_device',
]
