/** Watermarks of the partitions of one scan, and the smallest of them, which is the scan's. */
export class WatermarkTracker {
  readonly #forward: (ms: number) => void
  readonly #partitions = new Map<number, { mark: number; idle: boolean }>()
  #current = Number.NEGATIVE_INFINITY
  /** The partition that was heard last, and its mark: records come in runs. */
  #last: { mark: number; idle: boolean } | undefined
  #lastPartition = -1

  constructor(forward: (ms: number) => void) {
    this.#forward = forward
  }

  /** The scan's watermark, ms; -Infinity before the first. */
  get current(): number {
    return this.#current
  }

  /** Partitions that must be heard from before there is a watermark. */
  expect(partitions: Iterable<number>): void {
    for (const partition of partitions) this.#partition(partition)
  }

  saw(partition: number, mark: number): void {
    const own = partition === this.#lastPartition && this.#last ? this.#last : this.#partition(partition)
    this.#last = own
    this.#lastPartition = partition
    own.idle = false
    if (mark <= own.mark) return
    const wasFirst = own.mark <= this.#current
    own.mark = mark
    if (wasFirst || this.#partitions.size === 1) this.#advance()
  }

  /** A partition from which nothing comes holds the others back no longer, until something comes. */
  idle(partition: number): void {
    const own = this.#partition(partition)
    if (own.idle) return
    own.idle = true
    this.#advance()
  }

  /** Nothing comes from any of the partitions. */
  get resting(): boolean {
    for (const { idle } of this.#partitions.values()) if (!idle) return false
    return this.#partitions.size > 0
  }

  /** Time has come to `ms` by what others say: a scan from which nothing comes holds them back no longer. */
  follow(ms: number): void {
    if (ms <= this.#current) return
    this.#current = ms
    this.#forward(ms)
  }

  /** All that was read is taken for all that there is up to the newest time: the watermark goes there, and stays behind what comes later. */
  drain(): void {
    let newest = Number.NEGATIVE_INFINITY
    for (const { mark } of this.#partitions.values()) newest = Math.max(newest, mark)
    if (newest <= this.#current) return
    this.#current = newest
    this.#forward(newest)
  }

  /** The input has ended. */
  end(): void {
    this.#current = Number.POSITIVE_INFINITY
    this.#forward(this.#current)
  }

  save(): unknown {
    return { current: this.#current, partitions: [...this.#partitions] }
  }

  load(state: unknown): void {
    const { current, partitions } = state as { current: number; partitions: Array<[number, { mark: number; idle: boolean }]> }
    this.#current = current
    this.#partitions.clear()
    for (const [partition, own] of partitions) this.#partitions.set(partition, own)
    this.#last = undefined
    this.#lastPartition = -1
  }

  #partition(partition: number): { mark: number; idle: boolean } {
    let own = this.#partitions.get(partition)
    if (!own) {
      own = { mark: Number.NEGATIVE_INFINITY, idle: false }
      this.#partitions.set(partition, own)
    }
    return own
  }

  #advance(): void {
    let smallest = Number.POSITIVE_INFINITY
    for (const { mark, idle } of this.#partitions.values()) if (!idle && mark < smallest) smallest = mark
    if (smallest === Number.POSITIVE_INFINITY || smallest <= this.#current) return
    this.#current = smallest
    this.#forward(smallest)
  }
}
