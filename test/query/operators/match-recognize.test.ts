import { expect } from 'chai'
import fc from 'fast-check'
import { SqlRuntimeError } from '../../../src/query/expr/sql-runtime-error.ts'
import type { Row } from '../../../src/query/operators/operator.ts'
import { type Event, MatchUnderTest } from './match-support.ts'

const event = (v: number, ts: number, k = 'x'): Event => ({ k, v, ts })
/** Time goes on by up to 3 ms with each, and some come up to 4 ms late: a watermark 5 ms behind leaves none of them out. */
const events = fc
  .array(fc.record({ k: fc.constantFrom('x', 'x', 'y'), v: fc.nat(9), gap: fc.nat(3), behind: fc.constantFrom(0, 0, 0, 2, 4) }), {
    minLength: 10,
    maxLength: 40,
  })
  .map((list) => {
    let now = 100
    return list.map(({ k, v, gap, behind }): Event => {
      now += gap
      return { k, v, ts: now - behind }
    })
  })

const BY = 'PARTITION BY k ORDER BY ts'
/** Of each kind: greedy and not, running aggregates of conditions, matches that wait for an earlier one, WITHIN, every way to skip. */
const BODIES = [
  `${BY} MEASURES FIRST(A.id) AS f, LAST(A.id) AS l, B.id AS b AFTER MATCH SKIP PAST LAST ROW PATTERN (A{2,} B) WITHIN INTERVAL '0.010' SECOND(1, 3) DEFINE A AS A.v > 3, B AS B.v < 4`,
  `${BY} MEASURES A.id AS a, COUNT(B.id) AS n, C.id AS c, MATCH_ROWTIME() AS rt AFTER MATCH SKIP PAST LAST ROW PATTERN (A B*? C) WITHIN INTERVAL '0.015' SECOND(1, 3) DEFINE C AS C.v > A.v`,
  `${BY} MEASURES FIRST(id) AS a, SUM(A.v) AS s, LAST(id) AS z PATTERN (A+ B) DEFINE A AS SUM(A.v) < 15 AND COUNT(*) < 6, B AS B.v >= AVG(A.v)`,
  `${BY} MEASURES A.id AS a, LISTAGG(CAST(B.v AS STRING)) AS l, LAST(B.id, 1) AS b AFTER MATCH SKIP TO LAST B PATTERN (A B{2}) DEFINE B AS MAX(B.v) < 8`,
  `PARTITION BY k ORDER BY ts, v DESC MEASURES A.id AS a, C.id AS c AFTER MATCH SKIP TO FIRST B PATTERN (A B{1,3}? C) DEFINE A AS A.v <> 2, C AS C.v > FIRST(B.v)`,
  `ORDER BY ts MEASURES A.id AS a, B.id AS b, C.id AS c AFTER MATCH SKIP PAST LAST ROW PATTERN (A B? C) DEFINE B AS B.k <> A.k, C AS C.v < A.v`,
]

