/**
 * State's time to live by the watermark, not by the clock of the machine: so that the same input forgets the same things. It is looked for
 * what has expired once in a tenth of the time to live, and a look is never late by more than that.
 */
export class Expiry {
  readonly #ttl: number
  #next = Number.NEGATIVE_INFINITY
  /** The newest watermark that is a time: when something was touched. */
  now = Number.NEGATIVE_INFINITY

  /** @param ttl ms, 0 for ever */
  constructor(ttl: number) {
    this.#ttl = ttl
  }

  /** Time has come to `ms`: whether to look now. */
  due(ms: number): boolean {
    if (ms !== Number.POSITIVE_INFINITY && ms > this.now) this.now = ms
    if (this.#ttl === 0 || this.now < this.#next) return false
    this.#next = this.now + this.#ttl / 10
    return true
  }

  gone(touched: number): boolean {
    return this.#ttl > 0 && this.now - touched > this.#ttl
  }
}
