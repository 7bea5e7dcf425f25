import type { Row } from './operator.ts'

/** What rows are grouped or joined by, as one value that a Map tells apart; NULL is a key like any other. */
export type Key = string | number | bigint | boolean | null

/**
 * The key of a row by some of its columns. One column of a scalar type is its own key; several become a text in which no two different
 * keys look the same. DOUBLE keys are told apart by their bits, as in Flink: NaN equals NaN, and -0 is not 0.
 */
export function keyBy(columns: readonly number[]): (row: Row) => Key {
  const [first] = columns
  if (first === undefined) return () => 0
  if (columns.length === 1) return (row) => part(row[first])
  return (row) => {
    let key = ''
    for (const column of columns) key += text(row[column])
    return key
  }
}

/** Whether a column of the key is NULL: such rows join with nothing. */
export function hasNullKey(columns: readonly number[]): (row: Row) => boolean {
  return (row) => columns.some((column) => row[column] === null)
}

/** A whole row as a key: two rows that SQL calls the same have the same. */
export function rowKey(row: Row): string {
  let key = ''
  for (const value of row) key += text(value)
  return key
}

function part(value: unknown): Key {
  if (Object.is(value, -0)) return '-0'
  return value !== null && typeof value === 'object' ? text(value) : (value as Key)
}

/** Length before content, so that nothing in a text can look like the end of it. */
function text(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      return Object.is(value, -0) ? 'n-0;' : `n${value};`
    case 'bigint':
      return `i${value};`
    case 'boolean':
      return value ? 't' : 'f'
    default:
      if (value === null || value === undefined) return '-'
      if (Buffer.isBuffer(value)) return `b${value.toString('base64')};`
      return `[${(value as unknown[]).map(text).join('')}]`
  }
}
