import type { BleSighting } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import type { HeadsetFacts, Sighting } from './sighting.ts'

/** Fields that a sighting and its record share by name. */
const FACTS = [
  ...(['model', 'model_id', 'battery_pct', 'left_battery_pct', 'right_battery_pct', 'case_battery_pct'] as const),
  ...(['left_charging', 'right_charging', 'case_charging', 'charging'] as const),
  ...(['left_in_ear', 'right_in_ear', 'worn', 'in_case', 'lid'] as const),
] satisfies ReadonlyArray<keyof HeadsetFacts>

/** A sighting as a record of `ble_sightings`. */
export function toSightingEvent({ time, rssi, facts, audio, ...same }: Sighting): BleSighting {
  return {
    event_time: toEventTime(time),
    ...same,
    rssi_dbm: rssi,
    ...facts,
    ...(audio && {
      audio_state: audio.state,
      basis: audio.basis as Exclude<typeof audio.basis, 'timeout'>,
      confidence: audio.confidence,
      ...(audio.microphone && { microphone: audio.microphone }),
      ...(audio.edge && { audio_edge: true }),
    }),
  }
}

/** The same back. */
export function fromSightingEvent(event: BleSighting): Sighting {
  const { event_time, device, person, team, receiver, rssi_dbm, authenticated, exact } = event
  const { audio_state, basis, confidence, microphone, audio_edge } = event
  const facts = Object.fromEntries(FACTS.flatMap((name) => (event[name] === undefined ? [] : [[name, event[name]]]))) as HeadsetFacts
  return {
    ...{ time: Date.parse(event_time), device, person, receiver, rssi: rssi_dbm, authenticated, exact },
    ...(team !== undefined && { team }),
    ...(Object.keys(facts).length > 0 && { facts }),
    ...(audio_state !== undefined &&
      basis !== undefined && {
        audio: {
          ...{ state: audio_state, basis, confidence: confidence ?? 0 },
          ...(microphone && { microphone }),
          ...(audio_edge && { edge: true }),
        },
      }),
  }
}
