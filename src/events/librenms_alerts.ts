import { z } from 'zod'
import { choice, type Examples, eventTime, flag, instant, integer, text } from './fields.ts'
import { instanceField, otherColumns } from './librenms-fields.ts'

/**
 * The present state of an alert of LibreNMS. Its id stands for a pair of device and rule and is used again for every later incident of that
 * pair: an incident is (device_id, rule_id, opening_log_id).
 */
export const schema = z.strictObject({
  event_time: eventTime('when the API showed this state'),
  alert_id: integer("LibreNMS's id of the pair of device and rule; with `instance` the key of the record"),
  instance: instanceField(),
  device_id: integer('the device'),
  rule_id: integer('the rule'),
  alert_state: choice(
    ['recovered', 'active', 'acknowledged', 'worse', 'better', 'changed'],
    "LibreNMS's states 0 to 5: worse, better and changed are active with more, fewer or other faults",
  ),
  severity: choice(['ok', 'warning', 'critical', 'unknown'], "the rule's severity"),
  open: flag('it has not recovered').optional(),
  rule_name: z.string().meta({ description: 'name of the rule' }).nullable().optional(),
  hostname: z.string().meta({ description: 'host name of the device' }).nullable().optional(),
  opening_log_id: integer('alert log id that opened this incident').nullable().optional(),
  changed_at: instant('last change, as LibreNMS has it').nullable().optional(),
  note: z.string().meta({ description: 'note of whoever acknowledged it' }).nullable().optional(),
  until_clear: flag('acknowledged until it recovers, not only until it changes').nullable().optional(),
  fault_count: integer('entities that match the rule').nullable().optional(),
  procedure_url: text('what to do, from the rule').nullable().optional(),
  extra: otherColumns(),
})

export type LibrenmsAlert = z.infer<typeof schema>

export const examples: Examples<LibrenmsAlert> = {
  full: {
    event_time: '2026-03-31T14:06:00.000Z',
    alert_id: 55,
    instance: 'hq',
    device_id: 17,
    rule_id: 4,
    alert_state: 'acknowledged',
    severity: 'critical',
    open: true,
    rule_name: 'Port status down',
    hostname: 'access-1.example',
    opening_log_id: 90_211,
    changed_at: '2026-03-31T14:05:31.000Z',
    note: 'cabling, until 16:00',
    until_clear: true,
    fault_count: 1,
    procedure_url: 'https://runbooks.example/port-down',
    extra: { alerted: 2 },
  },
  minimal: {
    event_time: '2026-03-31T14:06:00.000Z',
    alert_id: 55,
    device_id: 17,
    rule_id: 4,
    alert_state: 'active',
    severity: 'critical',
  },
}
