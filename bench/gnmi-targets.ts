/**
 * Many gNMI targets in one collector, onto the embedded bus (durable); the targets are another process. No baseline but the goals:
 * - 1,000 targets, a notification of 20 updates a second each: <= 15 % of a core, <= 250 MB;
 * - 500 targets as fast as they are let: the event loop's delay at p99 < 250 ms;
 * - 1,000 targets over TLS connected within 30 s, and again after all connections were cut at once, never all at the same instant.
 * `node --import tsx bench/gnmi-targets.ts [--short] [--only=steady|flat|tls] [--seconds=30]`; seconds are those of the first case, whose memory
 * is looked at every 10 s: what creeps shows in minutes.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeGnmiTls, missingForTls } from '../test/support/gnmi-tls.ts'
import { CollectorProcess, collectorProgram } from './support/collector-process.ts'
import { LoadProcess } from './support/load-process.ts'
import { missingForMeasuring } from './support/measure-client.ts'
import { usageOf } from './support/process-usage.ts'

const short = process.argv.includes('--short')
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length)
const seconds = Number(process.argv.find((arg) => arg.startsWith('--seconds='))?.slice('--seconds='.length) ?? (short ? 6 : 30))
const say = (line: object) => console.log(JSON.stringify({ name: 'gnmi-targets', node: process.version, ...line }))
const mb = (bytes: number) => Math.round(bytes / 1e6)
const LOOK = 100
const STEP = 10_000
const PATIENCE = 120_000

interface Reconnection {
  /** s until all were connected. */
  seconds: number
  /** Most that came within 100 ms. */
  burst: number
}

/** Resolves when all targets are connected and have brought something. */
async function allConnected(collector: CollectorProcess, targets: number): Promise<Reconnection> {
  const startedAt = performance.now()
  let before = (await collector.figures()).connected
  let burst = 0
  for (;;) {
    await sleep(LOOK)
    const { connected } = await collector.figures()
    burst = Math.max(burst, connected - before)
    before = connected
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    if (connected === targets) return { seconds, burst }
    if (performance.now() - startedAt > PATIENCE) throw new Error(`${connected} of ${targets} connected after ${seconds} s`)
  }
}

/** CPU, memory and delay over so many ms; memory at steps of {@link STEP} too, where there are several. */
async function measured(collector: CollectorProcess, ms: number) {
  const before = { ...(await collector.figures(true)), usage: usageOf(collector.pid), at: performance.now() }
  const steps: number[] = []
  for (let left = ms; left > 0; left -= STEP) {
    await sleep(Math.min(left, STEP))
    steps.push(mb(usageOf(collector.pid)?.rssNow ?? 0))
  }
  const after = { ...(await collector.figures()), usage: usageOf(collector.pid), at: performance.now() }
  if (!before.usage || !after.usage) throw new Error('the collector has ended')
  const seconds = (after.at - before.at) / 1_000
  const updates = after.updates - before.updates
  const cpu = after.usage.cpuSeconds - before.usage.cpuSeconds
  return {
    seconds: Math.round(seconds),
    cpu_percent: Math.round((1_000 * cpu) / seconds) / 10,
    updates_per_s: Math.round(updates / seconds),
    updates_per_cpu_s: Math.round(updates / cpu),
    // Of all topics: with the records of device_metrics they are more than the messages.
    messages_per_s: Math.round((after.messages - before.messages) / seconds),
    records_per_s: Math.round((after.published - before.published) / seconds),
    rss_mb: mb(after.usage.rssNow),
    own_rss_mb: mb(after.usage.anonymous),
    peak_rss_mb: mb(after.usage.rss),
    ...(steps.length > 1 && { rss_mb_each_10_s: steps }),
    delay_ms: after.delay,
  }
}

async function steady(program: string, folder: string): Promise<void> {
  const targets = 1_000
  const load = await LoadProcess.start({ kind: 'uint', updates: 20, rate: 1, interfaces: 4, timestamps: true })
  const collector = new CollectorProcess(program, { address: load.address, targets, bus: `embedded:${join(folder, 'steady')}` })
  try {
    const connected = await allConnected(collector, targets)
    // Code that is hot is compiled by then.
    await sleep(short ? 3_000 : 10_000)
    const figures = await measured(collector, seconds * 1_000)
    say({
      case: '1,000 targets, 1 notification/s of 20 updates',
      connected_after_s: connected.seconds,
      ...figures,
      goal: 'cpu <= 15 %, rss <= 250 MB',
    })
  } finally {
    await collector.stop()
    await load.stop()
  }
}

async function flat(program: string, folder: string): Promise<void> {
  const targets = 500
  const load = await LoadProcess.start({ kind: 'uint', updates: 20, interfaces: 4, timestamps: true })
  const collector = new CollectorProcess(program, { address: load.address, targets, bus: `embedded:${join(folder, 'flat')}` })
  try {
    const { seconds } = await allConnected(collector, targets)
    const figures = await measured(collector, short ? 3_000 : 8_000)
    say({ case: '500 targets flat out, 20 updates', connected_after_s: seconds, ...figures, goal: 'delay p99 < 250 ms' })
  } finally {
    await collector.stop()
    await load.stop()
  }
}

async function overTls(program: string, folder: string): Promise<void> {
  const targets = 1_000
  const { ca, server } = await makeGnmiTls(folder)
  const tls = { cert: server.cert, key: server.key }
  const load = await LoadProcess.start({ kind: 'uint', updates: 20, rate: 1, interfaces: 4, timestamps: true, tls })
  const collector = new CollectorProcess(program, { address: load.address, targets, bus: `embedded:${join(folder, 'tls')}`, ca })
  try {
    const first = await allConnected(collector, targets)
    await collector.figures(true)
    await load.counts('cut')
    await sleep(LOOK)
    const again = await allConnected(collector, targets)
    const { delay } = await collector.figures()
    const figures = await measured(collector, short ? 5_000 : 20_000)
    say({
      case: '1,000 targets over TLS, all cut at once',
      first,
      again,
      delay_ms_again: delay,
      steady: figures,
      goal: 'connected within 30 s',
    })
  } finally {
    await collector.stop()
    await load.stop()
  }
}

const missing = missingForMeasuring() ?? missingForTls()
if (missing) say({ skipped: missing })
else {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  const { program, remove } = await collectorProgram()
  try {
    if (!only || only === 'steady') await steady(program, folder)
    if (!only || only === 'flat') await flat(program, folder)
    if (!only || only === 'tls') await overTls(program, folder)
  } finally {
    await remove()
    await rm(folder, { recursive: true, force: true })
  }
}
