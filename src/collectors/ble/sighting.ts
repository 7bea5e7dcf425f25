import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'

/** What a frame says of its headset, in the fields of `device_presence`; null is unknown. */
export type HeadsetFacts = Pick<
  DevicePresence,
  | 'model'
  | 'model_id'
  | 'battery_pct'
  | 'left_battery_pct'
  | 'right_battery_pct'
  | 'case_battery_pct'
  | 'left_charging'
  | 'right_charging'
  | 'case_charging'
  | 'charging'
  | 'left_in_ear'
  | 'right_in_ear'
  | 'worn'
  | 'in_case'
  | 'lid'
>

export type AudioState = AudioMetrics['audio_state']

/** What a frame says of sound: never the sound. */
export interface AudioReading {
  state: AudioState
  basis: AudioMetrics['basis']
  /** 0 to 1: docs/audio-intensity.md has the table. */
  confidence: number
  /** The side whose microphone would be used. */
  microphone?: 'left' | 'right'
  /** An event (a call answered, ended), sent for a moment only, not a state that is repeated. */
  edge?: boolean
}

/**
 * One frame of an enrolled headset, as one receiver heard it. Nothing in it leads back to the radio: no address, no key, no encrypted byte.
 * It is what receivers share (`ble_sightings`) and what the tracker takes.
 */
export interface Sighting {
  /** ms since the epoch */
  time: number
  /** Pseudonym. */
  device: string
  person: string
  team?: string
  receiver: string
  /** dBm; null when unavailable */
  rssi: number | null
  /** The frame was opened with the headset's own ENC key, or its sender is certain otherwise. An address alone can be copied off the air. */
  authenticated: boolean
  /** Batteries are to one percent, not to ten. */
  exact: boolean
  facts?: HeadsetFacts
  audio?: AudioReading
}
