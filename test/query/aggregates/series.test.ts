import { expect } from 'chai'
import fc from 'fast-check'
import type { AggregateCall } from '../../../src/query/aggregates/aggregate.ts'
import { compileAggregates } from '../../../src/query/aggregates/compile.ts'
import { CorrLag } from '../../../src/query/aggregates/series/corr-lag.ts'
import { Detector } from '../../../src/query/anomaly/detector.ts'
import { MultiDetector } from '../../../src/query/anomaly/multi-detector.ts'
import { planScript, runScript } from '../../support/query.ts'

const DOUBLE = { kind: 'DOUBLE', nullable: true } as const
const values = Array.from({ length: 40 }, (_, i) => ((i * 37) % 17) + (i === 30 ? 50 : 0))
const lines = values
  .map((v, i) => JSON.stringify({ k: 'a', v, w: (i * 11) % 13, ts: `2026-01-01T00:${String(i).padStart(2, '0')}:00` }))
  .join('\n')
const TABLE = `CREATE TABLE s (k STRING, v DOUBLE, w INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH
  ('connector'='filesystem','path'='\${s}','format'='json','json.timestamp-format.standard'='ISO-8601');\n`
const OVER = 'OVER (PARTITION BY k ORDER BY ts'

async function column(expression: string): Promise<unknown[]> {
  const { rows } = await runScript(`${TABLE}SELECT ${expression} AS x FROM s`, { s: lines })
  return rows.map((row) => JSON.parse(row).fields[0])
}

