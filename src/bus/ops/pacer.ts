import type { Clock } from '../../base/clock.ts'

/** How fast records go out: as they come, by their own gaps times a speed, or that many a second. */
export type Pace = { kind: 'max' } | { kind: 'speed'; factor: number } | { kind: 'rate'; perSecond: number }

/** Waits shorter than this are left to add up: they would end a batch for next to nothing. */
const SHORTEST_WAIT_MS = 5

/** Tells for each record in turn how long to wait for it. Absolute, from the first record on: delays do not add up. */
export class Pacer {
  readonly #pace: Pace
  readonly #clock: Clock
  #startedAt = 0
  #firstTime = 0
  #records = 0

  constructor(pace: Pace, clock: Clock) {
    this.#pace = pace
    this.#clock = clock
  }

  /** ms to wait before the next record, whose own time is `timestamp`; 0 when it is due. A record out of order in time is due at once. */
  wait(timestamp: number): number {
    if (this.#pace.kind === 'max') return 0
    const now = this.#clock.now()
    if (this.#records === 0) {
      this.#startedAt = now
      this.#firstTime = timestamp
    }
    const wait = this.#startedAt + this.#offset(timestamp, this.#pace) - now
    this.#records++
    return wait < SHORTEST_WAIT_MS ? 0 : wait
  }

  /** When the record is due, ms after the first. */
  #offset(timestamp: number, pace: Exclude<Pace, { kind: 'max' }>): number {
    return pace.kind === 'rate' ? (this.#records * 1_000) / pace.perSecond : (timestamp - this.#firstTime) / pace.factor
  }
}
