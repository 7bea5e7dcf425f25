/** A partition, and where its time is. */
interface Partition {
  mark: number
  idle: boolean
  /** How many records in a row were too far ahead to be believed, and the smallest mark among them. */
  ahead: number
  aheadMark: number
}

/** So many records in a row say that time has moved on indeed: the stream had a pause, not one record a wrong clock. */
const BELIEVED = 3

/** Watermarks of the partitions of one scan, and the smallest of them, which is the scan's. */
export class WatermarkTracker {
  readonly #forward: (ms: number) => void
  readonly #partitions = new Map<number, Partition>()
  #current = Number.NEGATIVE_INFINITY
  /** The partition that was heard last, and its mark: records come in runs. */
  #last: Partition | undefined
  #lastPartition = -1
  #maxAdvance = Number.POSITIVE_INFINITY
  #onJump: ((partition: number, mark: number, current: number) => void) | undefined

  constructor(forward: (ms: number) => void) {
    this.#forward = forward
  }

  /** The scan's watermark, ms; -Infinity before the first. */
  get current(): number {
    return this.#current
  }

  /**
   * Believe no single record that would carry its partition forward by more than `maxAdvance` ms: the mark moves there only once three records in
   * a row say so, and then no further than the least of them. The first record of a partition is believed with the second.
   */
  guard(maxAdvance: number, onJump?: (partition: number, mark: number, current: number) => void): void {
    this.#maxAdvance = maxAdvance
    this.#onJump = onJump
  }

  /** Partitions that must be heard from before there is a watermark. */
  expect(partitions: Iterable<number>): void {
    for (const partition of partitions) this.#partition(partition)
  }

  saw(partition: number, mark: number): void {
    const own = partition === this.#lastPartition && this.#last ? this.#last : this.#partition(partition)
    this.#last = own
    this.#lastPartition = partition
    if (own.idle) {
      // Where all were idle, there is a smallest again.
      own.idle = false
      this.#advance()
    }
    if (mark - own.mark > this.#maxAdvance) {
      this.#jumped(partition, own, mark)
      return
    }
    own.ahead = 0
    if (mark > own.mark) this.#move(own, mark)
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

  /** All that was read is taken for all that there is up to the newest time: the watermark goes there, and stays behind what comes later. */
  drain(): void {
    let newest = Number.NEGATIVE_INFINITY
    for (const own of this.#partitions.values()) newest = Math.max(newest, believed(own))
    if (newest <= this.#current) return
    this.#current = newest
    this.#forward(newest)
  }

  /** The input has ended. */
  end(): void {
    this.#current = Number.POSITIVE_INFINITY
    this.#forward(this.#current)
  }

  /** Time is at least `ms` elsewhere, and nothing is to come here from before: for partitions that others read. */
  advanceTo(ms: number): void {
    if (ms <= this.#current) return
    this.#current = ms
    this.#forward(ms)
  }

  save(): unknown {
    return { current: this.#current, partitions: [...this.#partitions] }
  }

  load(state: unknown): void {
    const { current, partitions } = state as { current: number; partitions: Array<[number, Partition]> }
    this.#current = current
    this.#partitions.clear()
    for (const [partition, own] of partitions) this.#partitions.set(partition, own)
    this.#last = undefined
    this.#lastPartition = -1
  }

  #partition(partition: number): Partition {
    let own = this.#partitions.get(partition)
    if (!own) {
      own = { mark: Number.NEGATIVE_INFINITY, idle: false, ahead: 0, aheadMark: 0 }
      this.#partitions.set(partition, own)
    }
    return own
  }

  #jumped(partition: number, own: Partition, mark: number): void {
    const first = own.mark === Number.NEGATIVE_INFINITY
    const before = own.aheadMark
    own.aheadMark = own.ahead === 0 ? mark : Math.min(before, mark)
    own.ahead++
    if (first && own.ahead === 2) {
      const apart = Math.abs(mark - before) > this.#maxAdvance
      const later = Math.max(mark, before)
      own.ahead = apart ? 1 : 0
      const next = apart ? own.aheadMark : later
      own.aheadMark = later
      if (apart) this.#onJump?.(partition, later, next)
      this.#move(own, next)
    } else if (!first && own.ahead >= BELIEVED) {
      own.ahead = 0
      this.#move(own, own.aheadMark)
    } else if (!first) this.#onJump?.(partition, mark, own.mark)
  }

  #move(own: Partition, mark: number): void {
    const wasFirst = own.mark <= this.#current
    own.mark = mark
    if (wasFirst || this.#partitions.size === 1) this.#advance()
  }

  #advance(): void {
    let smallest = Number.POSITIVE_INFINITY
    for (const { mark, idle } of this.#partitions.values()) if (!idle && mark < smallest) smallest = mark
    if (smallest === Number.POSITIVE_INFINITY || smallest <= this.#current) return
    this.#current = smallest
    this.#forward(smallest)
  }
}

/** Of a partition that had one record only, that one counts. */
function believed({ mark, ahead, aheadMark }: Partition): number {
  return mark === Number.NEGATIVE_INFINITY && ahead > 0 ? aheadMark : mark
}
