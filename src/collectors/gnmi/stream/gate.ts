/** Lets so many in at once; the others wait in line. For connections: a thousand TLS handshakes at once would stall everything else. */
export class Gate {
  #free: number
  readonly #waiting: Array<() => void> = []

  constructor(places: number) {
    this.#free = places
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
