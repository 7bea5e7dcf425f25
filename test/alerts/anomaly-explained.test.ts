import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { play } from '../../src/alerts/testing/stream.ts'
import { silentLogger } from '../../src/base/log.ts'
import { emptySummary, type ScoredRow, scoreRows } from '../../src/cli/anomaly/score.ts'
import { readInsight } from '../../src/insights/library.ts'
import { planInsight } from '../../src/insights/plan.ts'
import { fill } from '../../src/insights/template.ts'
import { ALARM_SCORE } from '../../src/query/anomaly/since.ts'
import { runScript } from '../support/query.ts'

const START = Date.UTC(2026, 0, 5)
const ROWS = 1500
/** A probe's round trip in seconds, by day and night; one hour that takes three times as long. */
const latency = (row: number) =>
  Number(
    (
      (0.04 + 0.01 * Math.sin((row / 288) * 2 * Math.PI) + (((row * 7919) % 101) / 101) * 0.002) *
      (row >= 1300 && row < 1312 ? 3 : 1)
    ).toFixed(5),
  )
const timeAt = (row: number) => START + row * 300_000
const rows = Array.from({ length: ROWS }, (_, row) => [new Date(timeAt(row)).toISOString(), latency(row)] as const)

describe('an anomaly', () => {
  const folder = mkdtempSync(join(tmpdir(), 'same-'))
  after(() => rmSync(folder, { recursive: true }))
  let scored: ScoredRow[]

  before(async () => {
    scored = []
    const file = join(folder, 's.csv')
    writeFileSync(file, `timestamp,value\n${rows.map((row) => row.join(',')).join('\n')}\n`)
    const options = { file, explain: true, utcOffsetMinutes: 0 }
    for await (const some of scoreRows(options, emptySummary(), silentLogger, new AbortController().signal)) scored.push(...some)
    expect(scored.filter(({ alarm }) => alarm).length).to.be.within(1, 60)
    expect(scored[1300]?.anomaly_score).to.be.at.least(ALARM_SCORE)
  })

  it('has the same score and explanation in `anomaly score` and in SQL, row by row', async () => {
    const table = `CREATE TABLE s (v DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH
      ('connector'='filesystem','path'='\${s}','format'='json','json.timestamp-format.standard'='ISO-8601');\n`
    const lines = rows.map(([time, v]) => JSON.stringify({ v, ts: time.replace('Z', '') })).join('\n')
    const { rows: printed } = await runScript(
      `${table}SELECT ANOMALY_SCORE(v, ts) OVER w AS x, ANOMALY_EXPLAIN(v, ts) OVER w AS y FROM s WINDOW w AS (ORDER BY ts)`,
      { s: lines },
    )
    const fields = printed.map((row) => JSON.parse(row).fields)
    expect(fields.map(([score]) => score)).to.deep.equal(scored.map(({ anomaly_score }) => anomaly_score))
    expect(fields.map(([, why]) => why && JSON.parse(why))).to.deep.equal(
      scored.map(({ anomaly_score: score, alarm }) => (alarm ? { score, ...alarm } : null)),
    )
  })

  it('explains itself in the alert of an insight, as it does in `anomaly score`', async () => {
    const planned = await planInsight(await readInsight('docs/insights/latency_unusual.sql'))
    const records = rows.map(([event_time, value], row) => ({
      topic: 'device_metrics' as const,
      time: timeAt(row),
      value: { event_time, target: 'probe-1', metric: 'latency', instance: '', unit: 'seconds', value, collector: 'gnmi' },
    }))
    const { rows: raised, bad } = play([planned], records, timeAt(ROWS))
    expect(bad).to.deep.equal([])
    const alarms = scored.flatMap(({ alarm, anomaly_score }, row) => (alarm ? [{ row, alarm, anomaly_score }] : []))
    const active = raised.filter((row) => row.active)
    expect(active.map(({ time }) => time)).to.deep.equal(alarms.map(({ row }) => timeAt(row)))
    for (const [i, { values }] of active.entries()) {
      const { alarm, anomaly_score } = alarms[i] as (typeof alarms)[number]
      expect(values).to.include({
        score: anomaly_score,
        said_by: alarm.member,
        low: alarm.expected_low,
        high: alarm.expected_high,
        since: alarm.since,
        last_so: alarm.similar,
      })
    }
    const first = active.find(({ time }) => time === timeAt(1300))
    const summary = fill(planned.insight.alert.summary, first?.values ?? {})
    expect(summary).to.match(
      /^probe-1 answers in 0\.1\d+ s, and 0\.0\d+ to 0\.0\d+ s were expected by \w+; since 2026-01-09T12:20:00\.000Z, last so at 2026-/,
    )
  })
})
