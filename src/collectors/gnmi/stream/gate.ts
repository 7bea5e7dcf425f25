import type { Clock } from '../../../base/clock.ts'

/** Whoever is not through after so long, ms, waits for somebody who does not answer, and is no load: the next may come in. */
const PATIENCE = 2_000

/**
 * Lets so many in at once; the others wait in line. For connections: a thousand TLS handshakes at once would stall everything else. Those that
 * hang are not counted for long, so that devices that are down do not keep the others waiting.
 */
export class Gate {
  #free: number
  readonly #clock: Clock
  readonly #waiting: Array<() => void> = []

  constructor(places: number, clock: Clock) {
    this.#free = places
    this.#clock = clock
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    const over = new AbortController()
    void this.#clock.sleep(PATIENCE, over.signal).then(() => this.#leave())
    try {
      return await work()
    } finally {
      over.abort()
    }
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}
