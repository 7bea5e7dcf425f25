/** So many in a minute; the rest is refused. */
export class RateLimit {
  readonly #most: number
  #from = Number.NEGATIVE_INFINITY
  #count = 0

  constructor(most: number) {
    this.#most = most
  }

  /** @param now ms @returns whether one more may pass */
  next(now: number): boolean {
    if (now - this.#from >= 60_000) {
      this.#from = now
      this.#count = 0
    }
    return ++this.#count <= this.#most
  }
}
