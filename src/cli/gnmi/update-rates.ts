import type { Clock } from '../../base/clock.ts'
import type { StatusBoard, StreamStatus } from '../../collectors/gnmi/status.ts'

/** Updates a second of each stream. */
export type Rates = ReadonlyMap<StreamStatus, number>

/** Looks further apart than this count alone, nearer ones count together, s. */
const SMOOTHING = 3

/** How many updates a second the streams bring, smoothed: a stream that sends once a second is not now at 0, now at 2. */
export class UpdateRates {
  readonly #board: StatusBoard
  readonly #clock: Clock
  readonly #updates = new WeakMap<StreamStatus, number>()
  readonly #rates = new Map<StreamStatus, number>()
  #at: number

  constructor(board: StatusBoard, clock: Clock) {
    this.#board = board
    this.#clock = clock
    this.#at = clock.now()
  }

  look(): Rates {
    const now = this.#clock.now()
    const seconds = Math.max((now - this.#at) / 1000, 0.001)
    this.#at = now
    const weight = 1 - Math.exp(-seconds / SMOOTHING)
    const before = new Map(this.#rates)
    this.#rates.clear()
    for (const stream of this.#board.streams()) {
      const rate = (stream.updates - (this.#updates.get(stream) ?? 0)) / seconds
      const last = before.get(stream) ?? rate
      this.#rates.set(stream, last + weight * (rate - last))
      this.#updates.set(stream, stream.updates)
    }
    return this.#rates
  }
}
