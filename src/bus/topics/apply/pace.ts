/** Speed is that of the last so many ms: throttles and brokers change on the way. */
const WINDOW_MS = 15_000
/** A speed from less than this says nothing. */
const LEAST_MS = 1_000

/** What has arrived when, and so how fast it goes. Pure. */
export class Pace {
  readonly #seen: Array<{ at: number; moved: number }> = []
  #advancedAt: number

  constructor(now: number) {
    this.#advancedAt = now
  }

  saw(moved: number, now: number): void {
    if (moved > (this.#seen.at(-1)?.moved ?? -1)) this.#advancedAt = now
    this.#seen.push({ at: now, moved })
    while ((this.#seen[0]?.at ?? now) < now - WINDOW_MS) this.#seen.shift()
  }

  /** Bytes a second; null while that cannot be told. */
  rate(): number | null {
    const first = this.#seen[0]
    const last = this.#seen.at(-1)
    if (!first || !last || last.at - first.at < LEAST_MS) return null
    return ((last.moved - first.moved) * 1_000) / (last.at - first.at)
  }

  /** ms until `left` bytes have arrived, if it goes on like this. */
  leftMs(left: number): number | null {
    if (left <= 0) return 0
    const rate = this.rate()
    return rate === null || rate <= 0 ? null : (left * 1_000) / rate
  }

  /** ms since something arrived. */
  stalledMs(now: number): number {
    return now - this.#advancedAt
  }
}
