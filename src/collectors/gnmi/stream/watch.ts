import type { Clock } from '../../../base/clock.ts'

/** How often all streams are looked at, ms. */
const EVERY = 1_000

/** Looks at all streams of a collector once a second: one timer, however many there are. */
export class Watch {
  readonly #clock: Clock
  readonly #looks = new Set<() => void>()
  #stop: AbortController | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `look` every second, until what it returned is called. */
  add(look: () => void): () => void {
    this.#looks.add(look)
    if (!this.#stop) void this.#run()
    return () => {
      this.#looks.delete(look)
      if (this.#looks.size > 0) return
      this.#stop?.abort()
      this.#stop = undefined
    }
  }

  async #run(): Promise<void> {
    const stop = new AbortController()
    this.#stop = stop
    for (;;) {
      await this.#clock.sleep(EVERY, stop.signal)
      if (stop.signal.aborted) return
      for (const look of [...this.#looks]) look()
    }
  }
}
