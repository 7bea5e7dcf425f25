import { createFunctions } from '../../../support/flink/udf.ts'
import { planScript } from '../../../support/query.ts'
import { constructsOf } from './constructs.ts'
import type { Subject } from './subjects.ts'
import { inputTable, scansOf } from './tables.ts'

const table = (watermark: string) => `CREATE TABLE s (
  id INT, k STRING, v DOUBLE, w INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ${watermark}
) WITH ('connector' = 'filesystem', 'path' = '\${s}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
`

/** What the generated values are taken from: many of few, so that frames have some. */
const LINES = ['a', 'b', null].map((k, i) => `${JSON.stringify({ id: i, k, v: i / 2, w: i, ts: '2026-01-01T00:00:00' })}\n`).join('')

const OVER = 'WINDOW r AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)'
const RANGE = "WINDOW r AS (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND CURRENT ROW)"
const window = (name: string, more: string) => `TABLE(${name}(TABLE s, DESCRIPTOR(ts), ${more}))`

/** Each own function that Flink has a counterpart of, in every place where rows have an order. */
const QUERIES: Readonly<Record<string, (call: string) => string>> = {
  'over-rows': (call) => `SELECT id, ${call.replace('@', 'OVER r')} AS x FROM s ${OVER}`,
  'over-range': (call) => `SELECT id, ${call.replace('@', 'OVER r')} AS x FROM s ${RANGE}`,
  'over-all': (call) => `SELECT id, ${call.replace('@', 'OVER (PARTITION BY k ORDER BY ts)')} AS x FROM s`,
  tumble: (call) =>
    `SELECT k, window_start, ${call.replace('@', '')} AS x FROM ${window('TUMBLE', "INTERVAL '30' SECOND")} GROUP BY k, window_start, window_end`,
  hop: (call) =>
    `SELECT window_start, ${call.replace('@', '')} AS x FROM ${window('HOP', "INTERVAL '10' SECOND, INTERVAL '30' SECOND")} GROUP BY window_start, window_end`,
  'group-by': (call) => `SELECT k, ${call.replace('@', '')} AS x FROM s GROUP BY k`,
}

const CALLS: Readonly<Record<string, string>> = {
  ewma: 'EWMA(v, 0.3) @',
  'robust-z': 'ROBUST_Z(v) @',
  'corr-lag': 'CORR_LAG(v, w, 1) @',
  forecast: 'FORECAST(v, 2) @',
  'forecast-season': 'FORECAST(v, 3, 0.8, 4) @',
}

/** Own functions as subjects; the jar is built where it is not there. */
export async function ownFunctionSubjects(): Promise<Subject[]> {
  const prelude = await createFunctions()
  const subjects: Subject[] = []
  for (const [place, query] of Object.entries(QUERIES)) {
    for (const [name, call] of Object.entries(CALLS)) {
      // Flink takes the rows of a slice in when it empties its buffer: which row of HOP is before which is then not told by arrival alone.
      const inOrder = place === 'hop'
      const script = `${table(inOrder ? 'ts' : "ts - INTERVAL '2' SECOND")}${query(call)}`
      const { plan } = planScript(script).query
      const [scanned] = scansOf(plan)
      const input = scanned && (await inputTable('s', scanned, LINES))
      if (input === undefined || typeof input === 'string') throw new Error(`${name}: ${input}`)
      subjects.push({
        id: `own-functions/${name}-${place}`,
        script,
        prelude,
        // A NaN in an array is another one each time for Flink, which tells a result again that has not changed.
        order: plan.changing ? 'table' : 'multiset',
        tables: [input],
        constructs: new Set(['own function', ...constructsOf(plan)]),
        late: !inOrder,
        nulls: true,
        inexact: true,
        // Logarithms and roots may differ in their last digit.
        digits: 10,
      })
    }
  }
  return subjects
}
