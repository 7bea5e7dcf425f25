import type { Accumulator } from '../aggregates/aggregate.ts'
import type { Row } from './operator.ts'

/**
 * A partial match. Without gaps a match is a stretch of its partition's rows and each variable has a part of it: the rows themselves are in
 * {@link Partition.rows}, shared by all.
 */
export interface Run {
  state: number
  /** The number of its first row; Infinity where there is none yet. */
  start: number
  /** The time of its first row, ms. */
  startTime: number
  /** For variable i the number of its first row at 2i, and that of the row behind its last at 2i + 1; -1 where it has none. */
  readonly bounds: number[]
  /** Running aggregates that conditions look at; undefined where they have seen no row. */
  readonly accs: Array<Accumulator | undefined>
}

/** What is held for one key. */
export interface Partition {
  /** Rows from number `base` on: those that a run may still look at. */
  readonly rows: Row[]
  base: number
  /** Heap of partial matches: the one that has not begun is always among them. */
  runs: Run[]
  /** Heap of complete matches that wait for a partial match which began before them. */
  readonly complete: Run[]
  /** Whether a timer will look at it. */
  timed: boolean
}

/** Where every match begins. Never changed. */
export function notBegun(variables: number): Run {
  const bounds = Array.from({ length: 2 * variables }, () => -1)
  return { state: 0, start: Number.POSITIVE_INFINITY, startTime: 0, bounds, accs: [] }
}

/** The number of the row behind the last one. */
export function endOf({ bounds }: Run): number {
  let end = -1
  for (let i = 1; i < bounds.length; i += 2) if ((bounds[i] as number) > end) end = bounds[i] as number
  return end
}

/** Lets go of rows that no run looks at any more, not one by one. */
export function forgetRows(partition: Partition): void {
  const { rows, runs, complete } = partition
  const oldest = Math.min(runs[0]?.start ?? Number.POSITIVE_INFINITY, complete[0]?.start ?? Number.POSITIVE_INFINITY)
  if (oldest === Number.POSITIVE_INFINITY) {
    partition.base += rows.length
    rows.length = 0
    return
  }
  const unused = oldest - partition.base
  if (unused < 32 || unused * 2 < rows.length) return
  rows.splice(0, unused)
  partition.base = oldest
}
