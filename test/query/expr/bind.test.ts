import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import { bindCondition, bindExpression } from '../../../src/query/expr/bind.ts'
import { callableFunctions } from '../../../src/query/expr/catalogue.ts'
import { compileExpression } from '../../../src/query/expr/compile.ts'
import { SqlRuntimeError } from '../../../src/query/expr/sql-runtime-error.ts'
import { parseExpression } from '../../../src/query/sql/parse-script.ts'
import * as t from '../../../src/query/types/make-type.ts'
import { scopeOf, sessionOf } from './oracle.ts'

const COLUMNS = [
  { name: 'i', type: t.INT },
  { name: 's', type: t.STRING },
  { name: 'z', type: t.INT },
]

const bind = (sql: string) => bindExpression(parseExpression(sql), scopeOf(sessionOf(), COLUMNS))
const compile = (sql: string) => compileExpression(bind(sql), sessionOf())

function refusal(sql: string): ShitopsError {
  try {
    bind(sql)
  } catch (error) {
    if (error instanceof ShitopsError) return error
    throw error
  }
  throw new Error(`${sql} was not refused`)
}

describe('query/expr, binding', () => {
  it('refuses with the place, the reason and the nearest way', () => {
    const error = refusal('1 + UPER(s)')
    expect(error.code).equal('SHITOPS_E_SQL_PLAN')
    expect(error.message).equal('line 1, column 5: there is no function UPER')
    expect(error.suggestions).deep.equal(['did you mean UPPER(STRING)?'])
    expect(refusal('i = s').suggestions).deep.equal(['write CAST(… AS INT) around one of them'])
    expect(refusal('\n  REPEAT(s)').message).equal('line 2, column 3: REPEAT takes 2 arguments, not 1')
    expect(refusal('CAST(1 AS TIMESTAMP(3))').suggestions[0]).contain('TO_TIMESTAMP_LTZ')
    expect(refusal("REGEXP_EXTRACT(s, '\\p{L}+')").message).contain('character property')
    expect(refusal("DATE_FORMAT(CAST(s AS TIMESTAMP(3)), 'VV')").message).contain("'VV'")
    expect(refusal('i IN (SELECT 1)').message).contain('sub-query')
  })

  it('takes a BOOLEAN alone for a condition', () => {
    const condition = (sql: string) => bindCondition(parseExpression(sql), scopeOf(sessionOf(), COLUMNS), 'WHERE')
    expect(condition('i > 0').type.kind).equal('BOOLEAN')
    expect(() => condition('i')).throw(ShitopsError, 'WHERE needs a BOOLEAN, not INT')
  })

  it('folds constants, not the clock and not what fails', () => {
    expect(bind("UPPER('a') || CAST(1 + 1 AS STRING)")).include({ op: 'literal', value: 'A2' })
    expect(bind('NOW()').op).equal('call')
    expect(bind("CAST('x' AS INT)").op).equal('call')
    expect(() => compile("CAST('x' AS INT)")()).throw(SqlRuntimeError)
  })

  it('lets the planner replace any node', () => {
    const scope = {
      ...scopeOf(sessionOf(), COLUMNS),
      onCall: (node: { kind: string }) => (node.kind === 'subquery' ? bind('i') : undefined),
    }
    expect(bindExpression(parseExpression('(SELECT 1) + 1'), scope).type).deep.equal(t.INT)
  })

  it('evaluates the branch that is taken, and no other', () => {
    const run = compile('CASE WHEN z = 0 THEN -1 ELSE i / z END')
    expect([run([6, null, 3]), run([6, null, 0]), run([null, null, 1])]).deep.equal([2, -1, null])
    expect(compile('z <> 0 AND i / z > 1')([6, null, 0])).equal(false)
    expect(compile('z = 0 OR i / z > 1')([6, null, 0])).equal(true)
    expect(compile('COALESCE(z, 1 / i)')([0, null, 5])).equal(5)
    expect(() => compile('i / z')([6, null, 0])).throw(SqlRuntimeError, 'division by zero')
  })

  it('compiles a constant LIKE pattern once', () => {
    const run = compile("s LIKE 'a%_b'")
    expect(run.source).not.contain("'a%_b'")
    expect([run([0, 'axxb', 0]), run([0, 'ab', 0]), run([0, null, 0])]).deep.equal([true, false, null])
  })

  it("gives Flink's numbers for a seed", () => {
    expect(compile('RAND(1)')()).equal(0.7308781907032909)
    expect(compile('RAND_INTEGER(1, 10)')()).equal(5)
  })

  it('every function says how it is used, and no name is there twice', () => {
    const entries = callableFunctions()
    const names = entries.flatMap((entry) => entry.names)
    expect(new Set(names).size).equal(names.length)
    for (const entry of entries) expect(entry.usage).match(/^[A-Z0-9_]+/)
    expect(entries.length).above(140)
  })
})
