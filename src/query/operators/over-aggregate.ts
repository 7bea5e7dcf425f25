import type { Accumulator, Aggregates } from '../aggregates/aggregate.ts'
import { type Key, keyBy } from './keys.ts'
import { INSERT, type OnLate, type Row, type RowKind, UnaryOperator } from './operator.ts'
import type { Numbering } from './over-functions.ts'
import { TimeHeap } from './time-heap.ts'

export interface OverOptions {
  partition: readonly number[]
  /** The column of the row time; -1 where rows are taken in order of arrival (processing time). */
  time: number
  frame: { readonly units: 'ROWS' | 'RANGE'; readonly preceding: number }
  /** Compiled to be taken back, where the frame does not reach to the first row. */
  aggregates: Aggregates
  /** Functions of the order: LAG, ROW_NUMBER …, and where in the result their values stand between those of the aggregates. */
  numbering: Numbering
  onLate?: OnLate
}

interface Partition {
  readonly acc: Accumulator
  /** Rows that are in the frame, from `head`; only where the frame has a beginning. */
  rows: Row[]
  head: number
  /** Rows of one time, until all of them are there. */
  together: Row[]
  /** What the functions of the order remember. */
  order: unknown
  /** Time of the last row that was answered. As in Flink nothing comes before 1970. */
  last: number
  /** RANGE: when the watermark gets here, the partition is forgotten. */
  until: number
}

/**
 * Aggregates over the rows before each row, along the time. A row that comes in waits until the watermark passes it; rows of one time keep
 * the order of their arrival. Goes out: the row, then the values.
 *
 * What is late is Flink's rule. Where the frame goes back to the first row: a row behind the watermark. Otherwise a row that is not after
 * the last one answered in its own partition, so that one behind the watermark is still answered, with the next watermark. A frame by RANGE
 * forgets that last one between 1 and 1.5 times its length after it (RowTimeRangeBoundedPrecedingFunction of Flink 2.2.1).
 */
export class OverAggregate extends UnaryOperator {
  readonly #o: OverOptions
  readonly #keyOf: (row: Row) => Key
  /** Whether rows leave the frame. */
  readonly #bounded: boolean
  /** The row and its results, where there are no others; made for the first row's width. */
  #rowOf: ((acc: Accumulator, row: Row) => Row) | undefined
  #waiting = new TimeHeap<Row>()
  #partitions = new Map<Key, Partition>()
  #current = Number.NEGATIVE_INFINITY

