import type { Clock } from '../../../../../src/base/clock.ts'

interface Sleeper {
  until: number
  wake: () => void
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(now = 1_700_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  get sleeping(): number {
    return this.#sleepers.size
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper)
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', sleeper.wake, { once: true })
    })
  }

  /** Let time pass; whoever wakes up in between does its work at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const [next] = [...this.#sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)
      if (!next) break
      this.#now = Math.max(this.#now, next.until)
      next.wake()
      await settled()
    }
    this.#now = end
    await settled()
  }

  /** The clock is set, as a person or NTP does it. */
  set(now: number): void {
    this.#now = now
  }
}

/** All that was ready to run has run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}
