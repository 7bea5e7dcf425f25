import type { Clock } from '../../src/base/clock.ts'

interface Sleeper {
  /** ms since the epoch */
  due: number
  wake(): void
}

/** A clock that moves only when a test moves it. Whoever sleeps wakes when their time has come, in the order of those times. */
export class HandClock implements Clock {
  /** How long each was that was asked for, ms. */
  readonly sleeps: number[] = []
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = Date.UTC(2026, 0, 30, 8)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  /** When the next one wakes, ms since the epoch. */
  get nextDue(): number | undefined {
    return this.#byDue()[0]?.due
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms)
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        due: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake)
    })
  }

  /** The clock is set, as a person or NTP does it: nobody wakes. */
  set(now: number): void {
    this.#now = now
  }

  /** Let `ms` go by at once. */
  jump(ms: number): void {
    this.#now += ms
    for (const { due, wake } of this.#byDue()) if (due <= this.#now) wake()
  }

  /** Let `ms` go by, a second at a time, with turns of the event loop in between. */
  async pass(ms: number): Promise<void> {
    for (let rest = ms; rest > 0; rest -= 1_000) {
      this.jump(Math.min(rest, 1_000))
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
    }
  }

  #byDue(): Sleeper[] {
    return [...this.#sleepers].sort((a, b) => a.due - b.due)
  }
}