  constructor(options: OverOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.partition)
    this.#bounded = Number.isFinite(options.frame.preceding)
  }

  get size(): number {
    return this.#waiting.size + this.#partitions.size
  }

  row(_kind: RowKind, row: Row): void {
    const { time } = this.#o
    if (time < 0) {
      this.#one(this.#partition(row), 0, row)
      return
    }
    const at = row[time] as number
    if (this.#isLate(row, at)) this.#o.onLate?.(row)
    else this.#waiting.push(at, row)
  }

  #isLate(row: Row, at: number): boolean {
    const { units, preceding } = this.#o.frame
    if (!this.#bounded) return at <= this.#current
    const key = this.#keyOf(row)
    let partition = this.#partitions.get(key)
    if (units === 'ROWS') return at <= this.#current && at <= (partition?.last ?? 0)
    if (partition && partition.until <= this.#current) {
      this.#partitions.delete(key)
      partition = undefined
    }
    if (at <= (partition?.last ?? 0)) return true
    partition ??= this.#create(key)
    if (partition.until < at + preceding + 1) partition.until = at + Math.trunc(preceding * 1.5) + 1
    return false
  }

  override watermark(ms: number): void {
    if (ms <= this.#current) return
    const waiting = this.#waiting
    for (let time = waiting.next; time <= ms && waiting.size > 0; time = waiting.next) {
      const first = waiting.pop(time)?.value as Row
      if (waiting.next === time) this.#several(time, first)
      else this.#one(this.#partition(first), time, first)
    }
    this.#current = ms
    this.out.watermark(ms)
  }

  save(): unknown {
    const { aggregates } = this.#o
    const partitions = [...this.#partitions].map(([key, p]) => [
      key,
      aggregates.save(p.acc),
      p.rows.slice(p.head),
      p.order,
      p.last,
      p.until,
    ])
    return { current: this.#current, waiting: this.#waiting.sorted().map(({ time, value }) => [time, value]), partitions }
  }

  load(state: unknown): void {
    const { current, waiting, partitions } = state as {
      current: number
      waiting: Array<[number, Row]>
      partitions: Array<[Key, unknown[], Row[], unknown, number, number]>
    }
    this.#current = current
    this.#waiting = new TimeHeap()
    for (const [time, row] of waiting) this.#waiting.push(time, row)
    this.#partitions = new Map(
      partitions.map(([key, acc, rows, order, last, until]) => [
        key,
        { acc: this.#o.aggregates.load(acc), rows, head: 0, together: [], order, last, until },
      ]),
    )
  }

  #partition(row: Row): Partition {
    const key = this.#keyOf(row)
    return this.#partitions.get(key) ?? this.#create(key)
  }

  #create(key: Key): Partition {
    const { aggregates, numbering } = this.#o
    const order = numbering.create()
    const partition = { acc: aggregates.create(), rows: [], head: 0, together: [], order, last: 0, until: Number.NEGATIVE_INFINITY }
    this.#partitions.set(key, partition)
    return partition
  }

  /** All that wait with this time, partition by partition in the order in which the first of each came. */
  #several(time: number, first: Row): void {
    const partitions: Partition[] = []
    let row: Row | undefined = first
    while (row) {
      const partition = this.#partition(row)
      if (partition.together.push(row) === 1) partitions.push(partition)
      row = this.#waiting.pop(time)?.value
    }
    for (const partition of partitions) {
      const rows = partition.together
      partition.last = time
      if (this.#o.frame.units === 'RANGE') {
        this.#leaveBefore(partition, time - this.#o.frame.preceding)
        for (const each of rows) this.#enter(partition, each)
        for (const each of rows) this.#emit(partition, time, each)
      } else for (const each of rows) this.#one(partition, time, each)
      rows.length = 0
    }
  }

  /** A row that is the only one of its partition and time, or the next one of a ROWS frame. */
  #one(partition: Partition, time: number, row: Row): void {
    const { units, preceding } = this.#o.frame
    partition.last = time
    // Out before in, as Flink: sums of DOUBLE depend on the order.
    if (units === 'RANGE') this.#leaveBefore(partition, time - preceding)
    else if (partition.rows.length - partition.head > preceding) this.#leaveFirst(partition)
    this.#enter(partition, row)
    this.#emit(partition, time, row)
  }

  #enter(partition: Partition, row: Row): void {
    if (this.#bounded) partition.rows.push(row)
    this.#o.aggregates.add(partition.acc, row)
    this.#o.numbering.enter(row, partition.order)
  }

  /** Rows of processing time have no time that they could leave by. */
  #leaveBefore(partition: Partition, time: number): void {
    const column = this.#o.time
    if (!this.#bounded || column < 0) return
    for (let row = partition.rows[partition.head]; row && (row[column] as number) < time; row = partition.rows[partition.head])
      this.#leaveFirst(partition)
  }

  #leaveFirst(partition: Partition): void {
    const row = partition.rows[partition.head++] as Row
    this.#o.aggregates.retract(partition.acc, row)
    if (partition.head < 64 || partition.head * 2 < partition.rows.length) return
    partition.rows = partition.rows.slice(partition.head)
    partition.head = 0
  }

  #emit(partition: Partition, time: number, row: Row): void {
    const { aggregates, numbering } = this.#o
    if (numbering.empty) {
      this.#rowOf ??= aggregates.rowOf([...row.keys()])
      this.out.row(INSERT, this.#rowOf(partition.acc, row))
      return
    }
    const values: unknown[] = []
    aggregates.results(partition.acc, values)
    this.out.row(INSERT, numbering.place(row, values, partition.order, time))
  }
}
