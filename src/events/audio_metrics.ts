import { z } from 'zod'
import { choice, count, type Examples, eventTime, headset, person, quantity, ratio, seconds, text } from './fields.ts'

/**
 * What a headset was used for over an interval, or one edge (a call answered, ended). BLE advertisements carry no sound: `intensity` comes
 * from states and their changes, never from what is said (docs/audio-intensity.md).
 */
export const schema = z.strictObject({
  event_time: eventTime('end of the interval, or the instant of the edge'),
  device: headset(),
  kind: choice(['sample', 'edge'], '`sample`: the interval that ends now; `edge`: the state changed now'),
  audio_state: choice(['idle', 'media', 'ringing', 'call', 'hanging_up', 'disconnected', 'unknown'], 'the state now'),
  previous_state: choice(
    ['idle', 'media', 'ringing', 'call', 'hanging_up', 'disconnected', 'unknown'],
    'for `edge`: the state before',
  ).optional(),
  basis: choice(
    ['connection_state', 'connection_state_low_nibble', 'nearby_info', 'nearby_action', 'timeout'],
    'which field of which advertisement says so; `timeout`: nothing said otherwise for too long',
  ),
  confidence: ratio('how far to trust the state: 1 is seen with ground truth on this model, below 0.5 is a guess'),
  person: person('who enrolled it').optional(),
  team: text('the team of that person').optional(),
  zone: text('the room or area').optional(),
  interval_s: seconds('for `sample`: length of the interval').optional(),
  observed_s: seconds('for `sample`: part of the interval in which the state was known; the rest counts as no sound').optional(),
  intensity: ratio('for `sample`: audio intensity').optional(),
  call_s: seconds('for `sample`: time in a call').optional(),
  media_s: seconds('for `sample`: time playing media').optional(),
  ringing_s: seconds('for `sample`: time ringing').optional(),
  calls_begun: count('for `sample`: calls that began').optional(),
  transitions: count('for `sample`: changes of state').optional(),
  microphone: choice(['left', 'right', 'none', 'unknown'], 'the side whose microphone is in use').optional(),
  rssi_spread_db: quantity('for `sample`: standard deviation of the signal strength; movement and obstruction raise it', 'dB')
    .nullable()
    .optional(),
  call_elapsed_s: seconds('while in a call: how long it has lasted').optional(),
})

export type AudioMetrics = z.infer<typeof schema>

export const examples: Examples<AudioMetrics> = {
  full: {
    event_time: '2026-03-31T14:03:00.000Z',
    device: 'hs_9f2c41d07b3ae815',
    kind: 'sample',
    audio_state: 'call',
    basis: 'connection_state',
    confidence: 0.95,
    person: 'payables-2',
    team: 'payables',
    zone: 'room-204',
    interval_s: 60,
    observed_s: 60,
    intensity: 0.82,
    call_s: 48.5,
    media_s: 0,
    ringing_s: 6,
    calls_begun: 1,
    transitions: 2,
    microphone: 'left',
    rssi_spread_db: 2.4,
    call_elapsed_s: 48.5,
  },
  minimal: {
    event_time: '2026-03-31T14:03:00.000Z',
    device: 'hs_9f2c41d07b3ae815',
    kind: 'edge',
    audio_state: 'ringing',
    basis: 'connection_state',
    confidence: 0.95,
  },
}
