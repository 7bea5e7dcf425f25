/** What a collector counts while it runs; names are stable, for the summary now and for /metrics. */
export interface Metrics {
  add(counter: string, by?: number): void
}

/** Counters in memory. */
export class Counters implements Metrics {
  readonly #values = new Map<string, number>()

  add(counter: string, by = 1): void {
    this.#values.set(counter, this.get(counter) + by)
  }

  get(counter: string): number {
    return this.#values.get(counter) ?? 0
  }

  /** In order of name. */
  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
