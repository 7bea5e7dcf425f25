import { compareBy, type SortColumn, sameRow } from './compare-rows.ts'
import type { Key } from './keys.ts'
import { adds, DELETE, INSERT, type Row, type RowKind, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'
import { PartitionedOperator, type Touched } from './partitioned.ts'

export interface RankOptions {
  partition: readonly number[]
  order: readonly SortColumn[]
  /** From 1; both inclusive. */
  from: number
  to: number
  /** Whether the number goes out behind the row. */
  number: boolean
  /** Rows may be taken back: then those behind the last place are kept too, as they may come forward. */
  changing: boolean
  ttl: number
}

interface Partition extends Touched {
  rows: Row[]
}

/**
 * Top-N: the rows at places `from` to `to` of each partition. With the number, a row that comes in moves all behind it by one place, and each
 * move is an update; without it, only what enters and leaves goes out.
 */
export class Rank extends PartitionedOperator<Partition> {
  readonly #o: RankOptions
  readonly #compare: (a: Row, b: Row) => number

  constructor(options: RankOptions) {
    super(options.partition, options.ttl)
    this.#o = options
    this.#compare = compareBy(options.order)
  }

  row(kind: RowKind, row: Row): void {
    const key = this.keyOf(row)
    let partition = this.partitions.get(key)
    if (!partition) {
      if (!adds(kind)) return
      partition = { rows: [], touched: 0 }
      this.partitions.set(key, partition)
    }
    partition.touched = this.expiry.now
    if (adds(kind)) this.#add(partition, row)
    else this.#remove(key, partition, row)
  }

  #add(partition: Partition, row: Row): void {
    const { from, to, number, changing } = this.#o
    const { rows } = partition
    let [low, high] = [0, rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(rows[middle] as Row, row) <= 0) low = middle + 1
      else high = middle
    }
    if (low >= to && !changing) return
    rows.splice(low, 0, row)
    // Places from `low` on have changed; `rows[i + 1]` is what was at i before.
    if (number) {
      for (let i = Math.max(low, from - 1); i < Math.min(to, rows.length); i++) {
        const before = rows[i + 1]
        if (before) {
          this.out.row(UPDATE_BEFORE, [...before, i + 1])
          this.out.row(UPDATE_AFTER, [...(rows[i] as Row), i + 1])
        } else this.out.row(INSERT, [...(rows[i] as Row), i + 1])
      }
    } else if (low < to) {
      const left = rows[to]
      const entered = rows[Math.max(low, from - 1)]
      // A single row is replaced, as in Flink; of several one leaves and another enters.
      if (left) this.out.row(to === 1 ? UPDATE_BEFORE : DELETE, left)
      if (entered) this.out.row(left && to === 1 ? UPDATE_AFTER : INSERT, entered)
    }
    if (!changing && rows.length > to) rows.pop()
  }

  #remove(key: Key, partition: Partition, row: Row): void {
    const { from, to, number } = this.#o
    const { rows } = partition
    const place = rows.findIndex((held) => sameRow(held, row))
    if (place < 0) return
    const [gone] = rows.splice(place, 1)
    if (rows.length === 0) this.partitions.delete(key)
    if (place >= to || !gone) return
    if (number) {
      // `rows[i - 1]` is what was at i before; the last place that was taken is free now, or taken by who comes up.
      let before: Row = gone
      for (let i = place; i < Math.min(to, rows.length + 1); i++) {
        const now = rows[i]
        if (i >= from - 1) {
          if (now) {
            this.out.row(UPDATE_BEFORE, [...before, i + 1])
            this.out.row(UPDATE_AFTER, [...now, i + 1])
          } else this.out.row(DELETE, [...before, i + 1])
        }
        if (now) before = now
      }
      return
    }
    const left = place >= from - 1 ? gone : rows[from - 2]
    if (left) this.out.row(DELETE, left)
    const entered = rows[to - 1]
    if (entered) this.out.row(INSERT, entered)
  }
}
