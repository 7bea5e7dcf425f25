import type { AudioMetrics } from '../../../events/event-types.ts'
import type { AudioState } from '../sighting.ts'
import { audioIntensity, isSounding, type SoundingState } from './audio-intensity.ts'
import type { AudioEdge } from './audio-machine.ts'
import { validRssi } from './signal-window.ts'

/** Sums up one interval of one headset: seconds by state, changes, calls, and how steady the signal was. Made anew for each interval. */
export class AudioInterval {
  frames = 0
  readonly #ms: Record<SoundingState, number> = { call: 0, media: 0, ringing: 0, hanging_up: 0 }
  #known = 0
  #transitions = 0
  #changes = 0
  #callsBegun = 0
  #micKnown = 0
  #micWorn = 0
  /** Welford's running mean and sum of squares of the signal strength. */
  #rssi = { count: 0, mean: 0, squares: 0 }

  /** Nothing was heard in it, and no state held over from before it. */
  get isEmpty(): boolean {
    return this.frames === 0 && this.#known === 0 && this.#transitions === 0
  }

  hear(rssi: number | null): void {
    this.frames++
    if (!validRssi(rssi)) return
    const before = rssi - this.#rssi.mean
    this.#rssi.count++
    this.#rssi.mean += before / this.#rssi.count
    this.#rssi.squares += before * (rssi - this.#rssi.mean)
  }

  /** The headset was in a state for `ms`. @param micWorn whether the microphone's side was worn; null: not told */
  credit(state: AudioState, ms: number, micWorn: boolean | null): void {
    if (state !== 'unknown') this.#known += ms
    if (isSounding(state)) this.#ms[state] += ms
    if (state !== 'call' || micWorn === null) return
    this.#micKnown += ms
    if (micWorn) this.#micWorn += ms
  }

  change(edge: AudioEdge, state: AudioState): void {
    this.#transitions++
    if (isSounding(state) || isSounding(edge.previous)) this.#changes++
    if (edge.callBegan) this.#callsBegun++
  }

  /** The fields of a sample. @param length ms */
  sample(length: number): Partial<AudioMetrics> {
    const spread = this.#rssi.count > 1 ? Math.sqrt(this.#rssi.squares / (this.#rssi.count - 1)) : null
    const seconds = {
      ...{ call: this.#ms.call / 1000, media: this.#ms.media / 1000 },
      ...{ ringing: this.#ms.ringing / 1000, hanging_up: this.#ms.hanging_up / 1000 },
    }
    const microphoneWorn = this.#micKnown > 0 ? this.#micWorn / this.#micKnown : null
    return {
      interval_s: length / 1000,
      observed_s: Math.min(length, this.#known) / 1000,
      intensity: audioIntensity({ length: length / 1000, seconds, changes: this.#changes, microphoneWorn, rssiSpread: spread }),
      ...{ call_s: seconds.call, media_s: seconds.media, ringing_s: seconds.ringing },
      ...{ calls_begun: this.#callsBegun, transitions: this.#transitions },
      rssi_spread_db: spread === null ? null : Math.round(spread * 10) / 10,
    }
  }
}
