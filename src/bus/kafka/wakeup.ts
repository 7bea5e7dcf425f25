/** Tells everybody who waits that something has changed; they look for themselves what. */
export class Wakeup {
  #waiting: Array<() => void> = []

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
