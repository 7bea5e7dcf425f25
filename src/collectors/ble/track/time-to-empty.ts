import { type Point, theilSen } from './theil-sen.ts'

/** Steps down that a rate needs: with fewer, one odd reading decides. */
const FEWEST_STEPS = 3
/** Steps kept, the newest: the rate of the last hours, not of the morning. */
const MOST_STEPS = 24

/**
 * How long a battery lasts at its present rate. Levels come in steps (ten percent in the clear, one with the key), and between two steps
 * nothing is known; so only the instants of steps down are points of the slope. A rise, or charging, begins anew.
 */
export class TimeToEmpty {
  #level: number | null = null
  /** Each: the instant at which the level was seen to fall, and what it fell to. */
  #steps: Point[] = []
  /** Of the last step, percent. */
  #quantum = 0

  /** @param level percent; null is unknown and changes nothing @param time ms since the epoch */
  read(level: number | null, charging: boolean, time: number): void {
    if (level === null) return
    if (charging || (this.#level !== null && level > this.#level)) this.#steps = []
    else if (this.#level !== null && level < this.#level) {
      this.#quantum = this.#level - level
      this.#steps.push({ time, level })
      if (this.#steps.length > MOST_STEPS) this.#steps.shift()
    }
    this.#level = level
  }

  /** Seconds until empty, or null while that cannot be told. */
  at(time: number): number | null {
    const last = this.#steps.at(-1)
    if (!last || this.#steps.length < FEWEST_STEPS) return null
    const perMs = -(theilSen(this.#steps) ?? 0)
    if (perMs <= 0) return null
    // At the step it was at the top of the new level; since then it went on falling, at most down to the level's bottom.
    const used = Math.min(this.#quantum, perMs * (time - last.time))
    return Math.round((last.level + this.#quantum - used) / perMs / 1000)
  }
}
