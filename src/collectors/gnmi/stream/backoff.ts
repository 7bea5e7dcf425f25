import type { FailureClass } from '../client/failure.ts'

/** First and longest wait before another attempt, ms. */
type Waits = readonly [first: number, last: number]

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * What may pass is tried again soon. What needs a person (a certificate, a password) is tried slowly, and what the target will never take
 * only rarely: it may have new software by then.
 */
const WAITS: Readonly<Record<FailureClass, Waits>> = {
  unreachable: [SECOND, MINUTE],
  timeout: [SECOND, MINUTE],
  temporary: [SECOND, MINUTE],
  cancelled: [SECOND, MINUTE],
  not_gnmi: [10 * SECOND, 5 * MINUTE],
  tls: [10 * SECOND, 5 * MINUTE],
  auth: [30 * SECOND, 10 * MINUTE],
  refused: [MINUTE, 60 * MINUTE],
  too_large: [MINUTE, 60 * MINUTE],
}

/** A stream that lived so long, ms, was a good one: counting starts anew. */
const GOOD_LIFE = MINUTE

/** One that lived so long, ms, came to something: it is not waited for longer than it lasted, so that at worst half of the time is lost. */
const FAIR_LIFE = 5 * SECOND

/** How long to wait before the next attempt: doubling with each failure, half as much or half more by chance, so that no herd forms. */
export class Backoff {
  readonly #random: () => number
  #failures = 0

  /** @param random in [0, 1) */
  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * @param failure undefined: the target ended the stream with OK
   * @param lived ms from the first message of the stream to its end
   * @returns ms
   */
  next(failure: FailureClass | undefined, lived: number): number {
    if (lived > GOOD_LIFE) this.#failures = 0
    const [first, last] = WAITS[failure ?? 'temporary']
    const longest = lived > FAIR_LIFE ? Math.max(first, Math.min(last, lived)) : last
    const wait = Math.min(first * 2 ** this.#failures, longest)
    this.#failures = Math.min(this.#failures + 1, 30)
    return Math.round(wait * (0.5 + this.#random()))
  }
}
