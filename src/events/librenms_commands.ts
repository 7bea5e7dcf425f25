import { z } from 'zod'
import { choice, type Examples, eventTime, flag, instant, integer, person, text } from './fields.ts'
import { instanceField } from './librenms-fields.ts'

/** What may be asked of LibreNMS. Deleting, renaming and rules are not among them. */
export const LIBRENMS_ACTIONS = [
  'annotate',
  'set_status',
  'set_notes',
  'set_flags',
  'set_purpose',
  'acknowledge',
  'unmute',
  'maintenance',
  'add_device',
  'set_port_description',
] as const

/** A write-back asked for. It is done once for each `command_id`, not after `expires_at`, and only where `expected` still holds. */
export const schema = z.strictObject({
  event_time: eventTime('when it was asked for'),
  command_id: text('unique; a repeated command with the same id does nothing'),
  device_id: integer('the device; 0 for `add_device`. With `instance` the key of the record, so that commands for a device stay in order'),
  instance: instanceField(),
  action: choice(LIBRENMS_ACTIONS, 'what to do'),
  arguments: z
    .record(z.string(), z.unknown())
    .meta({ description: 'of the action, by name: `{"text":…}` to annotate, `{"minutes":30,"title":…}` for maintenance; never a secret' })
    .optional(),
  expected: z
    .record(z.string(), z.unknown())
    .meta({ description: 'fields and the values they must have now; otherwise the outcome is `conflict`' })
    .optional(),
  port_id: integer('the port, for a port description').optional(),
  alert_id: integer('the alert, to acknowledge or unmute').optional(),
  expires_at: instant('not done after this').optional(),
  dry_run: flag('say what would be done').optional(),
  requested_by: person('who or what asks').optional(),
  reason: text('why, for people; goes into the annotation').optional(),
  fingerprint: text('our alert that this answers').optional(),
})

export type LibrenmsCommand = z.infer<typeof schema>

export const examples: Examples<LibrenmsCommand> = {
  full: {
    event_time: '2026-03-31T14:06:10.000Z',
    command_id: 'cmd-7f31',
    device_id: 17,
    instance: 'hq',
    action: 'acknowledge',
    arguments: { note: 'call quality incident 4d2f, being handled', until_clear: true },
    expected: { state: 1 },
    port_id: 4711,
    alert_id: 55,
    expires_at: '2026-03-31T14:16:10.000Z',
    dry_run: false,
    requested_by: 'ops-1',
    reason: 'same cause as incident 4d2f',
    fingerprint: '4d2f9c07a1b3e586',
  },
  minimal: { event_time: '2026-03-31T14:06:10.000Z', command_id: 'cmd-7f31', device_id: 17, action: 'annotate' },
}
