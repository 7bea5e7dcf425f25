/**
 * From a producer that cannot wait (a radio, a broker) to a reader that may be slow. All that has arrived is handed over at once, in
 * order. When it is full the oldest go: for presence the last word counts.
 */
export class Mailbox<T> {
  readonly #capacity: number
  readonly #onDropped: () => void
  #waiting: T[] = []
  #closed = false
  #failure: unknown
  #arrived = () => {}

  constructor(capacity: number, onDropped: () => void) {
    this.#capacity = capacity
    this.#onDropped = onDropped
  }

  push(item: T): void {
    if (this.#closed) return
    if (this.#waiting.length >= this.#capacity) {
      this.#waiting.shift()
      this.#onDropped()
    }
    this.#waiting.push(item)
    this.#arrived()
  }

  /** Nothing more comes; the reader still gets what waits, and then the failure if there is one. */
  close(failure?: unknown): void {
    if (this.#closed) return
    this.#closed = true
    this.#failure = failure
    this.#arrived()
  }

  /** Everything that waits, again and again, until it is closed and empty. For one reader. */
  async *batches(): AsyncGenerator<readonly T[]> {
    while (true) {
      if (this.#waiting.length > 0) {
        const batch = this.#waiting
        this.#waiting = []
        yield batch
      } else if (this.#closed) {
        if (this.#failure !== undefined) throw this.#failure
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#arrived = resolve
        })
      }
    }
  }
}
