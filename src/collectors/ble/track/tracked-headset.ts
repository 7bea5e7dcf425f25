import type { AudioMetrics, DevicePresence } from '../../../events/event-types.ts'
import { toEventTime } from '../../../events/index.ts'
import type { Sighting } from '../sighting.ts'
import { AudioInterval } from './audio-interval.ts'
import { type AudioEdge, AudioMachine } from './audio-machine.ts'
import { distanceOf } from './distance.ts'
import { HeadsetState, isCharging } from './headset-state.ts'
import { Proximity } from './proximity.ts'
import { Receivers } from './receivers.ts'
import { TimeToEmpty } from './time-to-empty.ts'
import type { TrackSettings } from './tracker.ts'

/** What changes the story of a headset; signal strength alone does not. */
const TELLING = [
  ...(['receiver', 'zone', 'proximity', 'battery_pct', 'left_battery_pct', 'right_battery_pct', 'case_battery_pct'] as const),
  ...(['charging', 'left_charging', 'right_charging', 'case_charging'] as const),
  ...(['worn', 'left_in_ear', 'right_in_ear', 'in_case', 'lid'] as const),
] satisfies ReadonlyArray<keyof DevicePresence>

type Facts = Omit<DevicePresence, 'event_time' | 'device' | 'kind'>

/** One enrolled headset while it is about: both pods and the case, over all its addresses and receivers. */
export class TrackedHeadset {
  /** ms since the epoch of its last frame, and of the last presence record. */
  seenAt: number
  #toldAt = 0
  #told: Facts = {}
  #firstSeen: number
  #frames = 0
  #authenticated = false
  #owner: Pick<Sighting, 'device' | 'person' | 'team'>
  readonly #settings: TrackSettings
  readonly #state = new HeadsetState()
  readonly #receivers = new Receivers()
  readonly #proximity = new Proximity()
  readonly #empty = new TimeToEmpty()
  readonly #audio = new AudioMachine()
  #interval = new AudioInterval()
  /** ms since the epoch up to which the interval is accounted for. */
  #creditedTo: number

  constructor(first: Sighting, settings: TrackSettings) {
    this.#settings = settings
    this.#owner = ownerOf(first)
    this.seenAt = first.time
    this.#firstSeen = first.time
    this.#creditedTo = first.time
  }

  /** ms since the epoch at which it ends by itself what it is in: a state of sound, or its presence. */
  get due(): number {
    return Math.min(this.#audio.endsAt, this.seenAt + this.#settings.leftAfter)
  }

  get leavesAt(): number {
    return this.seenAt + this.#settings.leftAfter
  }

  /** Take a frame in; the change of sound that it brings, if it does. */
  hear(sighting: Sighting): AudioMetrics | undefined {
    const { time, facts, audio, rssi } = sighting
    this.seenAt = time
    this.#owner = ownerOf(sighting)
    this.#frames++
    this.#authenticated ||= sighting.authenticated
    this.#interval.hear(rssi)
    this.#receivers.hear(sighting.receiver, rssi, time)
    if (facts) {
      this.#state.read(facts, time, sighting.authenticated, sighting.exact)
      const known = this.#state.facts()
      this.#empty.read(known.battery_pct ?? null, isCharging(known), time)
    }
    this.#credit(time)
    const edge = audio && this.#audio.read(audio, time, sighting.authenticated)
    return edge && this.#edge(edge)
  }

  /** The presence record that is due, if one is: of the arrival, a change, or a heartbeat. */
  news(time: number): DevicePresence | undefined {
    const facts = this.#facts(time)
    if (this.#toldAt === 0) return this.#tell('arrived', facts, time)
    const changed = TELLING.filter((field) => facts[field] !== this.#told[field])
    if (changed.length > 0) return { ...this.#tell('changed', facts, time), changed }
    return time - this.#toldAt >= this.#settings.heartbeat ? this.#tell('heartbeat', facts, time) : undefined
  }

  left(): DevicePresence {
    const time = this.leavesAt
    return { ...this.#tell('left', { ...this.#told, ...this.#seen() }, time), silent_s: this.#settings.leftAfter / 1000 }
  }

  /** A state of sound that nothing repeated ends. */
  expire(time: number): AudioMetrics | undefined {
    this.#credit(Math.min(time, this.#audio.endsAt))
    const edge = this.#audio.expire(time)
    return edge && this.#edge(edge)
  }

  /** The sample of the interval that ends at `time`; undefined when nothing was known in it. @param length ms */
  sample(time: number, length: number): AudioMetrics | undefined {
    this.#credit(time)
    const interval = this.#interval
    this.#interval = new AudioInterval()
    if (interval.isEmpty) return undefined
    return { ...this.#audioEvent('sample', time), ...interval.sample(length), microphone: this.#microphone() }
  }

  #credit(to: number): void {
    if (to <= this.#creditedTo) return
    this.#interval.credit(this.#audio.state, to - this.#creditedTo, this.#microphoneWorn())
    this.#creditedTo = to
  }

  #edge(edge: AudioEdge): AudioMetrics {
    this.#interval.change(edge, this.#audio.state)
    return { ...this.#audioEvent('edge', edge.time), previous_state: edge.previous }
  }

  #audioEvent(kind: AudioMetrics['kind'], time: number): AudioMetrics {
    const { state, basis, confidence } = this.#audio
    const elapsed = this.#audio.callElapsed(time)
    return {
      ...{ event_time: toEventTime(time), kind, audio_state: state, basis, confidence, ...this.#owner },
      zone: this.#zone(),
      ...(elapsed !== undefined && { call_elapsed_s: elapsed / 1000 }),
    }
  }

  #microphone(): 'left' | 'right' | 'none' | 'unknown' {
    if (this.#audio.state !== 'call') return 'none'
    return this.#audio.microphone ?? 'unknown'
  }

  #microphoneWorn(): boolean | null {
    const { left_in_ear, right_in_ear } = this.#state.facts()
    const worn = this.#audio.microphone === 'left' ? left_in_ear : this.#audio.microphone === 'right' ? right_in_ear : undefined
    return worn ?? null
  }

  #zone(): string {
    const { nearest } = this.#receivers
    return this.#settings.zones[nearest] ?? nearest
  }

  #seen(): Facts {
    return { first_seen: toEventTime(this.#firstSeen), last_seen: toEventTime(this.seenAt), frames: this.#frames }
  }

  #facts(time: number): Facts {
    const signal = this.#receivers.signal(time)
    const distance = signal && distanceOf(signal, this.#settings.calibration)
    const round = (value: number | undefined, by: number) => (value === undefined ? null : Math.round(value * by) / by)
    return {
      ...this.#state.facts(),
      ...{ receiver: this.#receivers.nearest, zone: this.#zone(), proximity: this.#proximity.update(distance?.estimate, time) },
      distance_m: round(distance?.estimate, 100),
      distance_low_m: round(distance?.low, 100),
      distance_high_m: round(distance?.high, 100),
      rssi_dbm: round(signal?.mean, 10),
      authenticated: this.#authenticated,
      battery_left_s: this.#empty.at(time),
      ...this.#seen(),
    }
  }

  #tell(kind: DevicePresence['kind'], facts: Facts, time: number): DevicePresence {
    this.#told = facts
    this.#toldAt = time
    this.#frames = 0
    return { event_time: toEventTime(time), kind, ...this.#owner, ...facts }
  }
}

const ownerOf = ({ device, person, team }: Sighting) => ({ device, person, ...(team !== undefined && { team }) })
