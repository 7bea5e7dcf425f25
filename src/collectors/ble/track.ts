import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import type { Advertisement } from './advertisement.ts'
import type { BleConfig, Enrolled } from './config.ts'
import type { StatusFrame } from './decode/status-frame.ts'

type Audio = AudioMetrics['audio_state']
type Facts = Omit<DevicePresence, 'event_time' | 'device' | 'kind'>

interface Tracked {
  owner: Enrolled
  facts: Facts
  audio: Audio
  /** ms since the epoch: last heard, and last told about. */
  seen: number
  told: number
  /** Of the present interval. */
  frames: number
  sounding: number
  transitions: number
  basis: Pick<AudioMetrics, 'basis' | 'confidence'>
}

export interface Told {
  presence: DevicePresence[]
  audio: AudioMetrics[]
}

/** States with sound in them. */
const SOUNDING: ReadonlySet<Audio> = new Set<Audio>(['media', 'call', 'ringing'])

/** What changes the story of a headset; signal strength alone does not. */
const TELLING = [
  'receiver',
  'battery_pct',
  'left_battery_pct',
  'right_battery_pct',
  'case_battery_pct',
  'worn',
  'in_case',
  'charging',
  'left_charging',
  'right_charging',
] as const satisfies ReadonlyArray<keyof Facts>

/**
 * Frames of enrolled headsets → arrivals, changes, departures, and what they were used for. Pure: the clock is in the frames, whose times
 * must not go back.
 */
export class Tracker {
  readonly #config: Pick<BleConfig, 'heartbeat' | 'leftAfter' | 'interval'>
  readonly #tracked = new Map<string, Tracked>()
  #intervalEnd = 0

  constructor(config: Pick<BleConfig, 'heartbeat' | 'leftAfter' | 'interval'>) {
    this.#config = config
  }

  heard(owner: Enrolled, frame: StatusFrame, { timestamp, receiver, rssi }: Advertisement): Told {
    const { device } = owner
    const facts: Facts = { ...describe(frame), receiver, zone: receiver, rssi_dbm: rssi }
    const audio = audioOf(frame)
    const known = this.#tracked.get(device)
    const tracked: Tracked = known ?? {
      ...{ owner, facts, audio, seen: timestamp, told: timestamp, frames: 0, sounding: 0, transitions: 0 },
      basis: basisOf(frame),
    }
    this.#tracked.set(device, tracked)
    const changed = TELLING.filter((field) => tracked.facts[field] !== facts[field])
    const previous = tracked.audio
    Object.assign(tracked, { facts, audio, basis: basisOf(frame), seen: timestamp, frames: tracked.frames + 1 })
    if (SOUNDING.has(audio)) tracked.sounding++
    const told: Told = { presence: [], audio: [] }
    const kind = !known
      ? 'arrived'
      : changed.length > 0
        ? 'changed'
        : timestamp - tracked.told >= this.#config.heartbeat
          ? 'heartbeat'
          : undefined
    if (kind) {
      tracked.told = timestamp
      told.presence.push({ ...this.#presence(tracked, kind, timestamp), ...(kind === 'changed' && { changed }) })
    }
    if (previous !== audio) {
      tracked.transitions++
      told.audio.push({ ...this.#audio(tracked, 'edge', timestamp), previous_state: previous })
    }
    return told
  }

  /** Time went on to `time` (ms since the epoch): the intervals that are over, and who has left. */
  advance(time: number): Told {
    const told: Told = { presence: [], audio: [] }
    const { interval, leftAfter } = this.#config
    if (this.#intervalEnd === 0) this.#intervalEnd = Math.ceil(time / interval) * interval
    if (time > this.#intervalEnd) {
      for (const tracked of this.#tracked.values()) if (tracked.frames > 0) told.audio.push(this.#sample(tracked))
      this.#intervalEnd = Math.ceil(time / interval) * interval
    }
    for (const [device, tracked] of this.#tracked) {
      if (time - tracked.seen < leftAfter) continue
      this.#tracked.delete(device)
      const left = this.#presence(tracked, 'left', tracked.seen + leftAfter)
      told.presence.push({ ...left, last_seen: toEventTime(tracked.seen), silent_s: leftAfter / 1000 })
    }
    return told
  }

  #presence({ owner, facts }: Tracked, kind: DevicePresence['kind'], time: number): DevicePresence {
    return { event_time: toEventTime(time), kind, ...owner, ...facts }
  }

  #audio({ owner, facts, audio, basis }: Tracked, kind: AudioMetrics['kind'], time: number): AudioMetrics {
    return { event_time: toEventTime(time), kind, audio_state: audio, ...basis, ...owner, ...(facts.zone && { zone: facts.zone }) }
  }

  #sample(tracked: Tracked): AudioMetrics {
    const { frames, sounding, transitions } = tracked
    Object.assign(tracked, { frames: 0, sounding: 0, transitions: 0 })
    const intensity = sounding / frames
    return {
      ...this.#audio(tracked, 'sample', this.#intervalEnd),
      ...{ interval_s: this.#config.interval / 1000, intensity, transitions },
    }
  }
}

function describe(frame: StatusFrame): Facts {
  const single = frame.model.layout === 'single'
  const { places } = frame
  const common = { model: frame.model.name, model_id: frame.modelId.toString(16).padStart(4, '0') }
  if (single) return { ...common, battery_pct: frame.battery, charging: frame.charging, worn: frame.worn }
  const known = [frame.leftBattery, frame.rightBattery].filter((percent) => percent !== null)
  return {
    ...common,
    battery_pct: known.length > 0 ? Math.min(...known) : null,
    ...{ left_battery_pct: frame.leftBattery, right_battery_pct: frame.rightBattery, case_battery_pct: frame.caseBattery },
    ...{ left_charging: frame.leftCharging, right_charging: frame.rightCharging, case_charging: frame.caseCharging },
    ...{ left_in_ear: places.leftInEar, right_in_ear: places.rightInEar, worn: places.leftInEar || places.rightInEar },
    in_case: places.bothPodsInCase,
    lid: frame.lid,
  }
}

const audioOf = ({ audioState }: StatusFrame): Audio => (audioState === 'music' ? 'media' : audioState)

/** The low nibble alone is an inference where flags share the byte: captures fit, no ground truth. */
function basisOf({ connState, audioState }: StatusFrame): Pick<AudioMetrics, 'basis' | 'confidence'> {
  const confidence = audioState === 'unknown' ? 0 : connState > 0x0f ? 0.6 : 0.95
  return { basis: connState > 0x0f ? 'connection_state_low_nibble' : 'connection_state', confidence }
}
