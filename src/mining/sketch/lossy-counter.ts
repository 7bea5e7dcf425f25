/** One key that is kept: seen `count` times since it is kept, and at most `missed` times before. */
export interface Counted<Payload> {
  count: number
  missed: number
  payload: Payload
}

export interface LossyState<Key, Saved> {
  total: number
  entries: Array<[key: Key, count: number, missed: number, payload: Saved]>
}

/**
 * Counts of the frequent keys of a stream by lossy counting (Manku, Motwani, VLDB 2002): after N additions a count is at most N/width too low, every
 * key with more than that is there, and about width · ln(N/width) keys are kept. Below `width` additions nothing is lost.
 *
 * Each key has a payload of its own, forgotten with it.
 */
export class LossyCounter<Key, Payload> {
  readonly #width: number
  readonly #make: () => Payload
  #total = 0
  #entries = new Map<Key, Counted<Payload>>()

  /** @param width additions between two clearings: 1/ε */
  constructor(width: number, make: () => Payload) {
    this.#width = width
    this.#make = make
  }

  /** Additions so far. */
  get total(): number {
    return this.#total
  }

  get size(): number {
    return this.#entries.size
  }

  /** How much too low a count can be. */
  get errorAtMost(): number {
    return Math.floor(this.#total / this.#width)
  }

  /** Counts one more, and gives its payload to be brought up to date. */
  add(key: Key): Payload {
    // The clearing comes before the addition: what was just counted is never dropped before its payload was written.
    if (this.#total > 0 && this.#total % this.#width === 0) this.#clear(this.#total / this.#width)
    this.#total++
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { count: 0, missed: Math.floor((this.#total - 1) / this.#width), payload: this.#make() }
      this.#entries.set(key, entry)
    }
    entry.count++
    return entry.payload
  }

  get(key: Key): Counted<Payload> | undefined {
    return this.#entries.get(key)
  }

  entries(): IterableIterator<[Key, Counted<Payload>]> {
    return this.#entries.entries()
  }

  payloads(): Payload[] {
    return Array.from(this.#entries.values(), ({ payload }) => payload)
  }

  #clear(bucket: number): void {
    for (const [key, { count, missed }] of this.#entries) if (count + missed <= bucket) this.#entries.delete(key)
  }

  save<Saved>(savePayload: (payload: Payload) => Saved): LossyState<Key, Saved> {
    return {
      total: this.#total,
      entries: Array.from(this.#entries, ([key, { count, missed, payload }]) => [key, count, missed, savePayload(payload)]),
    }
  }

  load<Saved>({ total, entries }: LossyState<Key, Saved>, loadPayload: (saved: Saved) => Payload): void {
    this.#total = total
    this.#entries = new Map(entries.map(([key, count, missed, saved]) => [key, { count, missed, payload: loadPayload(saved) }]))
  }
}
