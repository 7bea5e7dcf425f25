import { expect } from 'chai'
import { inputsOf } from '../../../src/query/plan/inputs.ts'
import type { Match, Plan } from '../../../src/query/plan/nodes.ts'
import { planScript } from '../../support/query.ts'
import { thrownBy } from '../../support/thrown-by.ts'

const TABLE = `CREATE TABLE m (id INT, k STRING, v INT, r ROW<x INT>, p AS PROCTIME(), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json');
`

const plan = (body: string): Plan => planScript(`${TABLE}SELECT * FROM m MATCH_RECOGNIZE (\n${body}\n) AS t`).query.plan

function matchOf(step: Plan): Match {
  if (step.step === 'match') return step
  const [input] = inputsOf(step)
  if (!input) throw new Error('the plan has no match')
  return matchOf(input)
}

/** Parts of a query that works, each to be replaced. */
const PARTS = {
  by: 'PARTITION BY k ORDER BY ts',
  measures: 'MEASURES A.id AS a',
  rows: 'ONE ROW PER MATCH',
  after: 'AFTER MATCH SKIP PAST LAST ROW',
  pattern: 'PATTERN (A B)',
  define: 'DEFINE A AS A.v > 0',
}
const body = (parts: Partial<typeof PARTS>): string => Object.values({ ...PARTS, ...parts }).join('\n')

