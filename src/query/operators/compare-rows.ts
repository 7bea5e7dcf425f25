import { compareValues } from '../types/compare-value.ts'
import type { Row } from './operator.ts'

export interface SortColumn {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** The order of two rows by some columns: below 0 when `a` comes first, 0 for ties. */
export function compareBy(order: readonly SortColumn[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { column, descending, nullsFirst } of order) {
      const [x, y] = [a[column], b[column]]
      if (x === null || y === null) {
        if (x !== y) return (x === null) === nullsFirst ? -1 : 1
        continue
      }
      const compared = compareValues(x, y)
      if (compared !== 0) return descending ? -compared : compared
    }
    return 0
  }
}

/** Whether two rows are the same, column by column; NULL and NaN equal themselves here. */
export function sameRow(a: Row, b: Row): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false
  return true
}

function sameValue(x: unknown, y: unknown): boolean {
  if (x === y || Object.is(x, y)) return true
  if (x === null || y === null || typeof x !== 'object' || typeof y !== 'object') return false
  return Buffer.isBuffer(x) ? x.equals(y as Buffer) : sameRow(x as Row, y as Row)
}
