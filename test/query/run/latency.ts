/**
 * How long a row takes from its record to a reader, when a durable job follows on the embedded bus: `node --import tsx test/query/run/latency.ts`.
 * Prints one JSON line. A probe, not a test: it asserts nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBus } from '../../../src/bus/open.ts'
import { JOB_STATE_SPEC } from '../../../src/query/run/job-state.ts'
import { FILTER, record, runScriptJob } from './job-support.ts'

const EVENTS = Number(process.argv[2] ?? 500)
const folder = mkdtempSync(join(tmpdir(), 'shitops-latency-'))
const bus = await openBus(`embedded:${folder}`)
await bus.createTopic(JOB_STATE_SPEC)
for (const name of ['in', 'out']) await bus.createTopic({ name, partitions: 1 })

/** The times from an append to `in` until a reader of `topic` has something new, ms, in ascending order. */
async function times(topic: string, signal: AbortSignal): Promise<number[]> {
  const sent: number[] = []
  const took: number[] = []
  const [from] = (await bus.offsets(topic)).map(({ latest }) => latest)
  const reading = (async () => {
    for await (const batch of bus.read({ topic, partitions: [{ partition: 0, from: from ?? 0 }], follow: true, signal })) {
      const now = performance.now()
      for (let i = 0; i < batch.count; i++) took.push(now - (sent[took.length] ?? now))
      if (took.length >= EVENTS) return
    }
  })()
  for (let i = 0; i < EVENTS; i++) {
    sent.push(performance.now())
    await bus.append('in', [record(i, i / 100)])
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await reading
  return took.sort((a, b) => a - b)
}

const stop = new AbortController()
const alone = await times('in', stop.signal)
const job = runScriptJob(bus, FILTER, { signal: stop.signal })
while ((await bus.offsets('out'))[0]?.latest !== EVENTS) await new Promise((resolve) => setTimeout(resolve, 20))
await times('out', stop.signal)
const cpu = process.cpuUsage()
const rows = await times('out', stop.signal)
const { user, system } = process.cpuUsage(cpu)
stop.abort()
await job
await bus.close()
rmSync(folder, { recursive: true })
const at = (took: number[], share: number) => Number((took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? 0).toFixed(2))
const figures = (took: number[]) => ({ p50_ms: at(took, 0.5), p90_ms: at(took, 0.9), p99_ms: at(took, 0.99) })
const cpuMs = Number(((user + system) / 1000 / EVENTS).toFixed(2))
console.log(
  JSON.stringify({
    name: 'event to row, following, embedded',
    events: EVENTS,
    row: figures(rows),
    record_alone: figures(alone),
    cpu_ms_per_event: cpuMs,
  }),
)
