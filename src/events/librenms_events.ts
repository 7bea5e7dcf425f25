import { z } from 'zod'
import { choice, type Examples, eventTime, flag, integer, person, text } from './fields.ts'
import { eventSeverity, instanceField, otherColumns } from './librenms-fields.ts'

/** One row of LibreNMS's event log, alert log or syslog, in the order of its ids and once each. */
export const schema = z.strictObject({
  event_time: eventTime("the row's time, turned from the server's zone to UTC"),
  device_id: integer('the device; 0 for rows about none, such as a removed device. With `instance` the key of the record'),
  instance: instanceField(),
  log: choice(['eventlog', 'alertlog', 'syslog'], 'which log'),
  log_id: integer("the row's id: unique within its log"),
  event_type: text("the row's type: `interface`, `up`, `down`, `system`, `reboot`, `temperature`, …"),
  summary: z.string().meta({ description: 'the text, for people: a trigger to look, never a state to rely on' }),
  severity: eventSeverity().optional(),
  reference: z.string().meta({ description: 'what it is about, by type: a port id, a sensor id' }).nullable().optional(),
  hostname: z.string().meta({ description: 'host name of the device' }).nullable().optional(),
  actor: person('who did it, where it was a person').nullable().optional(),
  own: flag('we wrote it ourselves: not to be answered again').optional(),
  rule_id: integer('for the alert log: the rule').optional(),
  alert_state: z.string().meta({ description: 'for the alert log: the state, as in librenms_alerts' }).optional(),
  extra: otherColumns(),
})

export type LibrenmsEvent = z.infer<typeof schema>

export const examples: Examples<LibrenmsEvent> = {
  full: {
    event_time: '2026-03-31T14:05:31.000Z',
    device_id: 17,
    instance: 'hq',
    log: 'alertlog',
    log_id: 90_211,
    event_type: 'alert',
    summary: 'Port status down: Gi1/0/49',
    severity: 5,
    reference: '4711',
    hostname: 'access-1.example',
    actor: null,
    own: false,
    rule_id: 4,
    alert_state: 'active',
    extra: { details: {} },
  },
  minimal: {
    event_time: '2026-03-31T14:05:31.000Z',
    device_id: 17,
    log: 'eventlog',
    log_id: 1_203_377,
    event_type: 'interface',
    summary: 'ifOperStatus: up -> down',
  },
}
