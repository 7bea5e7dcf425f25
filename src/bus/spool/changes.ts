/** Lets those who wait for something look again whenever something has changed. */
export class Changes {
  readonly #over: AbortSignal
  readonly #watchers = new Set<() => void>()

  /** @param over nobody waits any longer once it aborts and {@link tell} has been called */
  constructor(over: AbortSignal) {
    this.#over = over
  }

  tell(): void {
    for (const look of [...this.#watchers]) look()
  }

  /** Resolves once `holds` does, or one of the signals aborts. */
  async until(holds: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!holds() && !signal?.aborted && !this.#over.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#watchers.delete(done)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        this.#watchers.add(done)
        signal?.addEventListener('abort', done)
      })
    }
  }
}
