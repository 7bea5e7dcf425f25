import type { DevicePresence } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'

/** Counted to here in each zone; a zone with more is a flood, not an office. */
const MOST_PER_ZONE = 4_096
/** Receivers' names come from outside. */
const MOST_ZONES = 256

export interface CrowdSettings {
  /** ms of event time that one count covers */
  crowdInterval: number
  /** A count below this is not told: the few could be known by it. */
  k: number
}

/**
 * How many senders of headset frames nobody enrolled, per zone and interval. Addresses are kept for the interval, in memory, and go nowhere.
 * The two pods of a headset have an address each, and one that rotates counts twice: it is a number of senders, an upper bound of people.
 */
export class Crowd {
  readonly #settings: CrowdSettings
  readonly #tell: (event: DevicePresence) => void
  readonly #zones = new Map<string, Set<string>>()
  #start = 0
  #flooded = false

  constructor(settings: CrowdSettings, tell: (event: DevicePresence) => void) {
    this.#settings = settings
    this.#tell = tell
  }

  /** A receiver of this zone works: its count is told, even when it is nobody. */
  open(zone: string): void {
    if (!this.#zones.has(zone) && this.#zones.size < MOST_ZONES) this.#zones.set(zone, new Set())
  }

  add(zone: string, address: string): void {
    const senders = this.#zones.get(zone)
    if (senders && senders.size < MOST_PER_ZONE) senders.add(address)
  }

  /** The counts of this interval are of forged frames too. */
  flood(): void {
    this.#flooded = true
  }

  /** Time went on to `time`, ms since the epoch. */
  advance(time: number): void {
    const { crowdInterval } = this.#settings
    if (time < this.#start + crowdInterval) return
    if (this.#zones.size > 0) this.#close(this.#start + crowdInterval)
    this.#start = Math.floor(time / crowdInterval) * crowdInterval
  }

  /** The input is over: the present interval ends early. */
  finish(time: number): void {
    this.advance(time)
    if (this.#zones.size > 0) this.#close(time)
  }

  #close(time: number): void {
    for (const [zone, { size }] of this.#zones) {
      const device_count = size < this.#settings.k ? null : size
      const flooded = this.#flooded ? { flooded: true } : {}
      this.#tell({ event_time: toEventTime(time), device: `crowd:${zone}`, kind: 'crowd', zone, device_count, ...flooded })
    }
    this.#zones.clear()
    this.#flooded = false
  }
}
