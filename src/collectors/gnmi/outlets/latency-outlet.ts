import type { Outlet } from '../stream/writer.ts'
import { sentAt } from '../wire/sent-at.ts'

/** Buckets of a doubling: a quantile is right to 9 %. */
const STEPS = 8
/** 0.1 ms and less are one bucket; 2^40 of them, a century, are the last. */
const FINEST = 0.1
const BUCKETS = 40 * STEPS

/** How late notifications came: received minus sent, by the clocks of both sides. Counts, and writes nothing. */
export class LatencyOutlet implements Outlet {
  readonly pending = 0
  readonly #buckets = new Float64Array(BUCKETS)
  #count = 0

  open(): ReturnType<Outlet['open']> {
    return {
      notification: (response, receivedAt) => {
        const sent = sentAt(response)
        if (sent > 0) this.#take(receivedAt - sent)
      },
      malformed: () => {},
      fact: () => {},
    }
  }

  async flush(): Promise<void> {}

  /** @param q 0.5 is the median @returns ms; NaN where no notification had a time */
  quantile(q: number): number {
    let rest = q * this.#count
    for (let i = 0; i < BUCKETS; i++) {
      rest -= this.#buckets[i] as number
      if (rest <= 0 && this.#count > 0) return FINEST * 2 ** (i / STEPS)
    }
    return Number.NaN
  }

  #take(ms: number): void {
    this.#count++
    const bucket = ms <= FINEST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(ms / FINEST) * STEPS))
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
  }
}
