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

interface Held {
  readonly time: number
  readonly row: Row
}

interface Partition {
  readonly acc: Accumulator
  /** Rows that are in the frame, from `head`; only where the frame has a beginning. */
  rows: Held[]
  head: number
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
  #waiting = new TimeHeap<Row>()
  #partitions = new Map<Key, Partition>()
  #current = Number.NEGATIVE_INFINITY

  constructor(options: OverOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.partition)
  }

  get size(): number {
    return this.#waiting.size + this.#partitions.size
  }

  row(_kind: RowKind, row: Row): void {
    const { time } = this.#o
    if (time < 0) {
      this.#together(this.#keyOf(row), 0, [row])
      return
    }
    const at = row[time] as number
    if (this.#isLate(row, at)) this.#o.onLate?.(row)
    else this.#waiting.push(at, row)
  }

  #isLate(row: Row, at: number): boolean {
    const { units, preceding } = this.#o.frame
    if (preceding === Number.POSITIVE_INFINITY) return at <= this.#current
    if (units === 'ROWS') return at <= this.#current && at <= (this.#partitions.get(this.#keyOf(row))?.last ?? 0)
    const key = this.#keyOf(row)
    let partition = this.#partitions.get(key)
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
    while (waiting.size > 0 && waiting.next <= ms) {
      const time = waiting.next
      const first = waiting.pop(time)?.value as Row
      if (waiting.next !== time) {
        this.#together(this.#keyOf(first), time, [first])
        continue
      }
      const groups = new Map<Key, Row[]>([[this.#keyOf(first), [first]]])
      for (let next = waiting.pop(time); next; next = waiting.pop(time)) {
        const key = this.#keyOf(next.value)
        const group = groups.get(key)
        if (group) group.push(next.value)
        else groups.set(key, [next.value])
      }
      for (const [key, rows] of groups) this.#together(key, time, rows)
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
      partitions: Array<[Key, unknown[], Held[], unknown, number, number]>
    }
    this.#current = current
    this.#waiting = new TimeHeap()
    for (const [time, row] of waiting) this.#waiting.push(time, row)
    this.#partitions = new Map(
      partitions.map(([key, acc, rows, order, last, until]) => [
        key,
        { acc: this.#o.aggregates.load(acc), rows, head: 0, order, last, until },
      ]),
    )
  }

  #create(key: Key): Partition {
    const { aggregates, numbering } = this.#o
    const partition = { acc: aggregates.create(), rows: [], head: 0, order: numbering.create(), last: 0, until: Number.NEGATIVE_INFINITY }
    this.#partitions.set(key, partition)
    return partition
  }

  /** Rows of one partition and one time. */
  #together(key: Key, time: number, rows: readonly Row[]): void {
    const { frame } = this.#o
    const partition = this.#partitions.get(key) ?? this.#create(key)
    partition.last = time
    if (frame.units === 'RANGE') {
      this.#leave(partition, (held) => held.time < time - frame.preceding)
      for (const row of rows) this.#enter(partition, time, row)
      for (const row of rows) this.#emit(partition, time, row)
      return
    }
    for (const row of rows) {
      // Out before in, as Flink: sums of DOUBLE depend on the order.
      if (partition.rows.length - partition.head > frame.preceding) this.#leaveFirst(partition)
      this.#enter(partition, time, row)
      this.#emit(partition, time, row)
    }
  }

  #enter(partition: Partition, time: number, row: Row): void {
    if (Number.isFinite(this.#o.frame.preceding)) partition.rows.push({ time, row })
    this.#o.aggregates.add(partition.acc, row)
    this.#o.numbering.enter(row, partition.order)
  }

  #leave(partition: Partition, gone: (held: Held) => boolean): void {
    for (let held = partition.rows[partition.head]; held && gone(held); held = partition.rows[partition.head]) this.#leaveFirst(partition)
  }

  #leaveFirst(partition: Partition): void {
    const held = partition.rows[partition.head++] as Held
    this.#o.aggregates.retract(partition.acc, held.row)
    if (partition.head < 64 || partition.head * 2 < partition.rows.length) return
    partition.rows = partition.rows.slice(partition.head)
    partition.head = 0
  }

  #emit(partition: Partition, time: number, row: Row): void {
    const values: unknown[] = []
    this.#o.aggregates.results(partition.acc, values)
    this.out.row(INSERT, this.#o.numbering.place(row, values, partition.order, time))
  }
}
