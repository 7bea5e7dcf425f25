import type { Clock } from '../../../base/clock.ts'

const MINUTE = 60_000

/** So many writes in any minute, and not one more: whoever is early waits. */
export class RateLimit {
  readonly #clock: Clock
  readonly #perMinute: number
  #writes: number[] = []

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock
    this.#perMinute = perMinute
  }

  /** Resolves when a write may be made, or at once when the signal aborts. @returns ms that it took */
  async take(signal: AbortSignal): Promise<number> {
    const begin = this.#clock.now()
    for (;;) {
      const now = this.#clock.now()
      this.#writes = this.#writes.filter((time) => time > now - MINUTE)
      const [first] = this.#writes
      if (signal.aborted) return now - begin
      if (this.#writes.length < this.#perMinute || first === undefined) {
        this.#writes.push(now)
        return now - begin
      }
      await this.#clock.sleep(first + MINUTE - now, signal)
    }
  }
}
