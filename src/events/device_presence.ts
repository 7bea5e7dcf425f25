import { z } from 'zod'
import {
  choice,
  count,
  type Examples,
  eventTime,
  flag,
  headset,
  instant,
  integer,
  percent,
  person,
  quantity,
  seconds,
  text,
} from './fields.ts'

/** A headset arrived, changed or left; a heartbeat between; and how many headsets that nobody enrolled are about (facts from BLE advertisements). */
export const schema = z.strictObject({
  event_time: eventTime('when the advertisement that shows it was heard, or when the silence was long enough for `left`'),
  device: headset(),
  kind: choice(
    ['arrived', 'changed', 'left', 'heartbeat', 'crowd'],
    '`changed`: a field in `changed` is new; `heartbeat`: nothing is; `crowd`: no enrolled headset, only `device_count`',
  ),
  changed: z.array(z.string()).meta({ description: 'names of the fields that differ from the record before, for `changed`' }).optional(),
  person: person('who enrolled it').optional(),
  team: text('the team of that person').optional(),
  receiver: text('the receiver that hears it best').optional(),
  zone: text('the room or area of that receiver').optional(),
  proximity: choice(['immediate', 'near', 'far', 'unknown'], 'distance band with hysteresis: below 1 m, below 3 m, beyond').optional(),
  distance_m: quantity('estimated distance to the receiver; an estimate from signal strength, not a measurement', 'm')
    .nullable()
    .optional(),
  distance_low_m: quantity('lower end of its 68 % interval', 'm').nullable().optional(),
  distance_high_m: quantity('upper end of its 68 % interval', 'm').nullable().optional(),
  rssi_dbm: quantity('signal strength, smoothed; null when the radio gives none', 'dBm').nullable().optional(),
  model: text('product name; `unknown` when the model id is not in the table').optional(),
  model_id: z
    .string()
    .regex(/^[0-9a-f]{4}$/, 'must be four hexadecimal digits')
    .meta({ description: 'model id as it stands in the frame, big endian: `1420`' })
    .optional(),
  authenticated: flag(
    'a frame was opened with its own key; otherwise an address that its key made speaks for it, which can be copied',
  ).optional(),
  battery_pct: percent('the charge that matters: of the weaker pod in use, or of single-battery headphones').nullable().optional(),
  left_battery_pct: percent('charge of the left pod; null is unknown').nullable().optional(),
  right_battery_pct: percent('charge of the right pod; null is unknown').nullable().optional(),
  case_battery_pct: percent('charge of the case; null is unknown').nullable().optional(),
  left_charging: flag('the left pod is charging').nullable().optional(),
  right_charging: flag('the right pod is charging').nullable().optional(),
  case_charging: flag('the case is charging').nullable().optional(),
  charging: flag('single-battery headphones are charging').nullable().optional(),
  battery_left_s: seconds('time until empty at the present rate; null while that cannot be told').nullable().optional(),
  left_in_ear: flag('the left pod is worn').nullable().optional(),
  right_in_ear: flag('the right pod is worn').nullable().optional(),
  worn: flag('any part of it is worn').nullable().optional(),
  in_case: flag('all pods are in the case').nullable().optional(),
  lid: choice(['open', 'closed', 'not_in_case', 'unknown'], 'lid of the case').optional(),
  first_seen: instant('start of this presence').optional(),
  last_seen: instant('when it was last heard').optional(),
  silent_s: seconds('for `left`: the silence that counted as leaving').optional(),
  frames: count('advertisements heard since the record before').optional(),
  device_count: integer(
    'for `crowd`: senders of headset frames in the zone that nobody enrolled (two pods can be two); null below the privacy threshold k',
  )
    .nullable()
    .optional(),
  flooded: flag('for `crowd`: forged frames were about, so the count is of no use').optional(),
})

export type DevicePresence = z.infer<typeof schema>

export const examples: Examples<DevicePresence> = {
  full: {
    event_time: '2026-03-31T14:02:11.250Z',
    device: 'hs_9f2c41d07b3ae815',
    kind: 'changed',
    changed: ['right_battery_pct', 'battery_pct'],
    person: 'payables-2',
    team: 'payables',
    receiver: 'rx-2',
    zone: 'room-204',
    proximity: 'near',
    distance_m: 1.8,
    distance_low_m: 1.1,
    distance_high_m: 2.9,
    rssi_dbm: -63.5,
    model: 'AirPods Pro 2',
    model_id: '1420',
    authenticated: true,
    battery_pct: 30,
    left_battery_pct: 40,
    right_battery_pct: 30,
    case_battery_pct: null,
    left_charging: false,
    right_charging: false,
    case_charging: false,
    battery_left_s: 2520,
    left_in_ear: true,
    right_in_ear: true,
    worn: true,
    in_case: false,
    lid: 'not_in_case',
    first_seen: '2026-03-31T13:21:40.000Z',
    last_seen: '2026-03-31T14:02:11.250Z',
    frames: 14,
  },
  minimal: { event_time: '2026-03-31T14:02:11.250Z', device: 'hs_9f2c41d07b3ae815', kind: 'arrived' },
}
