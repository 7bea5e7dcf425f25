import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import { explainPlan } from '../../../src/query/plan/explain.ts'
import { planScript } from '../../support/query.ts'
import { readQueryCases } from '../cases/read.ts'

const TABLE = `CREATE TABLE m (id INT, k STRING, v DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
  WITH ('connector' = 'filesystem', 'path' = '/m', 'format' = 'json');`

const explained = (sql: string, sink?: string): string => explainPlan(planScript(`${TABLE} ${sql}`).query.plan, sink)

/** The lines that have this word as the name of what they say. */
const lines = (text: string, name: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/^[│├└─ ]+/, ''))
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim())

describe('query/plan: explain', () => {
  it('shows the steps as a tree, the last one first', () => {
    const sql = `SELECT window_start, k, COUNT(*) AS c, AVG(v) FILTER (WHERE v > 0) AS a
      FROM TABLE(HOP(TABLE m, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '1' MINUTE))
      WHERE v < 100 AND k <> 'x' GROUP BY window_start, window_end, k`
    expect(explained(sql, 'print')).to.equal(`print
└─ pick columns
   │ gives     window_start TIMESTAMP(3) NOT NULL, k STRING, c BIGINT NOT NULL, a DOUBLE
   │ rows      new ones only
   └─ aggregate windows: HOP 1 min every 5 s of ts
      │ keys      k
      │ computes  COUNT(*), AVG(v) FILTER (WHERE v > 0)
      │ state     one accumulator per window slice and key, until the watermark passes the last window of the slice
      │ gives     k STRING, a0 BIGINT NOT NULL, a1 DOUBLE, window_start TIMESTAMP(3) NOT NULL, window_end TIMESTAMP(3) NOT NULL, window_time TIMESTAMP(3) NOT NULL (row time)
      │ rows      new ones only
      └─ filter
         │ where     (v < 100) AND (k <> 'x')
         │ computes  $f4 = v > 0
         │ gives     $time TIMESTAMP(3) (row time), $time TIMESTAMP(3) (row time), k STRING, $f3 DOUBLE, $f4 BOOLEAN, $time TIMESTAMP(3) (row time)
         │ rows      new ones only
         └─ pick columns
            │ watermark ts at ts - 5 s
            │ gives     id INT, k STRING, v DOUBLE, ts TIMESTAMP(3) (row time)
            │ rows      new ones only
            └─ scan m
                 from      filesystem /m json
                 gives     id INT, k STRING, v DOUBLE, ts TIMESTAMP(3)
                 rows      new ones only
`)
  })

  it('says how long state is kept', () => {
    const sql = 'SELECT k, COUNT(*) AS c FROM m GROUP BY k'
    expect(lines(explained(sql), 'state')).to.deep.equal(['one accumulator per key, for ever (table.exec.state.ttl is not set)'])
    expect(lines(explained(`SET 'table.exec.state.ttl' = '1 h'; ${sql}`), 'state')).to.deep.equal([
      'one accumulator per key, until 1 h after it was last touched',
    ])
  })

  it('says which rows are taken back', () => {
    const nested = explained('SELECT c, COUNT(*) AS n FROM (SELECT k, COUNT(*) AS c FROM m GROUP BY k) GROUP BY c')
    expect(lines(nested, 'state')[0]).to.contain('that can take rows back')
    expect(lines(nested, 'rows')[0]).to.equal('new, and changes of those before')
    expect(lines(nested, 'rows').at(-1)).to.equal('new ones only')
  })

  it('shows both sides of a join, its keys, times and conditions', () => {
    const text = explained(
      `SELECT a.id, b.v FROM m a LEFT JOIN m b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts + INTERVAL '10' SECOND AND a.v < b.v`,
    )
    expect(text).to.contain('left interval join')
    expect(lines(text, 'on')).to.deep.equal(['k = k'])
    expect(lines(text, 'and')).to.deep.equal(['left.v < right.v'])
    expect(lines(text, 'times')).to.deep.equal(['ts from ts - 1 min to ts + 10 s'])
    expect(text.match(/scan m/g)).to.have.length(2)
  })

  it('tells columns of one name apart', () => {
    expect(explained('SELECT a.id + b.id AS s FROM m a JOIN m b ON a.k = b.k')).to.contain('s = id#0 + id#')
  })

  for (const each of readQueryCases()) {
    if (each.refused !== undefined) continue
    it(`has words for ${each.id}`, () => {
      const script = each.script.replaceAll(/\$\{\w+\}/g, '/nowhere')
      let plan: ReturnType<typeof planScript>['query']['plan']
      try {
        plan = planScript(script).query.plan
      } catch (error) {
        if (error instanceof ShitopsError) return
        throw error
      }
      const text = explainPlan(plan)
      expect(text).not.to.match(/undefined|\[object|NaN ms|\?/)
      expect(text.split('\n').every((line) => line === line.trimEnd())).to.equal(true)
    })
  }
})
