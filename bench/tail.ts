/**
 * `tail` from the embedded bus to /dev/null, CPU time a record: `--output raw` against a plain loop that copies each value into a buffer and
 * writes a batch at a time; `--output ndjson` against the code that comes to mind first, JSON.parse and JSON.stringify. Each in a process of
 * its own, in turns. `--short` for fewer records and runs.
 *
 * ratio: baseline / ours of the CPU seconds (medians); above 1 ours is cheaper. Goals: raw 0.8 or more, ndjson 1.5 or more.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bus, RecordBatch } from '../src/bus/bus.ts'
import { openBus } from '../src/bus/open.ts'
import { resolveRange } from '../src/bus/ops/range.ts'
import { tail } from '../src/bus/ops/tail.ts'
import { type RecordOutput, recordFormat } from '../src/cli/record-format/format.ts'
import { StreamSink } from '../src/cli/stream-sink.ts'

const SHORT = process.argv.includes('--short')
const RECORDS = SHORT ? 100_000 : 1_000_000
const RUNS = SHORT ? 1 : 5
const BATCH = 1_000
const TOPIC = 'bench'
const GOALS = { raw: 0.8, ndjson: 1.5 }

const HEADERS = [
  ['ce_specversion', '1.0'],
  ['ce_source', '/gnmi/access-1'],
  ['ce_type', 'com.shitops.device_metrics.v1'],
  ['content-type', 'application/json'],
] as const

/** A value of 300 bytes. */
function eventText(i: number): string {
  const event = {
    event_time: new Date(1_700_000_000_000 + i).toISOString(),
    target: `access-${i % 40}`,
    metric: 'cpu_load',
    value: (i % 100) / 100,
  }
  const text = JSON.stringify({ ...event, pad: '' })
  return `${text.slice(0, -2)}${'x'.repeat(300 - text.length)}"}`
}

async function fill(url: string): Promise<void> {
  const bus = await openBus(url)
  await bus.createTopic({ name: TOPIC, partitions: 1, config: { 'retention.ms': '-1' } })
  for (let base = 0; base < RECORDS; base += BATCH) {
    const records = Array.from({ length: BATCH }, (_, i) => ({
      key: `access-${i % 40}`,
      value: eventText(base + i),
      timestamp: 1_700_000_000_000 + base + i,
      headers: HEADERS,
    }))
    await bus.append(TOPIC, records)
  }
  await bus.close()
}

async function ours(bus: Bus, output: RecordOutput): Promise<void> {
  const sink = new StreamSink(process.stdout, await recordFormat({ output, topics: false, header: false, utc: true }))
  const range = await resolveRange(bus, { topic: TOPIC, from: { kind: 'start' } })
  await tail(bus, { ranges: [range], follow: false, order: 'time', signal: new AbortController().signal }, sink)
}

async function plain(bus: Bus, write: (batch: RecordBatch) => void): Promise<void> {
  for await (const batch of bus.read({ topic: TOPIC, partitions: [{ partition: 0, from: 0 }] })) write(batch)
}

const lines = Buffer.allocUnsafe(4 << 20)

/** Tasks by name; each writes every record to standard output, which is /dev/null. */
const TASKS: Record<string, (bus: Bus) => Promise<void>> = {
  raw: (bus) => ours(bus, 'raw'),
  ndjson: (bus) => ours(bus, 'ndjson'),
  'raw-baseline': (bus) =>
    plain(bus, (batch) => {
      let at = 0
      for (let i = 0; i < batch.count; i++) {
        at += batch.value(i)?.copy(lines, at) ?? 0
        lines[at++] = 0x0a
      }
      writeSync(1, lines, 0, at)
    }),
  'ndjson-baseline': (bus) =>
    plain(bus, (batch) => {
      let text = ''
      for (const { topic, partition, offset, timestamp, key, headers, value } of batch) {
        const named = Object.fromEntries(headers.map(([name, bytes]) => [name, bytes.toString()]))
        const parsed = value && JSON.parse(value.toString())
        text += `${JSON.stringify({ topic, partition, offset, timestamp, key: key?.toString() ?? null, headers: named, value: parsed })}\n`
      }
      writeSync(1, text)
    }),
}

/** CPU seconds of a task in a process of its own, opening the bus included. */
function measure(task: string, url: string): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, BENCH_TASK: task, BENCH_BUS: url },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (seconds) => resolve(Number(seconds)))
    child.once('exit', (code) => reject(new Error(`${task} ended with ${code}`)))
  })
}

async function runTask(task: string, url: string): Promise<void> {
  const bus = await openBus(url, { readOnly: true })
  const began = process.cpuUsage()
  await TASKS[task]?.(bus)
  const { user, system } = process.cpuUsage(began)
  await bus.close()
  process.send?.((user + system) / 1e6)
  process.disconnect()
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'shitops-bench-'))
  try {
    const url = `embedded:${directory}`
    await fill(url)
    for (const [name, goal] of Object.entries(GOALS)) {
      const seconds: Record<'ours' | 'baseline', number[]> = { ours: [], baseline: [] }
      for (let run = 0; run < RUNS; run++) {
        seconds.ours.push(await measure(name, url))
        seconds.baseline.push(await measure(`${name}-baseline`, url))
      }
      const [own, base] = [median(seconds.ours), median(seconds.baseline)]
      const perRecord = (total: number) => Number(((total / RECORDS) * 1e6).toFixed(2))
      console.log(
        JSON.stringify({
          name: `tail-${name}`,
          ratio: Number((base / own).toFixed(2)),
          baseline: name === 'raw' ? 'a plain loop that copies values' : 'JSON.parse and JSON.stringify',
          goal,
          cpu_us_per_record: perRecord(own),
          baseline_cpu_us_per_record: perRecord(base),
          records: RECORDS,
          node: process.version,
        }),
      )
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const { BENCH_TASK, BENCH_BUS = '' } = process.env
await (BENCH_TASK ? runTask(BENCH_TASK, BENCH_BUS) : main())
