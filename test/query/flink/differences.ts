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

function inOrder(order: QueryCase['order'], rows: readonly string[]): readonly string[] {
  return order === 'multiset' ? [...rows].sort() : rows
}
