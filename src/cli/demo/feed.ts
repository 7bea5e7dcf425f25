/** A hand-over from the office to a collector: what is given is taken before more is given, so neither runs away from the other. */
export class Feed<T> implements AsyncIterable<readonly T[]> {
  #offered: { batch: readonly T[]; taken: () => void } | undefined
  #arrived: (() => void) | undefined
  #ended = false

  /** Resolves when the reader asks for more: the batch has been dealt with. At once when it is empty or the reader has left. */
  give(batch: readonly T[]): Promise<void> {
    if (batch.length === 0 || this.#ended) return Promise.resolve()
    return new Promise((taken) => {
      this.#offered = { batch, taken }
      this.#arrived?.()
    })
  }

  /** No more will come; the reader's loop ends. */
  end(): void {
    this.#ended = true
    this.#offered?.taken()
    this.#arrived?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[]> {
    try {
      while (!this.#ended) {
        const offered = this.#offered
        if (!offered) {
          await new Promise<void>((arrived) => {
            this.#arrived = arrived
          })
          continue
        }
        yield offered.batch
        this.#offered = undefined
        offered.taken()
      }
    } finally {
      this.end()
    }
  }
}
