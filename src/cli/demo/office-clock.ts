import { type Clock, systemClock } from '../../base/clock.ts'

/** What time it is in the office. Whoever waits on it waits in the wall's time. */
export class OfficeClock implements Clock {
  readonly #openedAt: number
  readonly #wall: Clock
  /** ms since the office opened, as far as its signals have gone out. */
  elapsed = 0

  /** @param openedAt ms since the epoch */
  constructor(openedAt: number, wall: Clock = systemClock) {
    this.#openedAt = openedAt
    this.#wall = wall
  }

  now(): number {
    return this.#openedAt + this.elapsed
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#wall.sleep(ms, signal)
  }
}
