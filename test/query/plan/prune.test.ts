import { expect } from 'chai'
import { inputsOf } from '../../../src/query/plan/inputs.ts'
import type { Plan } from '../../../src/query/plan/nodes.ts'
import { prune } from '../../../src/query/plan/prune.ts'
import { build } from '../../../src/query/run/build.ts'
import { planScript, runScript } from '../../support/query.ts'

const table = (name: string) => `CREATE TABLE ${name} (ts TIMESTAMP(3), k STRING, v INT, w DOUBLE, note STRING,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) WITH ('connector' = 'filesystem', 'path' = '\${${name}}', 'format' = 'json');`
const TABLES = `${table('a')}\n${table('b')}\n`

const CASES: ReadonlyArray<{ name: string; sql: string; read: string[][]; step: Plan['step']; columns: string[] }> = [
  {
    name: 'deduplication keeps what is given out, its keys and its time',
    sql: 'SELECT v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS n FROM a) WHERE n = 1',
    read: [['ts', 'k', 'v']],
    step: 'deduplicate',
    columns: ['ts', 'k', 'v'],
  },
  {
    name: 'OVER keeps its arguments too',
    sql: `SELECT v, SUM(w) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW) AS s FROM a`,
    read: [['ts', 'k', 'v', 'w']],
    step: 'over',
    columns: ['ts', 'k', 'v', 'w', 'w0'],
  },
  {
    name: 'a join keeps what its condition looks at',
    sql: `SELECT x.v, y.v AS other FROM a x JOIN b y ON x.k = y.k AND x.w < y.w
      AND x.ts BETWEEN y.ts - INTERVAL '5' SECOND AND y.ts + INTERVAL '5' SECOND`,
    read: [
      ['ts', 'k', 'v', 'w'],
      ['ts', 'k', 'v', 'w'],
    ],
    step: 'intervalJoin',
    columns: ['ts', 'k', 'v', 'w', 'ts', 'k', 'v', 'w'],
  },
  {
    name: 'a regular join by key',
    sql: 'SELECT x.v FROM a x LEFT JOIN b y ON x.k = y.k WHERE y.w > 1',
    read: [
      ['ts', 'k', 'v'],
      ['ts', 'k', 'w'],
    ],
    step: 'join',
    columns: ['k', 'v', 'k', 'w'],
  },
  {
    name: 'MATCH_RECOGNIZE keeps what DEFINE and MEASURES look at',
    sql: `SELECT * FROM a MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES LAST(U.v) AS top, COUNT(U.w) AS n
      AFTER MATCH SKIP PAST LAST ROW PATTERN (U+ D) DEFINE U AS U.v > 1, D AS D.v < 1)`,
    read: [['ts', 'k', 'v', 'w']],
    step: 'match',
    columns: ['k', 'top', 'n'],
  },
]

function stepOf(plan: Plan, step: Plan['step']): Plan | undefined {
  if (plan.step === step) return plan
  for (const input of inputsOf(plan)) {
    const found = stepOf(input, step)
    if (found) return found
  }
  return undefined
}

describe('columns that nobody looks at', () => {
  for (const { name, sql, read, step, columns } of CASES) {
    it(`are left out: ${name}`, () => {
      const { query, session } = planScript(TABLES + sql)
      const pruned = prune(query.plan)
      expect(stepOf(pruned, step)?.columns.map((column) => column.name)).to.deep.equal(columns)
      expect(pruned.columns).to.deep.equal(query.plan.columns)
      const pipeline = build(query.plan, { row: () => {}, watermark: () => {} }, { session: session.session })
      expect(pipeline.scans.map(({ fields }) => [...fields])).to.deep.equal(read)
    })
  }

  it('are not missed: the result of a join of all that is left is right', async () => {
    const line = (k: string, v: number, w: number, second: number) =>
      `${JSON.stringify({ ts: `2026-01-01 00:00:0${second}`, k, v, w, note: 'x'.repeat(9) })}\n`
    const { rows } = await runScript(
      `${TABLES} SELECT note, v, other FROM (SELECT x.note, x.v, y.v AS other, y.note AS unused FROM a x JOIN b y ON x.k = y.k AND x.w < y.w
        AND x.ts BETWEEN y.ts - INTERVAL '2' SECOND AND y.ts + INTERVAL '2' SECOND)`,
      { a: line('p', 1, 1, 1) + line('q', 2, 5, 2), b: line('p', 10, 3, 2) + line('q', 20, 3, 2) + line('p', 30, 9, 5) },
    )
    expect(rows).to.deep.equal(['{"kind":"INSERT","fields":["xxxxxxxxx",1,10]}'])
  })
})
