import type { Aggregates } from '../aggregates/aggregate.ts'
import { compareBy, type SortColumn, sameRow } from './compare-rows.ts'
import { adds, DELETE, type Row, type RowKind, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'
import { PartitionedOperator, type Touched } from './partitioned.ts'

export interface SortedOverOptions {
  partition: readonly number[]
  order: SortColumn
  /** RANGE: rows that tie see each other; ROWS: each sees those that came before it. The frame begins at the first row. */
  units: 'ROWS' | 'RANGE'
  /** What goes out behind the row, in order: functions of the place, or the next of `aggregates`. */
  values: ReadonlyArray<'ROW_NUMBER' | 'RANK' | 'DENSE_RANK' | 'AGGREGATE'>
  aggregates: Aggregates
  ttl: number
}

interface Partition extends Touched {
  /** In order; ties in order of arrival. */
  rows: Row[]
  /** What went out behind each of them. */
  values: Row[]
}

/**
 * OVER ordered by a value that is no time: a row that comes in changes the results of all rows behind it, and those go out again. Every row is
 * kept, and each new one costs a walk over its partition.
 */
export class SortedOver extends PartitionedOperator<Partition> {
  readonly #o: SortedOverOptions
  readonly #compare: (a: Row, b: Row) => number

  constructor(options: SortedOverOptions) {
    super(options.partition, options.ttl)
    this.#o = options
    this.#compare = compareBy([options.order])
  }

  row(kind: RowKind, row: Row): void {
    const key = this.keyOf(row)
    const partition = this.partitions.get(key) ?? { rows: [], values: [], touched: 0 }
    partition.touched = this.expiry.now
    if (adds(kind)) {
      this.partitions.set(key, partition)
      this.#insert(partition, kind, row)
      return
    }
    this.#remove(partition, row)
    if (partition.rows.length === 0) this.partitions.delete(key)
  }

  #insert(partition: Partition, kind: RowKind, row: Row): void {
    const { rows } = partition
    let at = rows.length
    while (at > 0 && this.#compare(rows[at - 1] as Row, row) > 0) at--
    rows.splice(at, 0, row)
    const before = [...partition.values]
    before.splice(at, 0, [])
    partition.values = this.#results(rows)
    for (let i = this.#firstChanged(rows, at); i < rows.length; i++) {
      if (i === at) this.out.row(kind, [...row, ...(partition.values[i] as Row)])
      else this.#update(rows[i] as Row, before[i] as Row, partition.values[i] as Row)
    }
  }

  #remove(partition: Partition, row: Row): void {
    const { rows, values: before } = partition
    const at = rows.findIndex((held) => sameRow(held, row))
    if (at < 0) return
    const first = this.#firstChanged(rows, at)
    const left = rows.filter((_, i) => i !== at)
    partition.values = this.#results(left)
    for (let i = first; i < rows.length; i++) {
      if (i === at) this.out.row(DELETE, [...(rows[i] as Row), ...(before[i] as Row)])
      else this.#update(rows[i] as Row, before[i] as Row, partition.values[i > at ? i - 1 : i] as Row)
    }
    partition.rows = left
  }

  #update(row: Row, before: Row, after: Row): void {
    if (sameRow(before, after)) return
    this.out.row(UPDATE_BEFORE, [...row, ...before])
    this.out.row(UPDATE_AFTER, [...row, ...after])
  }

  /** Rows that tie with the one at `at` change with it, where they see each other. */
  #firstChanged(rows: readonly Row[], at: number): number {
    let first = at
    if (this.#o.units === 'RANGE') while (first > 0 && this.#compare(rows[first - 1] as Row, rows[at] as Row) === 0) first--
    return first
  }

  #results(rows: readonly Row[]): Row[] {
    const { aggregates, units, values } = this.#o
    const acc = aggregates.create()
    const results: Row[] = []
    for (let start = 0, dense = 1; start < rows.length; dense++) {
      let end = start
      while (end < rows.length && this.#compare(rows[start] as Row, rows[end] as Row) === 0) end++
      if (units === 'RANGE') for (let i = start; i < end; i++) aggregates.add(acc, rows[i] as Row)
      for (let i = start; i < end; i++) {
        if (units === 'ROWS') aggregates.add(acc, rows[i] as Row)
        const aggregated: unknown[] = []
        aggregates.results(acc, aggregated)
        let next = 0
        results.push(
          values.map((value) => {
            if (value === 'AGGREGATE') return aggregated[next++]
            return value === 'ROW_NUMBER' ? i + 1 : value === 'RANK' ? start + 1 : dense
          }),
        )
      }
      start = end
    }
    return results
  }
}
