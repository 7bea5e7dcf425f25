import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import { SqlRuntimeError } from '../../../src/query/expr/sql-runtime-error.ts'
import type { CreateTable, PhysicalColumn } from '../../../src/query/sql/ast.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { type ExpressionCase, type ExpressionFile, readExpressionFiles } from '../cases/read.ts'
import { fromCaseJson } from './case-rows.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { type Answer, answer, columnOf, sessionOf } from './oracle.ts'

/** Every recorded expression through parser, binder and generated code, against what a real Flink answered. */
describe('query/expr, the recorded answers of Flink', () => {
  const seen = new Set<string>()

  for (const file of readExpressionFiles()) {
    describe(file.topic, () => {
      const ask = asker(file)
      for (const recorded of file.cases) {
        it(recorded.sql, () => {
          const difference = differenceOf(recorded, ask)
          if (recorded.sql in EXCEPTIONS) {
            seen.add(recorded.sql)
            expect(difference, 'an exception that is none any more: take it off the list').not.equal(undefined)
          } else expect(difference).equal(undefined)
        })
      }
    })
  }

  after(() => {
    expect([...seen].sort()).deep.equal(Object.keys(EXCEPTIONS).sort())
  })
})

type Ask = (sql: string) => Answer

function asker(file: ExpressionFile): Ask {
  const session = sessionOf(file.settings['table.local-time-zone'] ?? 'UTC')
  if (!file.table) return (sql) => answer(sql, session)
  const table = parseScript(file.table.ddl).statements[0] as CreateTable
  const columns = table.columns.map((column) => columnOf(column as PhysicalColumn))
  const rows = fromCaseJson(file.table.rows, columns)
  return (sql) => answer(sql, session, columns, rows)
}

/** What differs, undefined when nothing does. */
function differenceOf(recorded: ExpressionCase, ask: Ask): string | undefined {
  let given: Answer
  try {
    given = ask(recorded.sql)
  } catch (error) {
    if (!(error instanceof ShitopsError || error instanceof SqlRuntimeError)) throw error
    return recorded.error ? undefined : `refused: ${error.message}`
  }
  if (recorded.error) {
    // Flink notices NULL in a NOT NULL column when it writes the row: the value itself is NULL in both.
    if (recorded.error.includes('EnforcerException') && given.notNull && given.values[0] === null) return undefined
    return `Flink refuses (${recorded.error}), we give ${given.values}`
  }
  const values = recorded.values ?? [recorded.value ?? null]
  const expected = { type: recorded.type, notNull: recorded.notNull ?? false, values: values.map(sortedKeys(recorded.type)) }
  const actual = { type: given.type, notNull: given.notNull, values: given.values.map(sortedKeys(given.type)) }
  return JSON.stringify(expected) === JSON.stringify(actual) ? undefined : `${JSON.stringify(actual)}, Flink: ${JSON.stringify(expected)}`
}

/** The order of a MAP's entries is Java's hash order in Flink, and says nothing. */
function sortedKeys(type: string | undefined): (value: string | null) => string | null {
  if (!type?.startsWith('MAP<')) return (value) => value
  return (value) => value && JSON.stringify(Object.entries(JSON.parse(value) as object).sort())
}
