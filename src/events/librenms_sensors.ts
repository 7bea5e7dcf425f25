import { z } from 'zod'
import { type Examples, eventTime, flag, instant, integer, text } from './fields.ts'
import { instanceField, otherColumns } from './librenms-fields.ts'

const reading = (description: string) => z.number().meta({ description, unit: 'of the class' }).nullable().optional()

/** The last known state of a health sensor in LibreNMS; a tombstone when it is gone. */
export const schema = z.strictObject({
  event_time: eventTime('when the API showed this state'),
  sensor_id: integer("LibreNMS's id; with `instance` the key of the record"),
  instance: instanceField(),
  device_id: integer('its device'),
  sensor_class: text('what it measures, and so its unit: `temperature` (°C), `voltage` (V), `load` (%), `runtime` (min), `state`, …'),
  sensor_descr: z.string().meta({ description: 'name shown to people' }).nullable().optional(),
  sensor_type: z.string().meta({ description: 'which MIB or module found it' }).nullable().optional(),
  sensor_index: z.string().meta({ description: 'index within its type' }).nullable().optional(),
  sensor_group: z.string().meta({ description: 'group shown to people' }).nullable().optional(),
  reading: reading('the value; for class `state` its number'),
  reading_prev: reading('the value before its last change'),
  state_name: z.string().meta({ description: 'for class `state`: its name' }).nullable().optional(),
  limit_high: reading('too high above'),
  limit_high_warn: reading('warn above'),
  limit_low: reading('too low below'),
  limit_low_warn: reading('warn below'),
  alerts_enabled: flag('it may alert').optional(),
  deleted: flag('LibreNMS marked it deleted').optional(),
  value_changed_at: instant('when the value last changed: not when it was last read').nullable().optional(),
  extra: otherColumns(),
})

export type LibrenmsSensor = z.infer<typeof schema>

export const examples: Examples<LibrenmsSensor> = {
  full: {
    event_time: '2026-03-31T14:05:02.000Z',
    sensor_id: 902,
    instance: 'hq',
    device_id: 17,
    sensor_class: 'temperature',
    sensor_descr: 'Switch 1 - inlet',
    sensor_type: 'cisco',
    sensor_index: '1006',
    sensor_group: 'chassis',
    reading: 31,
    reading_prev: 30,
    state_name: null,
    limit_high: 56,
    limit_high_warn: 46,
    limit_low: -10,
    limit_low_warn: null,
    alerts_enabled: true,
    deleted: false,
    value_changed_at: '2026-03-31T13:40:00.000Z',
    extra: { sensor_divisor: 1 },
  },
  minimal: { event_time: '2026-03-31T14:05:02.000Z', sensor_id: 902, device_id: 17, sensor_class: 'temperature' },
}
