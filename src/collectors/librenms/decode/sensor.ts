import type { LibrenmsSensor } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, instant, integer, others, quantity, text } from './values.ts'

/** A row of `/resources/sensors` or of the third level of `/devices/:id/health`. */
export function decodeSensor(row: Row, context: DecodeContext): Decoded<LibrenmsSensor> {
  const id = integer(row.sensor_id)
  const device = integer(row.device_id)
  const sensorClass = text(row.sensor_class)
  if (id === undefined) return 'a sensor has no sensor_id'
  if (device === undefined) return `sensor ${id} has no device_id`
  if (sensorClass === null || sensorClass === '') return `sensor ${id} has no sensor_class`
  const alerts = flag(row.sensor_alert)
  const deleted = flag(row.sensor_deleted)
  return {
    device_id: device,
    sensor_id: id,
    ...instanceOf(context),
    sensor_class: sensorClass,
    sensor_descr: text(row.sensor_descr),
    sensor_type: text(row.sensor_type),
    sensor_index: text(row.sensor_index),
    sensor_group: text(row.group),
    reading: quantity(row.sensor_current),
    reading_prev: quantity(row.sensor_prev),
    state_name: text(row.state_name),
    limit_high: quantity(row.sensor_limit),
    limit_high_warn: quantity(row.sensor_limit_warn),
    limit_low: quantity(row.sensor_limit_low),
    limit_low_warn: quantity(row.sensor_limit_low_warn),
    ...(alerts !== undefined && { alerts_enabled: alerts }),
    ...(deleted !== undefined && { deleted }),
    value_changed_at: instant(row.lastupdate, context.zone),
    ...others(row, KNOWN),
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['sensor_id', 'device_id', 'sensor_class', 'sensor_descr', 'sensor_type', 'sensor_index', 'group', 'sensor_current', 'sensor_prev'],
  ...['state_name', 'sensor_limit', 'sensor_limit_warn', 'sensor_limit_low', 'sensor_limit_low_warn', 'sensor_alert', 'sensor_deleted'],
  ...['lastupdate', 'poller_type', 'rrd_type', 'user_func', 'state_translations'],
])
