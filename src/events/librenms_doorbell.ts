import { z } from 'zod'
import { choice, type Examples, eventTime, integer, text } from './fields.ts'
import { instanceField } from './librenms-fields.ts'

/**
 * Somebody says that something changed in LibreNMS: a reason to look now, never a state to rely on. A running sync reads what it names, over the
 * API, and publishes what it finds. Whoever missed a ring misses nothing but time: the sync's own schedule finds the same.
 */
export const schema = z.strictObject({
  event_time: eventTime('when LibreNMS said so, or when we heard it'),
  device_id: integer('the device; 0 where it is about none or about all. With `instance` the key of the record'),
  instance: instanceField(),
  rung_by: choice(['webhook', 'plugin'], "LibreNMS's alert transport, or our plugin in LibreNMS"),
  about: choice(
    ['alert', 'alertlog', 'eventlog', 'device', 'port', 'sensor', 'everything'],
    'what to look at; `everything`: rings were lost, so look at all there is',
  ),
  change: choice(['created', 'updated', 'deleted', 'many'], '`many`: several of the device, none of them named').optional(),
  reference: text('id of the port, the sensor or the log row').optional(),
  event_type: text('for the event log: the type of the row; for a sensor: its class').optional(),
  alert_id: integer("for an alert: LibreNMS's id of the pair of device and rule").optional(),
  rule_id: integer('for an alert: the rule').optional(),
  alert_state: integer("for an alert: LibreNMS's state, 0 to 5, as it was when it rang").optional(),
  alert_uid: text('for an alert: its row in the alert log').optional(),
  batch_key: text('for the plugin: the idempotency key of its batch').optional(),
  outbox_id: integer('for the plugin: id of the row in its outbox').optional(),
})

export type LibrenmsDoorbell = z.infer<typeof schema>

export const examples: Examples<LibrenmsDoorbell> = {
  full: {
    event_time: '2026-03-31T14:05:31.000Z',
    device_id: 17,
    instance: 'hq',
    rung_by: 'plugin',
    about: 'port',
    change: 'updated',
    reference: '4711',
    event_type: 'interface',
    alert_id: 55,
    rule_id: 4,
    alert_state: 1,
    alert_uid: '90211',
    batch_key: '5b3c1f60-7f1e-4d0a-9c86-0c0a4f6f3b11',
    outbox_id: 120_331,
  },
  minimal: { event_time: '2026-03-31T14:05:31.000Z', device_id: 17, rung_by: 'webhook', about: 'alert' },
}
