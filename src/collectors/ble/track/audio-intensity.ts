import type { AudioState } from '../sighting.ts'

/** How much a second in each state counts. A call has a base and two parts that must be earned; docs/audio-intensity.md says why. */
const WEIGHT = { call: 0.7, media: 0.6, ringing: 0.4, hanging_up: 0.2 } as const
const IN_CALL = { microphone: 0.15, stability: 0.15 } as const
/** A change of state from or to sound counts so much, and so many of them count. */
const PER_CHANGE = 0.05
const MOST_CHANGES = 4
/** dB of spread at which the signal counts as half stable. */
const HALF_STABLE = 4

export type SoundingState = keyof typeof WEIGHT

/** What one interval was like. Times in seconds; together they are the interval or less. */
export interface IntervalFacts {
  /** Length of the interval, s. */
  length: number
  seconds: Readonly<Record<SoundingState, number>>
  /** Changes of state from or to one with sound. */
  changes: number
  /** Part of the call time with the microphone on a side that is worn, 0 to 1; null where the headset has no sides or does not tell. */
  microphoneWorn: number | null
  /** Standard deviation of the signal strength, dB; null of fewer than two readings. */
  rssiSpread: number | null
}

/** True for states in which there is something to hear. */
export function isSounding(state: AudioState): state is SoundingState {
  return state in WEIGHT
}

/**
 * The audio intensity of an interval, 0 to 1: 0 exactly when no state with sound was seen in it, and never less for more call. Made of
 * states, changes, the microphone's side and the steadiness of the signal; no sound is in it, because advertisements carry none.
 */
export function audioIntensity({ length, seconds, changes, microphoneWorn, rssiSpread }: IntervalFacts): number {
  const sounding = seconds.call + seconds.media + seconds.ringing + seconds.hanging_up
  if (length <= 0 || sounding <= 0) return 0
  const stability = rssiSpread === null ? 0.5 : 1 / (1 + (rssiSpread / HALF_STABLE) ** 2)
  const call = WEIGHT.call + IN_CALL.microphone * (microphoneWorn ?? 0.5) + IN_CALL.stability * stability
  const weighted =
    call * seconds.call + WEIGHT.media * seconds.media + WEIGHT.ringing * seconds.ringing + WEIGHT.hanging_up * seconds.hanging_up
  const score = weighted / length + PER_CHANGE * Math.min(changes, MOST_CHANGES)
  return Math.round(Math.min(1, score) * 1000) / 1000
}
