/**
 * State's time to live by the watermark, not by the clock of the machine: so that the same input forgets the same things. It is looked for
 * what has expired once in a tenth of the time to live, and a look is never late by more than that.
 */
export class Expiry {
  readonly #ttl: number
  /** When to look next; the first watermark sets it. */
  #next = Number.NEGATIVE_INFINITY
  /** The first watermark: what was touched before there was one counts as touched then. */
  #first = Number.NEGATIVE_INFINITY
  #now = Number.NEGATIVE_INFINITY

  /** @param ttl ms, 0 for ever */
  constructor(ttl: number) {
    this.#ttl = ttl
  }

  /** The newest watermark that is a time: when something was touched. */
  get now(): number {
    return this.#now
  }

  /** Time has come to `ms`: whether to look now. */
  due(ms: number): boolean {
    if (Number.isFinite(ms) && ms > this.#now) this.#now = ms
    if (this.#ttl === 0 || this.#now < this.#next || this.#now === Number.NEGATIVE_INFINITY) return false
    if (this.#first === Number.NEGATIVE_INFINITY) this.#first = this.#now
    this.#next = this.#now + this.#ttl / 10
    return true
  }

  gone(touched: number): boolean {
    return this.#ttl > 0 && this.#now - Math.max(touched, this.#first) > this.#ttl
  }

  /** All of it: when it is looked next is part of what a query gives. */
  save(): unknown {
    return [this.#now, this.#first, this.#next]
  }

  load(state: unknown): void {
    const [now, first, next] = state as [number, number, number]
    this.#now = now
    this.#first = first
    this.#next = next
  }
}
