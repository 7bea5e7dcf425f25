import { compareBy, type SortColumn } from './compare-rows.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, DELETE, INSERT, type Row, type RowKind, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'
import { PartitionedOperator, type Touched } from './partitioned.ts'

export interface UpdatingRankOptions {
  partition: readonly number[]
  /** Columns that tell rows apart: a row replaces the one with the same. */
  unique: readonly number[]
  order: readonly SortColumn[]
  to: number
  /** Whether the number goes out behind the row. */
  number: boolean
  ttl: number
}

interface Partition extends Touched {
  /** The best, in order; ties in order of arrival. */
  rows: Row[]
}

/**
 * Top-N of rows that only ever come forward (counts, maxima): the newest row of a key replaces the one before, without it being taken back
 * first, and what is behind the last place can be forgotten.
 */
export class UpdatingRank extends PartitionedOperator<Partition> {
  readonly #o: UpdatingRankOptions
  readonly #rowKeyOf: (row: Row) => Key
  readonly #compare: (a: Row, b: Row) => number

  constructor(options: UpdatingRankOptions) {
    super(options.partition, options.ttl)
    this.#o = options
    this.#rowKeyOf = keyBy(options.unique)
    this.#compare = compareBy(options.order)
  }

  row(kind: RowKind, row: Row): void {
    // What is taken back is replaced by the row that follows.
    if (!adds(kind)) return
    const key = this.keyOf(row)
    let partition = this.partitions.get(key)
    if (!partition) {
      partition = { rows: [], touched: 0 }
      this.partitions.set(key, partition)
    }
    partition.touched = this.expiry.now
    const own = this.#rowKeyOf(row)
    const at = partition.rows.findIndex((held) => this.#rowKeyOf(held) === own)
    if (at >= 0) this.#replace(partition.rows, at, row)
    else this.#insert(partition.rows, row)
  }

  #replace(rows: Row[], at: number, row: Row): void {
    const [old] = rows.splice(at, 1) as [Row]
    const to = this.#compare(row, old) === 0 ? at : this.#place(rows, row)
    rows.splice(to, 0, row)
    if (!this.#o.number) {
      this.out.row(UPDATE_BEFORE, old)
      this.out.row(UPDATE_AFTER, row)
      return
    }
    if (to > at) this.#moveBack(rows, old, at, to)
    else this.#moveUp(rows, old, at, to)
  }

  /** Those between the new place and the old one go back by one. */
  #moveUp(rows: readonly Row[], old: Row, from: number, to: number): void {
    if (from > to) this.#out(UPDATE_BEFORE, rows[to + 1] as Row, to)
    this.#out(UPDATE_BEFORE, old, from)
    this.#out(UPDATE_AFTER, rows[to] as Row, to)
    for (let i = to + 1; i <= from; i++) {
      if (i < from) this.#out(UPDATE_BEFORE, rows[i + 1] as Row, i)
      this.#out(UPDATE_AFTER, rows[i] as Row, i)
    }
  }

  /** Only where what counts has forgotten (time to live): it begins again further back. */
  #moveBack(rows: readonly Row[], old: Row, from: number, to: number): void {
    this.#out(UPDATE_BEFORE, old, from)
    for (let i = from; i < to; i++) {
      this.#out(UPDATE_BEFORE, rows[i] as Row, i + 1)
      this.#out(UPDATE_AFTER, rows[i] as Row, i)
    }
    this.#out(UPDATE_AFTER, rows[to] as Row, to)
  }

  #insert(rows: Row[], row: Row): void {
    const { to, number } = this.#o
    const at = this.#place(rows, row)
    if (at >= to) return
    rows.splice(at, 0, row)
    const gone = rows.length > to ? rows.pop() : undefined
    if (!number) {
      // A single row is replaced, as in Flink; of several one leaves and another enters.
      const replaced = gone !== undefined && to === 1
      if (gone) this.out.row(replaced ? UPDATE_BEFORE : DELETE, gone)
      this.out.row(replaced ? UPDATE_AFTER : INSERT, row)
      return
    }
    for (let i = at; i < rows.length; i++) {
      const before = i + 1 < rows.length ? rows[i + 1] : gone
      if (before) this.#out(UPDATE_BEFORE, before, i)
      this.#out(before ? UPDATE_AFTER : INSERT, rows[i] as Row, i)
    }
  }

  /** Behind those that tie with it. */
  #place(rows: readonly Row[], row: Row): number {
    let at = rows.length
    while (at > 0 && this.#compare(rows[at - 1] as Row, row) > 0) at--
    return at
  }

  #out(kind: RowKind, row: Row, place: number): void {
    this.out.row(kind, [...row, place + 1])
  }
}
