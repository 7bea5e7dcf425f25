import { expect } from 'chai'
import fc from 'fast-check'
import { parseExpression, parseScript } from '../../../src/query/sql/parse-script.ts'
import { printDataType, printExpression, printScript, printStatement } from '../../../src/query/sql/print-sql.ts'
import { arbitraryExpression, arbitraryStatement } from './arbitrary-sql.ts'
import { EXAMPLES } from './examples.ts'
import { withoutPlaces } from './without-places.ts'

/** More by hand: SQL_RUNS=20000. */
const RUNS = Number(process.env.SQL_RUNS ?? 300)

const canonical = (source: string) => printScript(parseScript(source))

describe('query/sql: printing', () => {
  for (const [construct, sources] of Object.entries(EXAMPLES)) {
    it(`gives the same tree again: ${construct}`, () => {
      for (const source of sources) {
        const tree = parseScript(source)
        const printed = printScript(tree)
        expect(withoutPlaces(parseScript(printed)), source).to.deep.equal(withoutPlaces(tree))
        expect(canonical(printed), source).to.equal(printed)
      }
    })
  }

  it('gives the same tree again for any statement', () => {
    fc.assert(
      fc.property(arbitraryStatement, (statement) => {
        const [again] = parseScript(printStatement(statement)).statements
        expect(withoutPlaces(again)).to.deep.equal(withoutPlaces(statement))
      }),
      { numRuns: RUNS },
    )
  })

  it('gives the same tree again for any expression', () => {
    fc.assert(
      fc.property(arbitraryExpression, (expression) => {
        expect(withoutPlaces(parseExpression(printExpression(expression)))).to.deep.equal(withoutPlaces(expression))
      }),
      { numRuns: RUNS },
    )
  })

  it('has parentheses only where they are needed', () => {
    const print = (source: string) => printExpression(parseExpression(source))
    expect(print('((a) + (b * c))')).to.equal('a + b * c')
    expect(print('(a + b) * c')).to.equal('(a + b) * c')
    expect(print('a - (b - c)')).to.equal('a - (b - c)')
    expect(print('- (- a)')).to.equal('-(-a)')
    expect(print('not (a and b) or (c is null)')).to.equal('NOT (a AND b) OR c IS NULL')
    expect(print('(a is null) = b')).to.equal('(a IS NULL) = b')
    expect(print('(r).x')).to.equal('(r).x')
  })

  it('has backticks only where they are needed', () => {
    expect(canonical('select `a`, `value`, `x y`, `a``b`, `count`(*) from `t`')).to.equal(
      'SELECT a, `value`, `x y`, `a``b`, count(*)\nFROM t;\n',
    )
  })

  it('writes one clause a line, and sub-queries in one', () => {
    expect(canonical("select a from (select * from t where s = 'x\n  y') as u where b > 1 group by a order by a limit 3")).to.equal(
      "SELECT a\nFROM (SELECT * FROM t WHERE s = 'x\n  y') AS u\nWHERE b > 1\nGROUP BY a\nORDER BY a\nLIMIT 3;\n",
    )
    expect(canonical("create table t (a int primary key not enforced, b as a + 1) with ('x'='y')")).to.equal(
      "CREATE TABLE t (\n  a INT,\n  b AS a + 1,\n  PRIMARY KEY (a) NOT ENFORCED\n) WITH (\n  'x' = 'y'\n);\n",
    )
  })

  it('writes types with their synonyms made one', () => {
    const print = (type: string) => {
      const cast = parseExpression(`CAST(a AS ${type})`)
      return cast.kind === 'cast' ? printDataType(cast.type) : undefined
    }
    expect(print('integer not null')).to.equal('INT NOT NULL')
    expect(print('timestamp(3) with local time zone')).to.equal('TIMESTAMP_LTZ(3)')
    expect(print('row(x numeric(10, 2), y int array)')).to.equal('ROW<x DECIMAL(10, 2), y ARRAY<INT>>')
  })
})
