import type { AudioMetrics, DevicePresence } from '../../../events/event-types.ts'
import type { Sighting } from '../sighting.ts'
import { CONSISTENT_READINGS } from './debounce.ts'
import type { Calibration } from './distance.ts'
import { TrackedHeadset } from './tracked-headset.ts'

export interface TrackSettings {
  /** ms of event time between two heartbeats of a headset that does not change */
  heartbeat: number
  /** ms of event time without a frame after which a headset has left */
  leftAfter: number
  /** ms of event time that one audio sample covers */
  interval: number
  /** The room of each receiver; one that is not here is its own room. */
  zones: Readonly<Record<string, string>>
  calibration: Calibration
}

/** Who is told. */
export interface Listener {
  presence(event: DevicePresence): void
  audio(event: AudioMetrics): void
}

/**
 * Sightings of enrolled headsets → arrivals, changes, departures, and what they were used for. Pure: the clock is in the sightings, whose
 * times must not go back. State grows with the enrolled headsets that are about, and with nothing else.
 */
export class Tracker {
  readonly #settings: TrackSettings
  readonly #listener: Listener
  readonly #headsets = new Map<string, TrackedHeadset>()
  /** Frames of headsets that are not believed yet, while forged frames are about. */
  readonly #doubted = new Map<string, { frames: number; since: number }>()
  #intervalStart = 0
  /** Nothing ends by itself before this. */
  #due = 0

  constructor(settings: TrackSettings, listener: Listener) {
    this.#settings = settings
    this.#listener = listener
  }

  /** Enrolled headsets that are about. */
  get size(): number {
    return this.#headsets.size
  }

  /**
   * @param doubtful forged frames are about: a headset that only an address speaks for arrives with its third frame. A random address
   * resolves to a given key once in 16.7 million, and a flood has that many.
   */
  see(sighting: Sighting, doubtful = false): void {
    this.advance(sighting.time)
    const headset = this.#headsets.get(sighting.device) ?? this.#arrival(sighting, doubtful)
    if (!headset) return
    const edge = headset.hear(sighting)
    this.#due = Math.min(this.#due, headset.due)
    const news = headset.news(sighting.time)
    if (news) this.#listener.presence(news)
    if (edge) this.#listener.audio(edge)
  }

  /** Time went on to `time` (ms since the epoch): what ended by itself, in the order in which it ended. */
  advance(time: number): void {
    if (this.#headsets.size > 0 && time < this.#due) return
    while (this.#headsets.size > 0) {
      this.#due = this.#nextDue()
      if (this.#due > time) return
      this.#end(this.#due)
    }
    const { interval } = this.#settings
    this.#intervalStart = Math.floor(time / interval) * interval
    this.#due = 0
  }

  /** The input is over at `time`: the present interval ends early. Nobody has left by that. */
  finish(time: number): void {
    this.advance(time)
    if (time > this.#intervalStart) this.#sample(time)
  }

  #arrival(sighting: Sighting, doubtful: boolean): TrackedHeadset | undefined {
    const { device, time, authenticated } = sighting
    if (doubtful && !authenticated && !this.#believed(device, time)) return undefined
    this.#doubted.delete(device)
    const headset = new TrackedHeadset(sighting, this.#settings)
    this.#headsets.set(device, headset)
    this.#due = 0
    return headset
  }

  #believed(device: string, time: number): boolean {
    const before = this.#doubted.get(device)
    const doubt = before && time - before.since < this.#settings.leftAfter ? before : { frames: 0, since: time }
    doubt.frames++
    this.#doubted.set(device, doubt)
    return doubt.frames >= CONSISTENT_READINGS
  }

  #nextDue(): number {
    let due = this.#intervalStart + this.#settings.interval
    for (const headset of this.#headsets.values()) due = Math.min(due, headset.due)
    return due
  }

  /** Whatever ends at this instant. */
  #end(time: number): void {
    for (const [device, headset] of this.#headsets) {
      const edge = headset.expire(time)
      if (edge) this.#listener.audio(edge)
      if (headset.leavesAt > time) continue
      this.#headsets.delete(device)
      this.#listener.presence(headset.left())
    }
    if (time >= this.#intervalStart + this.#settings.interval) this.#sample(time)
  }

  #sample(time: number): void {
    for (const headset of this.#headsets.values()) {
      const sample = headset.sample(time, time - this.#intervalStart)
      if (sample) this.#listener.audio(sample)
    }
    this.#intervalStart = time
  }
}
