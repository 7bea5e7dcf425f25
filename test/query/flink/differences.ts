import { isDeepStrictEqual } from 'node:util'
import type { ExpressionCase, QueryCase } from '../cases/read.ts'
import type { QueryAnswer } from './ask-queries.ts'

/** What differs between the recorded answers and the ones that Flink gives now, one line each. */
export function expressionDifferences(recorded: readonly ExpressionCase[], asked: readonly ExpressionCase[]): string[] {
  return recorded.flatMap((expected, i) => {
    const actual = asked[i]
    return isDeepStrictEqual(expected, actual)
      ? []
      : [`${expected.sql}\n  recorded ${JSON.stringify(expected)}\n  flink    ${JSON.stringify(actual)}`]
  })
}

/** What differs, or null. Rows without a determined order are compared as a multiset. */
export function queryDifference(recorded: QueryCase, asked: QueryAnswer): string | null {
  const expected = {
    refused: recorded.refused,
    failed: recorded.failed,
    columns: recorded.columns,
    rows: inOrder(recorded.order, recorded.rows),
  }
  const actual = {
    refused: asked.refused,
    failed: asked.failed,
    columns: asked.columns ?? [],
    rows: inOrder(recorded.order, asked.rows ?? []),
  }
  if (isDeepStrictEqual(expected, actual)) return null
  return `${recorded.id}\n  recorded ${JSON.stringify(expected)}\n  flink    ${JSON.stringify(actual)}`
}

/** Rows as the order rule lets them be compared. */
export function inOrder(order: QueryCase['order'], rows: readonly string[]): readonly string[] {
  if (order === 'exact') return rows
  return (order === 'table' ? tableOf(rows) : [...rows]).sort()
}

/** The rows of the table that a changelog leads to, as insertions, sorted. */
export function tableOf(rows: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const [, kind = '', fields = ''] = /^\{"kind":"(\w+)",(.*)\}$/.exec(row) ?? []
    counts.set(fields, (counts.get(fields) ?? 0) + (kind === 'INSERT' || kind === 'UPDATE_AFTER' ? 1 : -1))
  }
  const table: string[] = []
  for (const [fields, count] of counts) {
    if (count < 0) throw new Error(`deleted, but never inserted: ${fields}`)
    for (let i = 0; i < count; i++) table.push(`{"kind":"INSERT",${fields}}`)
  }
  return table.sort()
}
