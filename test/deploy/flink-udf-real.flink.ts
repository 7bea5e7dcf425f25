import { expect } from 'chai'
import { FlinkGateway } from '../../src/query/flink/gateway.ts'
import { askQuery } from '../query/flink/ask-queries.ts'
import { describeFlink } from '../support/flink/index.ts'
import { createFunctions, flinkUdfJar, missingForUdf } from '../support/flink/udf.ts'
import { runScript } from '../support/query.ts'

const TABLE = `CREATE TABLE s (k STRING, v DOUBLE, w INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH
  ('connector'='filesystem','path'='\${s}','format'='json','json.timestamp-format.standard'='ISO-8601');\n`
const LINES = Array.from({ length: 60 }, (_, i) => {
  const ts = `2026-01-01T00:${String(i).padStart(2, '0')}:00`
  return JSON.stringify({ k: 'a', v: i % 9 === 4 ? null : ((i * 37) % 17) / 4, w: (i * 11) % 13, ts })
}).join('\n')

describeFlink('own functions in a real Flink, from the jar that Maven makes', (flink) => {
  before('mvn package', async function () {
    this.timeout(300_000)
    const missing = missingForUdf()
    if (missing === null) await flinkUdfJar()
    else if (process.env.SHITOPS_REQUIRE_FLINK === '1') throw new Error(missing)
    else this.skip()
  })

  async function both(select: string): Promise<void> {
    const functions = (await createFunctions()).map((statement) => `${statement};\n`)
    const theirs = await askQuery(new FlinkGateway(flink().gatewayUrl), {
      script: functions.join('') + TABLE + select,
      inputs: { s: LINES },
    })
    const ours = await runScript(TABLE + select, { s: LINES })
    expect(theirs.refused ?? theirs.failed).to.equal(undefined)
    expect(ours.rows).to.have.length(theirs.rows?.length ?? -1)
    expect(ours.rows.map(rounded)).to.deep.equal(theirs.rows?.map(rounded))
  }

  it('give in OVER what ours give', () =>
    both(
      `SELECT EWMA(v, 0.3) OVER r AS e, ROBUST_Z(v) OVER r AS z, CORR_LAG(v, w, 1) OVER r AS c, FORECAST(v, 2) OVER r AS f
       FROM s WINDOW r AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)`,
    ))

  it('give in windows what ours give', () =>
    both(
      `SELECT window_start, EWMA(v, 0.3) AS e, ROBUST_Z(v) AS z, CORR_LAG(v, w, 1) AS c, FORECAST(v, 2, 0.8, 4) AS f
       FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '20' MINUTE)) GROUP BY window_start, window_end`,
    ))
})

/** To eleven digits: Math.log may differ in its last one. */
function rounded(row: string): unknown {
  return JSON.parse(row, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(11)) : value))
}