describe('plan of MATCH_RECOGNIZE', () => {
  it('gives out the partition columns, then the measures; MATCH_ROWTIME stays a row time', () => {
    const { columns, changing, within } = matchOf(
      plan(
        body({
          measures: 'MEASURES COUNT(*) AS n, MATCH_ROWTIME(ts) AS rt, A.ts AS t, MATCH_PROCTIME() AS pt',
          pattern: `PATTERN (A B) WITHIN INTERVAL '1' MINUTE`,
        }),
      ),
    )
    expect(columns.map(({ name, time }) => [name, time])).to.deep.equal([
      ['k', undefined],
      ['n', undefined],
      ['rt', 'row'],
      ['t', undefined],
      ['pt', 'proc'],
    ])
    expect(columns.map(({ type }) => type.nullable)).to.deep.equal([true, false, false, true, false])
    expect({ changing, within }).to.deep.equal({ changing: false, within: 60_000 })
  })

  it('looks at the row itself where the variable is the one that is defined', () => {
    const { pattern } = matchOf(plan(body({ define: 'DEFINE A AS A.v > 0 AND v < 9, B AS B.v > A.v AND LAST(B.v, 1) < r.x' })))
    expect(pattern[0]?.condition?.rows).to.deep.equal([])
    expect(pattern[1]?.condition?.rows).to.deep.equal([
      { variable: 0, first: false, offset: 0 },
      { variable: 1, first: false, offset: 1 },
    ])
  })

  it('computes each aggregate and finds each row once', () => {
    const { measures } = matchOf(
      plan(body({ measures: 'MEASURES SUM(A.v) + SUM(A.v) AS s, COUNT(A.v) AS n, A.v + A.id AS x, SUM(B.v * 2) AS d' })),
    )
    expect(measures.rows).to.have.length(1)
    expect(measures.aggregates.map(({ calls }) => calls.map(({ fn }) => fn))).to.deep.equal([['SUM', 'COUNT'], ['SUM']])
    expect(measures.aggregates.map(({ projection }) => projection?.length)).to.deep.equal([undefined, 1])
  })

  it('skips to the next row where nothing is said, as Flink does', () => {
    expect(matchOf(plan(body({ after: '' }))).after).to.deep.equal({ to: 'NEXT_ROW' })
    expect(matchOf(plan(body({ after: 'AFTER MATCH SKIP TO B' }))).after).to.deep.equal({ to: 'LAST', variable: 1 })
  })

  it('takes groups apart that do not repeat', () => {
    const { pattern } = matchOf(plan(body({ pattern: 'PATTERN ((A) (B+? (C D{2,3})) E)' })))
    expect(pattern.map(({ name, min, max }) => [name, min, max])).to.deep.equal([
      ['A', 1, 1],
      ['B', 1, undefined],
      ['C', 1, 1],
      ['D', 2, 3],
      ['E', 1, 1],
    ])
  })

  const refusals: ReadonlyArray<readonly [parts: Partial<typeof PARTS>, place: string, says: RegExp]> = [
    [{ rows: 'ALL ROWS PER MATCH' }, '', /ALL ROWS PER MATCH is not supported/],
    [{ measures: '' }, '', /needs MEASURES/],
    [{ measures: 'MEASURES A.id AS k' }, '', /gives out column k twice/],
    [{ by: 'PARTITION BY k' }, '', /needs ORDER BY/],
    [{ by: 'PARTITION BY k ORDER BY v' }, 'line 4, column 25', /begins with a time of the stream/],
    [{ by: 'PARTITION BY k ORDER BY ts DESC' }, 'line 4, column 25', /ascending/],
    [{ by: 'ORDER BY p, v' }, 'line 4, column 13', /no further order/],
    [{ by: 'PARTITION BY v + 1 ORDER BY ts' }, 'line 4, column 14', /takes columns/],
    [{ after: 'AFTER MATCH SKIP TO FIRST Z' }, 'line 7, column 1', /no pattern variable Z/],
    [{ pattern: 'PATTERN (A | B)' }, 'line 8, column 10', /alternatives/],
    [{ pattern: 'PATTERN ((A B){2} C)' }, 'line 8, column 10', /group in PATTERN cannot have a quantifier/],
    [{ pattern: 'PATTERN ((A | B)+ C)' }, 'line 8, column 11', /alternatives/],
    [{ pattern: 'PATTERN (A {- B -} C)' }, 'line 8, column 12', /\{- -\}/],
    [{ pattern: 'PATTERN (PERMUTE(A, B))' }, 'line 8, column 10', /PERMUTE/],
    [{ pattern: 'PATTERN (^ A B)' }, 'line 8, column 12', /\^ and \$/],
    [{ pattern: 'PATTERN (A B A)' }, 'line 8, column 14', /stands in PATTERN twice/],
    [{ pattern: 'PATTERN (A B+)' }, 'line 8, column 12', /ends in greedy B/],
    [{ pattern: 'PATTERN (A B{1,2})' }, 'line 8, column 12', /ends in greedy B/],
    [{ pattern: 'PATTERN (A+ B? C)' }, 'line 8, column 13', /optional B cannot follow greedy A/],
    [{ pattern: 'PATTERN (A?? B)' }, 'line 8, column 10', /reluctant A\?\?/],
    [{ pattern: 'PATTERN (A{0} B)' }, 'line 8, column 10', /stands for no row/],
    [{ pattern: 'PATTERN (A? B*?)' }, 'line 8, column 10', /match no row at all/],
    [{ pattern: `PATTERN (A B) WITHIN INTERVAL '1' MONTH` }, 'line 8, column 22', /days to seconds/],
    [{ pattern: 'PATTERN (A B) SUBSET S = (A, Z)' }, 'line 8, column 30', /no pattern variable Z/],
    [
      { pattern: 'PATTERN (A B) SUBSET S = (A, B)', define: 'DEFINE B AS COUNT(S.id) > 0' },
      'line 9, column 19',
      /SUBSET S cannot stand in DEFINE/,
    ],
    [{ define: 'DEFINE A AS A.v' }, 'line 9, column 13', /needs a BOOLEAN/],
    [{ define: 'DEFINE A AS A.v > 0, A AS A.v > 1' }, 'line 9, column 22', /DEFINE has A twice/],
    [{ define: 'DEFINE A AS A.v > PREV(A.v)' }, 'line 9, column 19', /PREV is not supported/],
    [{ define: 'DEFINE A AS NEXT(A.v, 0) > 0' }, 'line 9, column 13', /NEXT is not supported/],
    [{ define: `DEFINE A AS CLASSIFIER() = 'A'` }, 'line 9, column 13', /CLASSIFIER\(\) is not supported/],
    [{ define: 'DEFINE A AS FINAL LAST(A.v) > 0' }, 'line 9, column 13', /FINAL is for MEASURES/],
    [{ define: 'DEFINE A AS C.v > 0' }, 'line 9, column 13', /no pattern variable C/],
    [{ define: 'DEFINE A AS A.w > 0' }, 'line 9, column 13', /no column w/],
    [{ measures: 'MEASURES PREV(A.v) AS a' }, 'line 5, column 10', /PREV cannot stand in MEASURES/],
    [{ measures: 'MEASURES RUNNING LAST(A.v) AS a' }, 'line 5, column 10', /RUNNING is not supported/],
    [{ measures: 'MEASURES LAST(FIRST(A.v)) AS a' }, 'line 5, column 15', /cannot stand inside of/],
    [{ measures: 'MEASURES SUM(LAST(A.v)) AS a' }, 'line 5, column 14', /cannot stand inside of/],
    [{ measures: 'MEASURES LAST(A.v, -1) AS a' }, 'line 5, column 20', /constant number of rows/],
    [{ measures: 'MEASURES LAST(A.v + B.v) AS a' }, 'line 5, column 10', /rows of A and B at once/],
    [{ measures: 'MEASURES SUM(A.v + v) AS a' }, 'line 5, column 10', /rows of A and all rows at once/],
    [{ measures: 'MEASURES COUNT(1) AS a' }, 'line 5, column 10', /names no column/],
    [{ measures: 'MEASURES COUNT(A.*) AS a' }, 'line 5, column 16', /all columns of a variable/],
    [{ measures: 'MEASURES COUNT(DISTINCT A.v) AS a' }, 'line 5, column 10', /DISTINCT/],
    [{ measures: 'MEASURES SUM(A.v) FILTER (WHERE A.v > 1) AS a' }, 'line 5, column 33', /FILTER/],
    [{ by: 'ORDER BY p', measures: 'MEASURES MATCH_ROWTIME() AS a' }, 'line 5, column 10', /needs rows ordered by a row time/],
    [{ measures: 'MEASURES MATCH_ROWTIME(A.v) AS a' }, 'line 5, column 24', /takes the row time/],
    [{ measures: 'MEASURES m.id AS a' }, 'line 5, column 10', /no pattern variable m/],
  ]
  for (const [parts, place, says] of refusals) {
    it(`refuses ${Object.values(parts).join(' ') || 'no MEASURES'}`, async () => {
      const error = await thrownBy(async () => plan(body(parts)))
      expect(error).to.have.property('code', 'SHITOPS_E_SQL_PLAN')
      expect(error.message).to.match(says)
      expect(error.message).to.include(place)
    })
  }

  it('refuses rows that change', () => {
    const script = `${TABLE}SELECT * FROM (SELECT k, MAX(ts) AS ts FROM m GROUP BY k) MATCH_RECOGNIZE (ORDER BY ts MEASURES A.k AS a PATTERN (A B) DEFINE A AS TRUE) AS t`
    expect(() => planScript(script)).to.throw(/taken back and changed/)
  })
})
