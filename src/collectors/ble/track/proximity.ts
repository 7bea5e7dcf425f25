export type Band = 'immediate' | 'near' | 'far' | 'unknown'

/** Metres below which a band is entered, and beyond which it is left: between the two nothing changes. */
const ENTER = { immediate: 1, near: 3 } as const
const EXIT = { immediate: 1.5, near: 4 } as const
/** A band is kept this long at least, ms of event time. */
const DWELL = 5_000

/** The band of a distance, with hysteresis, so that a headset on a border does not flap. */
export class Proximity {
  band: Band = 'unknown'
  #since = Number.NEGATIVE_INFINITY

  /** @param metres undefined when no signal strength is known */
  update(metres: number | undefined, time: number): Band {
    const next = metres === undefined ? 'unknown' : bandOf(metres, this.band)
    const free = this.band === 'unknown' || time - this.#since >= DWELL
    if (next === this.band || !free) return this.band
    this.band = next
    this.#since = time
    return next
  }
}

function bandOf(metres: number, present: Band): Band {
  if (metres < (present === 'immediate' ? EXIT.immediate : ENTER.immediate)) return 'immediate'
  if (metres < (present === 'immediate' || present === 'near' ? EXIT.near : ENTER.near)) return 'near'
  return 'far'
}
