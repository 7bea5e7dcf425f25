import { z } from 'zod'
import { choice, type Examples, eventTime, flag, headset, percent, person, quantity, ratio, text } from './fields.ts'

/**
 * One frame of an enrolled headset as one receiver heard it: what receivers in several rooms share, so that one tracker decides where the
 * headset is. Its id is a pseudonym; no address, no key and no encrypted byte is in it.
 */
export const schema = z.strictObject({
  event_time: eventTime('when the receiver heard the frame'),
  device: headset(),
  person: person('who enrolled it'),
  team: text('the team of that person').optional(),
  receiver: text('who heard it'),
  rssi_dbm: quantity('signal strength of this frame; null when the radio gives none', 'dBm').nullable(),
  authenticated: flag("the frame was opened with the headset's own key, not only told by its address, which can be copied"),
  exact: flag('batteries are to one percent, not to ten'),
  model: text('product name; `unknown` when the model id is not in the table').optional(),
  model_id: text('model id as it stands in the frame, four hexadecimal digits').optional(),
  battery_pct: percent('charge of single-battery headphones; null is unknown').nullable().optional(),
  left_battery_pct: percent('charge of the left pod; null is unknown').nullable().optional(),
  right_battery_pct: percent('charge of the right pod; null is unknown').nullable().optional(),
  case_battery_pct: percent('charge of the case; null is unknown').nullable().optional(),
  left_charging: flag('the left pod is charging').nullable().optional(),
  right_charging: flag('the right pod is charging').nullable().optional(),
  case_charging: flag('the case is charging').nullable().optional(),
  charging: flag('single-battery headphones are charging').nullable().optional(),
  left_in_ear: flag('the left pod is worn').nullable().optional(),
  right_in_ear: flag('the right pod is worn').nullable().optional(),
  worn: flag('any part of it is worn').nullable().optional(),
  in_case: flag('all pods are in the case').nullable().optional(),
  lid: choice(['open', 'closed', 'not_in_case', 'unknown'], 'lid of the case').optional(),
  audio_state: choice(
    ['idle', 'media', 'ringing', 'call', 'hanging_up', 'disconnected', 'unknown'],
    'the state that the frame says; absent when it says none',
  ).optional(),
  basis: choice(['connection_state', 'connection_state_low_nibble', 'nearby_info', 'nearby_action'], 'which field says so').optional(),
  confidence: ratio('how far to trust the state').optional(),
  microphone: choice(['left', 'right'], 'the side whose microphone would be used').optional(),
  audio_edge: flag('the state is an event, said once (a call answered, ended)').optional(),
})

export type BleSighting = z.infer<typeof schema>

export const examples: Examples<BleSighting> = {
  full: {
    event_time: '2026-03-31T14:02:11.250Z',
    device: 'hs_9f2c41d07b3ae815',
    person: 'payables-2',
    team: 'payables',
    receiver: 'rx-2',
    rssi_dbm: -63,
    authenticated: true,
    exact: true,
    model: 'AirPods Pro 2',
    model_id: '1420',
    battery_pct: null,
    left_battery_pct: 41,
    right_battery_pct: 38,
    case_battery_pct: null,
    left_charging: false,
    right_charging: false,
    case_charging: false,
    charging: false,
    left_in_ear: true,
    right_in_ear: true,
    worn: true,
    in_case: false,
    lid: 'not_in_case',
    audio_state: 'call',
    basis: 'connection_state',
    confidence: 0.95,
    microphone: 'left',
    audio_edge: false,
  },
  minimal: {
    event_time: '2026-03-31T14:02:11.250Z',
    device: 'hs_9f2c41d07b3ae815',
    person: 'payables-2',
    receiver: 'rx-2',
    rssi_dbm: null,
    authenticated: false,
    exact: false,
  },
}
