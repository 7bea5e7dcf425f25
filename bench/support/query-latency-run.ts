/**
 * From an event on an embedded topic to the row of it on another one, for bench/query.ts: a job that follows, and a reader that follows what it
 * writes. Argument: how many events, 200 a second.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../src/base/clock.ts'
import { openBus } from '../../src/bus/open.ts'
import { build } from '../../src/query/run/build.ts'
import { runBusJob } from '../../src/query/run/bus-job.ts'
import { JOB_STATE_SPEC } from '../../src/query/run/job-state.ts'
import { type PlannedQuery, ScriptSession } from '../../src/query/script/script-session.ts'
import { TopicSink } from '../../src/query/sinks/topic-sink.ts'
import { parseScript } from '../../src/query/sql/parse-script.ts'

const events = Number(process.argv[2])
const PAUSE_MS = 5
const SCRIPT = `
CREATE TABLE metrics (target STRING, seq INT, \`value\` DOUBLE) WITH ('connector' = 'kafka', 'topic' = 'metrics', 'format' = 'json');
CREATE TABLE high (target STRING, seq INT, \`value\` DOUBLE) WITH ('connector' = 'kafka', 'topic' = 'high', 'format' = 'json');
INSERT INTO high SELECT target, seq, \`value\` FROM metrics WHERE \`value\` >= 0`

const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
const bus = await openBus(`embedded:${folder}`)
for (const name of ['metrics', 'high']) await bus.createTopic({ name, partitions: 1 })
await bus.createTopic(JOB_STATE_SPEC)

const session = new ScriptSession({ now: () => 0, random: () => 0.5 })
let query: PlannedQuery | undefined
for (const statement of parseScript(SCRIPT).statements) for (const planned of session.run(statement)) query = planned
const { plan, sink: table } = query ?? {}
if (!plan || !table) throw new Error('no query')
const stop = new AbortController()
const sink = new TopicSink(table, plan.columns)
const pipeline = build(plan, sink, { session: session.session })
const job = runBusJob({
  bus,
  clock: systemClock,
  job: 'latency',
  create: () => ({ pipeline, shape: SCRIPT, take: () => sink.take().map((record) => ({ topic: sink.topic, ...record })) }),
  topicOf: () => 'metrics',
  start: 'earliest',
  signal: stop.signal,
  idleTimeout: 60_000,
  onBad: ({ reason }) => {
    throw new Error(reason)
  },
})

const sent = new Float64Array(events)
const took: number[] = []
const reader = (async () => {
  for await (const batch of bus.read({ topic: 'high', partitions: [{ partition: 0, from: 0 }], follow: true, signal: stop.signal })) {
    const now = performance.now()
    for (let i = 0; i < batch.count; i++) {
      const { seq } = JSON.parse(String(batch.value(i))) as { seq: number }
      took.push(now - (sent[seq] as number))
    }
    if (took.length >= events) return
  }
})()

for (let seq = 0; seq < events; seq++) {
  sent[seq] = performance.now()
  await bus.append('metrics', [{ key: 'a', value: JSON.stringify({ target: 'access-0001', seq, value: seq % 100 }) }])
  await sleep(PAUSE_MS)
}
await reader
stop.abort()
await job
await bus.close()
await rm(folder, { recursive: true, force: true })

// The first ones met code that was not compiled yet.
const steady = took.slice(Math.floor(took.length / 10)).sort((a, b) => a - b)
const at = (share: number) => Number((steady[Math.floor(share * (steady.length - 1))] ?? Number.NaN).toFixed(2))
console.log(JSON.stringify({ events, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) }))
