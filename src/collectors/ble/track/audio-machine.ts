import type { AudioReading, AudioState } from '../sighting.ts'
import { Debounced } from './debounce.ts'

/** A state holds for so long after it was last said, ms; headsets repeat it every second or so. */
export const HOLD = 15_000
/** "Hanging up" is a moment; whoever says nothing after it is idle, ms. */
const HANGING_UP = 10_000
/** A call that was lost from sight and comes back within this is the same call, ms. */
const SAME_CALL = 60_000

/** A change of state: from which, and when. */
export interface AudioEdge {
  previous: AudioState
  time: number
  /** A call began with it, not: went on. */
  callBegan: boolean
}

/**
 * What a headset is used for: idle, media, ringing, call, hanging up. Readings come debounced, but for edges, which are said once. A state
 * that nothing repeats ends by itself: hanging up in idle, every other in unknown.
 */
export class AudioMachine {
  basis: AudioReading['basis'] = 'timeout'
  confidence = 0
  /** The side whose microphone is used, where the headset has sides. */
  microphone: 'left' | 'right' | undefined
  readonly #state = new Debounced<AudioState>('unknown')
  #saidAt = Number.NEGATIVE_INFINITY
  #callBegan = 0
  #inCallUntil = Number.NEGATIVE_INFINITY

  get state(): AudioState {
    return this.#state.value
  }

  /** ms since the epoch at which the present state ends unless it is said again; Infinity where nothing ends. */
  get endsAt(): number {
    if (this.state === 'unknown') return Number.POSITIVE_INFINITY
    return this.#saidAt + (this.state === 'hanging_up' ? HANGING_UP : HOLD)
  }

  /** ms that the present call has lasted; undefined outside of calls. */
  callElapsed(time: number): number | undefined {
    return this.state === 'call' ? time - this.#callBegan : undefined
  }

  /** @param sure the frame is certainly this headset's */
  read(reading: AudioReading, time: number, sure: boolean): AudioEdge | undefined {
    const previous = this.state
    // What was unknown until now contradicts nothing.
    const changed = this.#state.read(reading.state, sure || previous === 'unknown' || reading.edge === true)
    if (this.state === reading.state) {
      this.#saidAt = time
      this.basis = reading.basis
      this.confidence = reading.confidence
      this.microphone = reading.microphone
    }
    return changed ? this.#entered(previous, time) : undefined
  }

  /** End what nobody has repeated. */
  expire(time: number): AudioEdge | undefined {
    const endsAt = this.endsAt
    if (time < endsAt) return undefined
    const previous = this.state
    const next = previous === 'hanging_up' ? 'idle' : 'unknown'
    this.#state.read(next, true)
    this.basis = 'timeout'
    this.confidence = next === 'idle' ? 0.5 : 0
    this.#saidAt = endsAt
    return this.#entered(previous, endsAt)
  }

  #entered(previous: AudioState, time: number): AudioEdge {
    if (previous === 'call') this.#inCallUntil = this.state === 'unknown' ? time + SAME_CALL : Number.NEGATIVE_INFINITY
    else if (this.state !== 'call' && this.state !== 'unknown') this.#inCallUntil = Number.NEGATIVE_INFINITY
    const callBegan = this.state === 'call' && time >= this.#inCallUntil
    if (callBegan) this.#callBegan = time
    return { previous, time, callBegan }
  }
}
