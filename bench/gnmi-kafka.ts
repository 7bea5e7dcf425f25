/**
 * A gNMI stream to a real Kafka: `shitops gnmi subscribe` as it was built, until the broker has every record. CPU time of the client, its start
 * included, beside the client that one writes first (grpc-js, proto-loader, JSON.stringify) which only writes a file.
 * Goals come from gnmic 0.47 to a Kafka, 188,000 to 211,000 updates per CPU second at 10 updates a notification and 60,000 to 66,000 at 1, measured
 * where the plain client had 216,000 and 122,000: >= 4 x gnmic at 10 is a ratio of 3.7, >= 3 x at 1 one of 1.55.
 * `node --import tsx bench/gnmi-kafka.ts [--short] [--updates=1] [--rounds=3]`; without Java and Maven it prints a line that says so.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../src/bus/bus.ts'
import { openBus } from '../src/bus/open.ts'
import { missingForKafka } from '../test/support/kafka/distribution.ts'
import { startKafka } from '../test/support/kafka/index.ts'
import { plainClient } from './support/gnmi-clients.ts'
import { LoadProcess } from './support/load-process.ts'
import { type Measured, measureClient, missingForMeasuring } from './support/measure-client.ts'
import { type Usage, usageOf } from './support/process-usage.ts'

const short = process.argv.includes('--short')
const rounds = Number(process.argv.find((arg) => arg.startsWith('--rounds='))?.slice('--rounds='.length) ?? (short ? 1 : 3))
const TOPIC = 'device_telemetry'
const LOOK = 100
const PATIENCE = 60_000

interface Case {
  updates: number
  /** Notifications of a run. */
  count: number
  /** Plain client's share of what gnmic does to a Kafka, times the goal. */
  goal: number
}

const only = process.argv.find((arg) => arg.startsWith('--updates='))?.slice('--updates='.length)
const ALL: Case[] = [
  { updates: 1, count: short ? 150_000 : 600_000, goal: 1.55 },
  { updates: 10, count: short ? 50_000 : 300_000, goal: 3.7 },
]
const CASES = ALL.filter(({ updates }) => only === undefined || updates === Number(only))

const say = (line: object) => console.log(JSON.stringify({ name: 'gnmi-kafka', ...line }))
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Records on the broker. */
async function stored(bus: Bus): Promise<number> {
  const partitions = await bus.offsets(TOPIC).catch(() => [])
  return partitions.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0)
}

/** Subscribes until the broker has `count` more records, and those about the stream. */
async function toKafka(bus: Bus, address: string, updates: number, count: number): Promise<Usage & { wallSeconds: number }> {
  const before = await stored(bus)
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [
      ...[...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), resolve('bin/run.js'), 'gnmi', 'subscribe', '-a', address, '--insecure'],
      ...['--path', '/', '--encoding', 'proto', '--quiet', '--bus', bus.url],
    ],
    { env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const gone = new Promise<void>((done) => child.on('close', () => done()))
  try {
    let last = 0
    for (let since = performance.now(); ; ) {
      await sleep(LOOK)
      const usage = usageOf(child.pid ?? 0)
      const there = (await stored(bus)) - before
      if (there > last) since = performance.now()
      last = there
      // Connected and synced are two more.
      if (usage && there >= count + 2) return { ...usage, wallSeconds: (since - startedAt) / 1_000 }
      if (!usage || performance.now() - since > PATIENCE) throw new Error(`${there} of ${count} records, ${updates} updates each`)
    }
  } finally {
    child.kill('SIGINT')
    await gone
  }
}

async function run(folder: string, bus: Bus): Promise<void> {
  const plain = await plainClient(folder)
  for (const { updates, count, goal } of CASES) {
    const load = await LoadProcess.start({ kind: 'uint', updates, count })
    try {
      const ours: Array<Usage & { wallSeconds: number }> = []
      const theirs: Measured[] = []
      for (let round = 0; round < rounds; round++) {
        ours.push(await toKafka(bus, load.address, updates, count))
        theirs.push(await measureClient(plain(load.address, 'PROTO'), count * updates))
      }
      const mine = median(ours.map(({ cpuSeconds }) => (count * updates) / cpuSeconds))
      const baseline = median(theirs.map(({ cpuSeconds }) => (count * updates) / cpuSeconds))
      say({
        ...{ payload: `uint ${updates}`, node: process.version, ratio: Number((mine / baseline).toFixed(2)), goal },
        baseline: 'grpc-js, proto-loader, JSON.stringify to a file',
        updates_per_cpu_s: Math.round(mine),
        baseline_updates_per_cpu_s: Math.round(baseline),
        notifications_per_s: Math.round(count / median(ours.map(({ wallSeconds }) => wallSeconds))),
        rss_mb: Math.round(Math.max(...ours.map(({ rss }) => rss)) / 1e6),
      })
    } finally {
      await load.stop()
    }
  }
}

const missing =
  missingForMeasuring() ?? missingForKafka() ?? (existsSync('dist/commands/gnmi/subscribe.js') ? null : 'not built (npm run build)')
if (missing) say({ skipped: missing })
else {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  const kafka = await startKafka()
  const bus = await openBus(kafka.url())
  try {
    await run(folder, bus)
  } finally {
    await bus.close()
    await kafka.down()
    await rm(folder, { recursive: true, force: true })
  }
}
