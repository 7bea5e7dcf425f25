import { expect } from 'chai'
import fc from 'fast-check'
import { type Event, QueryUnderTest } from '../../support/operators.ts'

/** What a changelog leads to; what is taken back must be there. */
function tableOf(changes: readonly string[]): unknown[][] {
  const table: string[] = []
  for (const change of changes) {
    const row = change.slice(change.indexOf('['))
    if (change.startsWith('+')) table.push(row)
    else {
      const at = table.indexOf(row)
      if (at < 0) throw new Error(`${change} takes back what is not there`)
      table.splice(at, 1)
    }
  }
  return table.map((row) => JSON.parse(row) as unknown[])
}

const sorted = (rows: readonly unknown[][]): string[] => rows.map((row) => JSON.stringify(row)).sort()

const events = fc.array(
  fc.record({ k: fc.constantFrom('a', 'b', 'c', 'd'), n: fc.integer({ min: -3, max: 3 }), v: fc.integer({ min: 0, max: 4 }) }),
  { maxLength: 30 },
)

const fed = (sql: string, list: ReadonlyArray<Omit<Event, 'ts'>>): QueryUnderTest => {
  const query = new QueryUnderTest(sql)
  for (const [i, event] of list.entries()) query.m({ id: i, ...event, ts: i })
  return query
}

describe('query/operators: results that move', () => {
  it('OVER by a value: after every row the results are those of all rows so far', () => {
    fc.assert(
      fc.property(events, fc.constantFrom('RANGE', 'ROWS'), (list, units) => {
        const sql = `SELECT id, SUM(n) OVER w AS s, COUNT(*) OVER w AS c FROM m
          WINDOW w AS (PARTITION BY k ORDER BY v ${units} BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
        const wanted = list.map(({ k, v }, i) => {
          const seen = list.filter((other, j) => other.k === k && (other.v < v || (other.v === v && (units === 'RANGE' || j <= i))))
          return [i, seen.reduce((sum, { n }) => sum + n, 0), seen.length]
        })
        expect(sorted(tableOf(fed(sql, list).out))).to.deep.equal(sorted(wanted))
      }),
      { numRuns: 60 },
    )
  })

  it('OVER by a value takes rows back', () => {
    fc.assert(
      fc.property(events, (list) => {
        const sql = 'SELECT k, c, COUNT(*) OVER (ORDER BY c) AS place FROM (SELECT k, COUNT(*) AS c FROM m GROUP BY k)'
        const counts = new Map<string, number>()
        for (const { k } of list) counts.set(k, (counts.get(k) ?? 0) + 1)
        const wanted = [...counts].map(([k, c]) => [k, c, [...counts.values()].filter((other) => other <= c).length])
        expect(sorted(tableOf(fed(sql, list).out))).to.deep.equal(sorted(wanted))
      }),
      { numRuns: 60 },
    )
  })

  for (const [order, best] of [
    ['c DESC, k', 'COUNT(*)'],
    ['c DESC, k', 'MAX(n)'],
    ['c, k', 'MIN(n)'],
  ] as const) {
    for (const number of ['', ', rn']) {
      it(`top-N of ${best} by ${order}${number}: the same as sorting the groups`, () => {
        fc.assert(
          fc.property(events, fc.integer({ min: 1, max: 3 }), (list, n) => {
            const sql = `SELECT k, c${number} FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY ${order}) AS rn
              FROM (SELECT k, ${best} AS c FROM m GROUP BY k)) WHERE rn <= ${n}`
            const query = fed(sql, list)
            const groups = new Map<string, number[]>()
            for (const event of list) groups.set(event.k, [...(groups.get(event.k) ?? []), event.n])
            const value = (values: number[]) =>
              best === 'COUNT(*)' ? values.length : best === 'MAX(n)' ? Math.max(...values) : Math.min(...values)
            const all = [...groups].map(([k, values]): [string, number] => [k, value(values)])
            all.sort(([k, x], [l, y]) => (x === y ? (k < l ? -1 : 1) : order.includes('DESC') ? y - x : x - y))
            const wanted = all.slice(0, n).map(([k, c], i) => (number ? [k, c, i + 1] : [k, c]))
            expect(sorted(tableOf(query.out))).to.deep.equal(sorted(wanted))
            // The operator for what only comes forward: it holds the first n, not every group.
            const saved = query.steps.find(({ plan }) => plan.step === 'rank')?.operator.save?.() as {
              partitions: Array<[unknown, { rows: unknown[] }]>
            }
            for (const [, { rows }] of saved.partitions) expect(rows.length).to.be.at.most(n)
          }),
          { numRuns: 40 },
        )
      })
    }
  }
})
