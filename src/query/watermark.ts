import type { Bus } from '../bus/bus.ts'

const name = (topic: string, partition: number) => `${topic}/${partition}`

/**
 * How far event time has come, told by what lies on the bus and not by a clock on the wall: a slow machine gets the same watermarks.
 *
 * A barrier is the newest event time seen, and where every partition ended after that. Once all is read up to there, everything that was
 * on the bus with that event has been seen; sources are allowed to be `disorder` ms late, so the watermark is that much earlier.
 */
export class Watermark {
  readonly #bus: Bus
  readonly #topics: readonly string[]
  readonly #disorder: number
  readonly #positions: Map<string, number>
  #newest = Number.NEGATIVE_INFINITY
  #barrier: { time: number; ends: Map<string, number> } | undefined

  /** @param positions `topic/partition` → next offset to read, for every partition */
  constructor(bus: Bus, topics: readonly string[], disorder: number, positions: ReadonlyMap<string, number>) {
    this.#bus = bus
    this.#topics = topics
    this.#disorder = disorder
    this.#positions = new Map(positions)
  }

  get positions(): ReadonlyMap<string, number> {
    return this.#positions
  }

  /** The newest event time seen, ms since the epoch. */
  get newest(): number {
    return this.#newest
  }

  saw(time: number): void {
    this.#newest = Math.max(this.#newest, time)
  }

  read(topic: string, partition: number, nextOffset: number): void {
    this.#positions.set(name(topic, partition), nextOffset)
  }

  /** The watermark that what was read so far allows: -Infinity before the first event. */
  async next(): Promise<number> {
    let reached = Number.NEGATIVE_INFINITY
    for (;;) {
      this.#barrier ??= { time: this.#newest, ends: await this.ends() }
      if (!this.hasRead(this.#barrier.ends)) return reached
      reached = this.#barrier.time - this.#disorder
      const passed = this.#barrier.time
      this.#barrier = undefined
      if (passed === this.#newest) return reached
    }
  }

  /** Where every partition ends now. */
  async ends(): Promise<Map<string, number>> {
    const ends = new Map<string, number>()
    await Promise.all(
      this.#topics.map(async (topic) => {
        for (const { partition, latest } of await this.#bus.offsets(topic)) ends.set(name(topic, partition), latest)
      }),
    )
    return ends
  }

  hasRead(ends: ReadonlyMap<string, number>): boolean {
    return [...ends].every(([partition, end]) => (this.#positions.get(partition) ?? 0) >= end)
  }
}
