import type { Accumulator, Aggregates } from '../aggregates/aggregate.ts'
import { sameRow } from './compare-rows.ts'
import { Expiry } from './expiry.ts'
import { type Key, keyBy } from './keys.ts'
import { adds, DELETE, INSERT, type Row, type RowKind, UnaryOperator, UPDATE_AFTER, UPDATE_BEFORE } from './operator.ts'

export interface GroupAggregateOptions {
  keys: readonly number[]
  aggregates: Aggregates
  /** Input rows may be taken back: the last of `aggregates` then is COUNT(*), left out of the result; a group without rows is gone. */
  retract: boolean
  /** How long a group is kept that no row came for, ms of watermark; 0 for ever (`table.exec.state.ttl`). */
  ttl: number
}

interface Group {
  readonly acc: Accumulator
  /** The row that was last given out. */
  result: Row
  touched: number
}

/**
 * GROUP BY without a window: every row changes the result of its group. A row that goes out: the keys, the aggregates. As Flink: the first
 * is INSERT, a change is UPDATE_BEFORE and UPDATE_AFTER, no change is nothing, a group whose last row was taken back is DELETE.
 */
export class GroupAggregate extends UnaryOperator {
  readonly #o: GroupAggregateOptions
  readonly #keyOf: (row: Row) => Key
  readonly #rowOf: (acc: Accumulator, row: Row) => unknown[]
  readonly #expiry: Expiry
  #groups = new Map<Key, Group>()

  constructor(options: GroupAggregateOptions) {
    super()
    this.#o = options
    this.#keyOf = keyBy(options.keys)
    this.#rowOf = options.aggregates.rowOf(options.keys)
    this.#expiry = new Expiry(options.ttl)
  }

  get size(): number {
    return this.#groups.size
  }

  row(kind: RowKind, row: Row): void {
    const { aggregates, retract } = this.#o
    const key = this.#keyOf(row)
    const group = this.#groups.get(key)
    if (!group) {
      // What takes back a row of a group that is not (or no longer) there changes nothing, as in Flink.
      if (adds(kind)) this.#begin(key, row)
      return
    }
    if (adds(kind)) aggregates.add(group.acc, row)
    else aggregates.retract(group.acc, row)
    const result = this.#rowOf(group.acc, row)
    if (retract && result.pop() === 0) {
      this.#groups.delete(key)
      this.out.row(DELETE, group.result)
      return
    }
    const before = group.result
    group.touched = this.#expiry.now
    // With a time to live Flink gives out a row even where nothing changed, so that what comes behind keeps its state too.
    if (this.#o.ttl === 0 && sameRow(before, result)) return
    group.result = result
    this.out.row(UPDATE_BEFORE, before)
    this.out.row(UPDATE_AFTER, result)
  }

  override watermark(ms: number): void {
    if (this.#expiry.due(ms)) for (const [key, { touched }] of this.#groups) if (this.#expiry.gone(touched)) this.#groups.delete(key)
    this.out.watermark(ms)
  }

  save(): unknown {
    const groups = [...this.#groups].map(([key, { acc, result, touched }]) => [key, this.#o.aggregates.save(acc), result, touched])
    return { groups, expiry: this.#expiry.save() }
  }

  load(state: unknown): void {
    const { groups, expiry } = state as { groups: Array<[Key, unknown[], Row, number]>; expiry: unknown }
    this.#expiry.load(expiry)
    this.#groups = new Map(groups.map(([key, acc, result, touched]) => [key, { acc: this.#o.aggregates.load(acc), result, touched }]))
  }

  #begin(key: Key, row: Row): void {
    const acc = this.#o.aggregates.create()
    this.#o.aggregates.add(acc, row)
    const result = this.#rowOf(acc, row)
    if (this.#o.retract) result.pop()
    this.#groups.set(key, { acc, result, touched: this.#expiry.now })
    this.out.row(INSERT, result)
  }
}
