/** What a collector counts while it runs; names are stable, for the summary now and for /metrics. */
export interface Metrics {
  add(counter: string, by?: number): void
}

/** Counters in memory. */
export class Counters implements Metrics {
  readonly #values = new Map<string, number>()
  readonly #waiting = new Set<() => void>()

  add(counter: string, by = 1): void {
    this.#values.set(counter, this.get(counter) + by)
    for (const look of this.#waiting) look()
  }

  /** Resolves once the counter has come to `value`, or when the signal aborts. */
  reaches(counter: string, value: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.get(counter) < value && !signal.aborted) return
        this.#waiting.delete(look)
        signal.removeEventListener('abort', look)
        resolve()
      }
      this.#waiting.add(look)
      signal.addEventListener('abort', look)
      look()
    })
  }

  get(counter: string): number {
    return this.#values.get(counter) ?? 0
  }

  /** In order of name. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