describe('own SQL functions', () => {
  it('ANOMALY_SCORE is the score of `anomaly score`', async () => {
    const detector = new Detector()
    const wanted = values.map((value, i) => detector.step(Date.UTC(2026, 0, 1) + i * 60_000, value).score)
    expect(await column(`ANOMALY_SCORE(v, ts) ${OVER})`)).to.deep.equal(wanted)
  })

  it('ANOMALY_SCORE takes several values of a row, with its time or without', async () => {
    for (const timed of [true, false]) {
      const detector = new MultiDetector(2)
      const wanted = values.map((value, i) => detector.step(timed ? Date.UTC(2026, 0, 1) + i * 60_000 : 0, [value, (i * 11) % 13]).score)
      expect(await column(`ANOMALY_SCORE(v, w${timed ? ', ts' : ''}) ${OVER})`)).to.deep.equal(wanted)
    }
  })

  it('EWMA takes alpha of each new value', async () => {
    let mean = values[0] as number
    const wanted = values.map((value, i) => (mean = i === 0 ? value : mean + 0.25 * (value - mean)))
    expect(await column(`EWMA(v, 0.25) ${OVER})`)).to.deep.equal(wanted)
  })

  it('ROBUST_Z has the median and its deviation of the frame', async () => {
    const z = await column(`ROBUST_Z(v) ${OVER} ROWS BETWEEN 4 PRECEDING AND CURRENT ROW)`)
    expect(z.slice(0, 2)).to.deep.equal([null, null])
    // By hand: median 13, deviations from it 3, 0, 3, 11, 42, and their median 3.
    expect(values.slice(26, 31)).to.deep.equal([10, 13, 16, 2, 55])
    expect(z[30]).to.be.closeTo((55 - 13) / (1.4826 * 3), 1e-12)
  })

  it('CORR_LAG finds by how many rows one follows the other', async () => {
    const followed = values.map((v, i) =>
      JSON.stringify({ k: 'a', v: i < 3 ? 0 : values[i - 3], w: v, ts: `2026-01-01T00:${String(i).padStart(2, '0')}:00` }),
    )
    const script = `${TABLE}SELECT CORR_LAG(v, w, 3) ${OVER}) AS x, CORR_LAG(v, w, 1) ${OVER}) AS y FROM s`
    const { rows } = await runScript(script, { s: followed.join('\n') })
    const [at3, at1] = JSON.parse(rows.at(-1) ?? '').fields
    expect(at3).to.be.closeTo(1, 1e-12)
    expect(Math.abs(at1)).to.be.below(0.7)
  })

  it('FORECAST goes on with a trend, and the interval holds the value', async () => {
    const rising = Array.from({ length: 200 }, (_, i) => 100 + 2 * i)
    const fold = compileAggregates([{ fn: 'FORECAST', args: [0, 1, 2], argTypes: [], type: DOUBLE, constants: { 1: 1, 2: 0.9 } }], {
      retract: false,
      merge: false,
    })
    const acc = fold.create()
    for (const value of rising) fold.add(acc, [value, 1, 0.9])
    const into: unknown[] = []
    fold.results(acc, into)
    const [forecast, low, high] = into[0] as [number, number, number]
    expect(forecast).to.be.closeTo(500, 5)
    expect(low).to.be.at.most(forecast)
    expect(high).to.be.at.least(forecast)
  })

  it('give of a frame what they give of its rows alone, through windows too', async () => {
    for (const call of [
      'EWMA(v, 0.3)',
      'ROBUST_Z(v)',
      'CORR_LAG(v, w, 2)',
      'FORECAST(v, 3, 0.8, 4)',
      'ANOMALY_SCORE(v)',
      'ANOMALY_SCORE(v, w)',
    ]) {
      const framed = await column(`${call} ${OVER} ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)`)
      const windowed = await runScript(
        `${TABLE}SELECT ${call} AS x FROM TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) GROUP BY window_start, window_end`,
        { s: lines },
      )
      expect(
        windowed.rows.map((row) => JSON.parse(row).fields[0]),
        call,
      ).to.deep.equal([framed[9], framed[19], framed[29], framed[39]])
    }
  })

  it('are refused with what is wrong', () => {
    const refused = (expression: string) => () =>
      planScript(`${TABLE.replace(/'path'='[^']*'/, "'path'='none'")}SELECT ${expression} AS x FROM s`)
    expect(refused(`EWMA(v, 2) ${OVER})`)).to.throw(/alpha of EWMA\(value, alpha\) is a constant, above 0 and up to 1/)
    expect(refused(`EWMA(v) ${OVER})`)).to.throw(/called as EWMA/)
    expect(refused(`EWMA(k, 0.5) ${OVER})`)).to.throw(/needs numbers/)
    expect(refused(`FORECAST(v, 0) ${OVER})`)).to.throw(/whole number from 1/)
    expect(refused(`CORR_LAG(v, w, v) ${OVER})`)).to.throw(/constant/)
    expect(refused(`ANOMALY_SCORE(v, k) ${OVER})`)).to.throw(/needs numbers/)
    expect(refused(`ANOMALY_EXPLAIN(ts) ${OVER})`)).to.throw(/needs numbers/)
    expect(refused(`ANOMALY_SCORE(ts, v) ${OVER})`)).to.throw(/needs numbers/)
  })

  it('go on from what was saved as JSON, with rows that leave and without', () => {
    const calls: AggregateCall[] = [
      { fn: 'ANOMALY_SCORE', args: [0], argTypes: [DOUBLE], type: DOUBLE },
      { fn: 'ANOMALY_SCORE', args: [0, 1], argTypes: [DOUBLE, DOUBLE], type: DOUBLE },
      { fn: 'ANOMALY_EXPLAIN', args: [0], argTypes: [DOUBLE], type: DOUBLE },
      { fn: 'EWMA', args: [0, 1], argTypes: [DOUBLE], type: DOUBLE, constants: { 1: 0.3 } },
      { fn: 'ROBUST_Z', args: [0], argTypes: [DOUBLE], type: DOUBLE },
      { fn: 'FORECAST', args: [0, 1], argTypes: [DOUBLE], type: DOUBLE, constants: { 1: 2 } },
      { fn: 'CORR_LAG', args: [0, 1, 2], argTypes: [DOUBLE], type: DOUBLE, constants: { 2: 1 } },
    ]
    const rows = fc.array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -9, max: 9 }), fc.constant(1)), {
      maxLength: 40,
    })
    fc.assert(
      fc.property(rows, fc.nat(40), fc.boolean(), (all, cut, retract) => {
        const aggregates = compileAggregates(calls, { retract, merge: false })
        const results = (acc: ReturnType<typeof aggregates.create>) => {
          const into: unknown[] = []
          aggregates.results(acc, into)
          return into
        }
        const whole = aggregates.create()
        let parts = aggregates.create()
        for (const [i, row] of all.entries()) {
          if (i === cut) parts = aggregates.load(JSON.parse(JSON.stringify(aggregates.save(parts))))
          for (const acc of [whole, parts]) {
            aggregates.add(acc, row)
            if (retract && i >= 5) aggregates.retract(acc, all[i - 5] as typeof row)
          }
          expect(results(parts)).to.deep.equal(results(whole))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('CORR_LAG stays in [-1, 1]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -1e8, max: 1e8, noNaN: true }), fc.double({ min: -1e8, max: 1e8, noNaN: true }))),
        (pairs) => {
          const fold = new CorrLag(1)
          for (const [x, y] of pairs) fold.add(x, y)
          const result = fold.result()
          if (result !== null) expect(result).to.be.within(-1, 1)
        },
      ),
    )
  })
})
