import { expect } from 'chai'
import { bindExpression } from '../../../src/query/expr/bind.ts'
import { compileExpression } from '../../../src/query/expr/compile.ts'
import type { Expr } from '../../../src/query/expr/expr.ts'
import { SqlRuntimeError } from '../../../src/query/expr/sql-runtime-error.ts'
import { parseExpression } from '../../../src/query/sql/parse-script.ts'
import { nullable } from '../../../src/query/types/make-type.ts'
import { readExpressionFiles } from '../cases/read.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { caseValue, scopeOf, sessionOf } from './oracle.ts'

/** What must stay a constant: units, paths and options, field numbers, patterns of a type. By function, the places of its arguments. */
const CONSTANT: Readonly<Record<string, readonly number[]>> = {
  EXTRACT: [0],
  FLOOR_TO: [0],
  CEIL_TO: [0],
  TIMESTAMPADD: [0],
  TIMESTAMPDIFF: [0],
  FIELD: [1],
  JSON_EXISTS: [1, 2],
  JSON_VALUE: [1, 2, 4],
  JSON_QUERY: [1, 2, 3, 4],
  JSON_OBJECT: [0],
  JSON_ARRAY: [0],
  IS_JSON: [1],
}

/** The recorded constants again, each of them a column now: the same code must give the same, and NULL in any column must not break it. */
describe('query/expr, constants as columns', () => {
  for (const file of readExpressionFiles().filter((each) => !each.table)) {
    it(file.topic, () => {
      const session = sessionOf(file.settings['table.local-time-zone'] ?? 'UTC')
      for (const { sql, error, value } of file.cases) {
        if (error || sql in EXCEPTIONS) continue
        const row: unknown[] = []
        const bound = asColumns(bindExpression(parseExpression(sql), { ...scopeOf(session), keepConstants: true }), row)
        const run = compileExpression(bound, session)
        expect(withoutMinusZero(caseValue(run(row), bound.type, session.timeZone)), sql).equal(sorted(value))
        for (const i of row.keys()) checkNull(() => run(row.with(i, null)), `${sql}, constant ${i} is NULL`, run.source)
      }
    })
  }
})

function asColumns(expr: Expr, row: unknown[]): Expr {
  if (expr.op !== 'call') return expr
  const args = expr.args.map((arg, i): Expr => {
    if (arg.op !== 'literal') return asColumns(arg, row)
    if (CONSTANT[expr.fn]?.includes(i) || arg.type.kind === 'NULL') return arg
    row.push(arg.value)
    return { op: 'column', type: nullable(arg.type), input: 0, index: row.length - 1 }
  })
  return { ...expr, args }
}

function checkNull(run: () => unknown, what: string, source: string): void {
  try {
    expect(run(), what).not.equal(undefined)
  } catch (error) {
    if (!(error instanceof SqlRuntimeError)) throw new Error(`${what}: ${error}\n${source}`)
  }
}

/** A column can be minus zero, a constant of Flink cannot. */
const withoutMinusZero = (value: string | null): string | null => sorted(value === '-0.0' ? '0.0' : value)

/** Entries of a map have no order. */
function sorted(value: string | null | undefined): string | null {
  if (!value?.startsWith('{"') || !value.endsWith('}')) return value ?? null
  try {
    return JSON.stringify(Object.entries(JSON.parse(value) as object).sort())
  } catch {
    return value
  }
}
