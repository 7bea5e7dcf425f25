import { expect } from 'chai'
import { isPartitionLocal } from '../../../src/query/plan/locality.ts'
import type { Plan } from '../../../src/query/plan/nodes.ts'
import { planShape } from '../../../src/query/plan/shape.ts'
import { ScriptSession } from '../../../src/query/script/script-session.ts'
import { parseScript } from '../../../src/query/sql/parse-script.ts'
import { TEST_SESSION } from '../../support/query.ts'

const table = (
  delay: number,
) => `CREATE TABLE m (k STRING, j STRING, v DOUBLE, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts - INTERVAL '${delay}' SECOND)
  WITH ('connector' = 'kafka', 'topic' = 'm', 'format' = 'json', 'key.format' = 'raw', 'key.fields' = 'k');`

function plan(sql: string, delay = 5): Plan {
  const session = new ScriptSession(TEST_SESSION)
  const planned = parseScript(`${table(delay)}${sql}`).statements.flatMap((statement) => session.run(statement))
  return planned.at(-1)?.plan as Plan
}

const windowed = (size: number, having: number, shown: string) => `SELECT k, ${shown} FROM (
  SELECT k, AVG(x) AS a, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '${size}' SECOND))
  GROUP BY k, window_start, window_end HAVING AVG(x) > ${having})`
const view = (value: string) => `CREATE TEMPORARY VIEW w AS SELECT k, ts, ${value} AS x FROM m;`
const query = (value = 'v * 2.0', size = 10, having = 1, shown = 'a') => `${view(value)}${windowed(size, having, shown)}`
const same = (a: Plan, b: Plan) => planShape(a) === planShape(b)

describe('what the state of a query is', () => {
  it('is the same with other bounds, constants, delays, and other columns behind', () => {
    expect(same(plan(query()), plan(query(undefined, 10, 5)))).to.equal(true)
    expect(same(plan(query()), plan(query('v * 3.0')))).to.equal(true)
    expect(same(plan(query()), plan(query(), 9))).to.equal(true)
    expect(same(plan(query()), plan(query(undefined, 10, 1, 'a * 2, n')))).to.equal(true)
  })

  it('is another with another window, and where something else is remembered', () => {
    expect(same(plan(query()), plan(query(undefined, 20)))).to.equal(false)
    expect(same(plan(query()), plan(query('v + 2.0')))).to.equal(false)
    expect(same(plan(query('v')), plan(query('CAST(v AS INT)')))).to.equal(false)
  })

  it('is that of the columns that are kept: a join that must keep one more is another', () => {
    const join = (shown: string) =>
      `SELECT ${shown} FROM m a JOIN m b ON a.k = b.k AND a.ts BETWEEN b.ts - INTERVAL '1' SECOND AND b.ts + INTERVAL '1' SECOND`
    expect(same(plan(join('a.k, a.v')), plan(join('a.v, a.k')))).to.equal(true)
    expect(same(plan(join('a.k')), plan(join('a.k, b.v')))).to.equal(false)
  })
})

describe('whether rows about one subject lie in one partition', () => {
  const sql = `SELECT k, j, COUNT(*) FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, j, window_start, window_end`
  it('they do where the key is part of the subject', () => {
    expect(isPartitionLocal(plan(sql), [0])).to.equal(true)
    expect(isPartitionLocal(plan(sql), [1, 0])).to.equal(true)
  })
  it('they do not where it is not, though the query itself may be split', () => {
    expect(isPartitionLocal(plan(sql))).to.equal(true)
    expect(isPartitionLocal(plan(sql), [1])).to.equal(false)
  })
})
