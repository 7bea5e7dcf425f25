/** How often is looked, and how much counts at most from one look to the next, ms. */
const [EVERY, MOST] = [20, 100]

/**
 * A stopwatch that counts while this process runs, and not what goes by while it is stopped or has no processor: for what is promised within a time.
 */
export class OwnTime {
  #ms = 0
  #last = performance.now()
  readonly #timer = setInterval(() => this.#count(), EVERY)

  /** Since it was made. */
  get ms(): number {
    this.#count()
    return this.#ms
  }

  stop(): number {
    clearInterval(this.#timer)
    return this.ms
  }

  #count(): void {
    const now = performance.now()
    this.#ms += Math.min(now - this.#last, MOST)
    this.#last = now
  }
}
