import { compareBy, type SortColumn } from './compare-rows.ts'
import { type Key, keyBy } from './keys.ts'
import type { Partition, Run } from './match-run.ts'
import { MatchSearch, type MatchSearchOptions } from './match-search.ts'
import { WaitingRows } from './match-waiting.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import { TimeHeap } from './time-heap.ts'

export interface MatchOptions extends Omit<MatchSearchOptions, 'onMatch'> {
  partition: readonly number[]
  /** The column of the row time; -1 where rows are taken as they come, by the clock. */
  time: number
  /** What orders rows of one time. */
  order: readonly SortColumn[]
  /** ms since the epoch; looked at only where rows are taken as they come. */
  now: () => number
  /** The row of a match. */
  result: (partition: Partition, run: Run, end: number, time: number) => Row
  onLate?: OnLate
}

/**
 * MATCH_RECOGNIZE with one row per match. A row that comes in waits until the watermark passes it; the rows of all keys are then taken in
 * the order of their time, so that the result does not depend on where watermarks fell. One behind the watermark is late.
 *
 * A match that waits for an earlier partial match is given out when that one ends: by a row, or when WITHIN has run out for it, and that is
 * then its MATCH_ROWTIME.
 */
export class MatchRecognize extends UnaryOperator {
  readonly #o: MatchOptions
  readonly #search: MatchSearch
  readonly #keyOf: (row: Row) => Key
  readonly #compare: ((a: Row, b: Row) => number) | undefined
  #waiting = new WaitingRows()
  #partitions = new Map<Key, Partition>()
  /** When WITHIN runs out for the oldest partial match of a key that there was when the timer was set. At most one for each key. */
  #timers = new TimeHeap<Key>()
  #current = Number.NEGATIVE_INFINITY
  /** For keys of which nothing is held. */
  #blank: Partition

  constructor(options: MatchOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.partition)
    this.#compare = options.order.length > 0 ? compareBy(options.order) : undefined
    this.#search = new MatchSearch({ ...options, onMatch: (...match) => this.out.row(INSERT, options.result(...match)) })
    this.#blank = this.#search.create()
  }

  get size(): number {
    return this.#waiting.size + this.#partitions.size
  }

  row(_kind: RowKind, row: Row): void {
    const { time } = this.#o
    if (time < 0) {
      const now = this.#o.now()
      this.#fire(now)
      this.#take(row, now)
      return
    }
    const at = row[time] as number
    if (at <= this.#current) this.#o.onLate?.(row)
    else this.#waiting.push(at, row)
  }

  override watermark(ms: number): void {
    const waiting = this.#waiting
    for (let time = waiting.next; time <= ms && waiting.size > 0; time = waiting.next) {
      this.#fire(time)
      const first = waiting.pop() as Row
      if (this.#compare && waiting.next === time) this.#together(time, first)
      else this.#take(first, time)
    }
    if (this.#o.time >= 0) this.#fire(ms)
    this.#current = ms
    this.out.watermark(ms)
  }

  save(): unknown {
    const partitions = [...this.#partitions].map(([key, partition]) => [key, this.#search.save(partition)])
    const timers = this.#timers.sorted().map(({ time, value }) => [time, value])
    return { current: this.#current, waiting: this.#waiting.save(), partitions, timers }
  }

  load(state: unknown): void {
    const { current, waiting, partitions, timers } = state as {
      current: number
      waiting: unknown
      partitions: Array<[Key, unknown]>
      timers: Array<[number, Key]>
    }
    this.#current = current
    this.#waiting = WaitingRows.load(waiting)
    this.#partitions = new Map(partitions.map(([key, partition]) => [key, this.#search.load(partition)]))
    this.#timers = new TimeHeap()
    for (const [time, key] of timers) this.#timers.push(time, key)
  }

  /** Rows of one time, of all keys, by the further columns of ORDER BY. */
  #together(time: number, first: Row): void {
    const rows = [first]
    while (this.#waiting.next === time && this.#waiting.size > 0) rows.push(this.#waiting.pop() as Row)
    for (const row of rows.sort(this.#compare)) this.#take(row, time)
  }

  #take(row: Row, time: number): void {
    const key = this.#keyOf(row)
    const known = this.#partitions.get(key)
    const partition = known ?? this.#blank
    this.#search.row(partition, row, time)
    if (this.#search.isIdle(partition)) {
      if (known && !known.timed) this.#partitions.delete(key)
      return
    }
    if (!known) {
      this.#partitions.set(key, partition)
      this.#blank = this.#search.create()
    }
    if (!partition.timed) this.#schedule(key, partition)
  }

  #schedule(key: Key, partition: Partition): void {
    const expiry = this.#search.expiry(partition)
    partition.timed = expiry < Number.POSITIVE_INFINITY
    if (partition.timed) this.#timers.push(expiry, key)
  }

  /** Lets time go on to `now`, for what WITHIN bounds. A key goes when its timer finds nothing. */
  #fire(now: number): void {
    const timers = this.#timers
    while (timers.next <= now && timers.size > 0) {
      const { time, value: key } = timers.pop(now) as { time: number; value: Key }
      const partition = this.#partitions.get(key)
      if (!partition) continue
      this.#search.expire(partition, time)
      this.#schedule(key, partition)
      if (this.#search.isIdle(partition)) this.#partitions.delete(key)
    }
  }
}
