interface Waiting {
  look(): void
  giveUp(reason: string): void
}

/** Promises of what is to come: each resolves when its condition holds after a change, and says what it waited for when it never does. */
export class Conditions {
  readonly #waiting = new Set<Waiting>()

  /** To be called after every change that a condition may look at. */
  changed(): void {
    for (const waiting of [...this.#waiting]) waiting.look()
  }

  /**
   * @param found what was waited for, or undefined while it is not there
   * @param deadline ms, then it rejects
   */
  until<T>(what: string, found: () => T | undefined, deadline = 10_000): Promise<T> {
    const already = found()
    if (already !== undefined) return Promise.resolve(already)
    const promise = new Promise<T>((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        this.#waiting.delete(waiting)
      }
      const waiting: Waiting = {
        look: () => {
          const value = found()
          if (value === undefined) return
          leave()
          resolve(value)
        },
        giveUp: (reason) => {
          leave()
          reject(new Error(`${reason} while waiting for ${what}`))
        },
      }
      const timer = setTimeout(() => waiting.giveUp(`${deadline} ms went by`), deadline)
      this.#waiting.add(waiting)
    })
    // A test that failed elsewhere no longer listens.
    promise.catch(() => {})
    return promise
  }

  /** Whoever still waits waits in vain. */
  close(reason: string): void {
    for (const waiting of [...this.#waiting]) waiting.giveUp(reason)
  }
}