describe('match recognize', () => {
  it('is the same with its state saved and loaded at any row', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), events, fc.nat(99), (body, list, savedPercent) => {
        const savedAt = Math.floor((list.length * savedPercent) / 100)
        const expected = new MatchUnderTest(body).run(list, 5)
        const before = new MatchUnderTest(body)
        const after = new MatchUnderTest(body)
        let running = before
        let latest = Number.NEGATIVE_INFINITY
        for (const [id, each] of list.entries()) {
          if (id === savedAt) {
            after.operator.load?.(structuredClone(before.operator.save?.()))
            running = after
          }
          running.row(id, each)
          latest = Math.max(latest, each.ts)
          running.watermark(latest - 5)
        }
        running.watermark(Number.POSITIVE_INFINITY)
        expect([...before.out, ...after.out]).to.deep.equal(expected)
      }),
      { numRuns: 400 },
    )
  })

  it('does not depend on where watermarks fall', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BODIES), events, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (body, list, when) => {
        const inOrder = [...list].sort((a, b) => a.ts - b.ts)
        const expected = new MatchUnderTest(body).run(inOrder, 1)
        const some = new MatchUnderTest(body)
        for (const [id, each] of inOrder.entries()) {
          some.row(id, each)
          if (when[id]) some.watermark(each.ts - 1)
        }
        some.watermark(Number.POSITIVE_INFINITY)
        expect(some.out).to.deep.equal(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('finds in each key what it finds in that key alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BODIES.slice(0, 5)), events, (body, list) => {
        const numbered = list.map((each, id) => ({ ...each, id }))
        const together = new MatchUnderTest(body).run(list, 100)
        for (const key of ['x', 'y']) {
          const alone = new MatchUnderTest(body)
          for (const { id, ...each } of numbered) if (each.k === key) alone.row(id, each)
          alone.watermark(Number.POSITIVE_INFINITY)
          expect(alone.out).to.deep.equal(together.filter(([k]) => k === key))
        }
      }),
    )
  })

  it('finds every stretch that a search from each row finds', () => {
    const body = `ORDER BY ts MEASURES FIRST(A.id) AS a, B.id AS b AFTER MATCH SKIP TO NEXT ROW PATTERN (A{2,} B) DEFINE A AS A.v > 3, B AS B.v < 3`
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), (values) => {
        const expected: Row[] = []
        for (const [from] of values.entries()) {
          let end = from
          while ((values[end] ?? 0) > 3) end++
          if (end - from >= 2 && (values[end] ?? 9) < 3) expected.push([from, end])
        }
        const found = new MatchUnderTest(body).run(values.map((v, i) => event(v, i)))
        expect(found).to.deep.equal(expected)
      }),
    )
  })

  it('finds the same where it keeps one partial match for each state, and where it keeps all of them', () => {
    const patterns = ['A+ B', 'A{2,} B C', 'A* B', 'A{1,3} B{2,} C', 'A B{0,2} C']
    const search = (pattern: string, within: string) =>
      `${BY} MEASURES FIRST(id) AS f, COUNT(A.id) AS n, LAST(id) AS l AFTER MATCH SKIP PAST LAST ROW PATTERN (${pattern}) ${within}
        DEFINE A AS A.v > 3, B AS B.v < 8, C AS C.v < 4`
    fc.assert(
      fc.property(fc.constantFrom(...patterns), events, (pattern, list) => {
        const [one, all] = [new MatchUnderTest(search(pattern, '')), new MatchUnderTest(search(pattern, `WITHIN INTERVAL '1' DAY`))]
        for (const match of [one, all]) {
          for (const [id, each] of list.entries()) match.row(id, each)
          match.watermark(1000)
        }
        expect(one.out).to.deep.equal(all.out)
      }),
      { numRuns: 300 },
    )
  })

  it('takes a long row of one variable as one partial match, where only the first can be given out', () => {
    const match = new MatchUnderTest(
      'ORDER BY ts MEASURES COUNT(A.id) AS n AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.v > 0',
    )
    for (let i = 0; i < 1000; i++) match.row(i, event(1, i))
    match.watermark(1000)
    const state = match.operator.save?.() as { partitions: Array<[unknown, { runs: unknown[] }]> } | undefined
    expect(state?.partitions[0]?.[1].runs).to.have.length(2)
    match.row(1000, event(0, 1001))
    match.watermark(1001)
    expect(match.out).to.deep.equal([[1000]])
  })

  it('forgets by WITHIN what cannot match any more, and the keys with it', () => {
    const body = `${BY} MEASURES A.id AS a, B.id AS b PATTERN (A X*? B) WITHIN INTERVAL '1' SECOND DEFINE A AS A.v > 0, X AS X.v > 0, B AS B.v < 0`
    const match = new MatchUnderTest(body)
    for (let i = 0; i < 500; i++) match.row(i, event(1, i, `key-${i}`))
    match.watermark(500)
    expect(match.operator.size).to.equal(500)
    match.watermark(1200)
    expect(match.operator.size).to.equal(299)
    match.watermark(1499)
    expect(match.operator.size).to.equal(0)
  })

  it('keeps only the rows that a partial match may look at', () => {
    const body = `ORDER BY ts MEASURES FIRST(A.id) AS a, B.id AS b PATTERN (A{2} B) DEFINE B AS B.v > 8`
    const match = new MatchUnderTest(body)
    for (let i = 0; i < 5000; i++) {
      match.row(i, event(i % 8, i))
      match.watermark(i)
    }
    const state = match.operator.save?.() as { partitions: Array<[unknown, { rows: Row[]; runs: unknown[] }]> } | undefined
    const [, kept] = state?.partitions[0] ?? []
    expect(kept?.rows.length).to.be.below(100)
    expect(kept?.runs).to.have.length(3)
  })

  it('gives a match out when the partial match before it ends, and that time with it', () => {
    const body = `ORDER BY ts MEASURES A.id AS a, B.id AS b, MATCH_ROWTIME() AS rt AFTER MATCH SKIP PAST LAST ROW
      PATTERN (A X*? B) WITHIN INTERVAL '0.010' SECOND(1, 3) DEFINE A AS A.v > 0, B AS B.v > A.v`
    const match = new MatchUnderTest(body)
    match.row(0, event(9, 1))
    match.row(1, event(3, 2))
    match.row(2, event(5, 3))
    match.watermark(10)
    expect(match.out).to.deep.equal([])
    match.watermark(11)
    expect(match.out).to.deep.equal([[1, 2, 11]])
  })

  it('hands out rows behind the watermark', () => {
    const match = new MatchUnderTest(`${BY} MEASURES A.id AS a, B.id AS b PATTERN (A B) DEFINE A AS A.v > 0`)
    match.run([event(1, 10), event(2, 5), event(3, 20)])
    expect(match.late).to.have.length(1)
    expect(match.out).to.deep.equal([['x', 0, 2]])
  })

  it('goes by the clock where rows are ordered by processing time', () => {
    let now = 0
    const body = `PARTITION BY k ORDER BY p MEASURES A.id AS a, B.id AS b, MATCH_PROCTIME() AS at_ts
      AFTER MATCH SKIP PAST LAST ROW PATTERN (A B) WITHIN INTERVAL '10' SECOND DEFINE A AS A.v > 0`
    const match = new MatchUnderTest(body, () => now)
    for (const [id, at] of [0, 4_000, 20_000, 40_000, 41_000].entries()) {
      now = at
      match.row(id, event(1, 0))
    }
    expect(match.out).to.deep.equal([
      ['x', 0, 1, 4_000],
      ['x', 3, 4, 41_000],
    ])
  })

  it('fails as Flink does where it cannot skip', () => {
    const skipping = (to: string, pattern: string) =>
      new MatchUnderTest(`ORDER BY ts MEASURES A.id AS a AFTER MATCH SKIP TO ${to} PATTERN (${pattern}) DEFINE A AS A.v > 0, B AS B.v > 8`)
    const run = (to: string, pattern: string) => () => skipping(to, pattern).run([event(1, 1), event(2, 2), event(3, 3)])
    expect(run('LAST B', 'A B? C')).to.throw(SqlRuntimeError, 'SKIP TO LAST B: a match has no row of it')
    expect(run('FIRST A', 'A C')).to.throw(SqlRuntimeError, 'where the match began')
  })
})
