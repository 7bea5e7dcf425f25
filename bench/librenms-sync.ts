/**
 * The sync with LibreNMS against the double, one size each: what it costs LibreNMS (requests and bytes by the double's own counters) and this
 * machine (memory), and how soon a change is on the bus. JSON lines.
 *
 *     node --import tsx bench/librenms-sync.ts [--short] [--devices 100,1000,10000] [--minutes 10] [--changes 300]
 *
 * The double runs in a process of its own, so that its memory is not counted. Minutes of the budget are minutes of a clock that is moved by
 * hand; latency is measured on the wall clock, with a tail of 1 s, and with a sweep of all devices in the middle. Last, another process takes
 * the sync up where this one left it. Memory is the highest that was seen, at 10 looks a second: `rss_mb` is all that the kernel counts,
 * `anon_mb` the process's own (RssAnon), `file_mb` files mapped into it (RssFile: Node itself, 50 MB, and pages of the embedded bus).
 * `--discard` writes nothing, so that the memory is the sync's alone.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Clock, systemClock } from '../src/base/clock.ts'
import { silentLogger } from '../src/base/log.ts'
import type { Bus } from '../src/bus/bus.ts'
import { openBus } from '../src/bus/open.ts'
import { createMissing } from '../src/bus/ops/create-missing.ts'
import { keepHeapSmall } from '../src/cli/small-heap.ts'
import { LibrenmsV0 } from '../src/collectors/librenms/client/v0.ts'
import { LIBRENMS_TOPICS } from '../src/collectors/librenms/index.ts'
import { Sync } from '../src/collectors/librenms/sync/sync.ts'
import { Counters } from '../src/collectors/metrics.ts'

const TOKEN = '0123456789abcdef0123456789abcdef'
const MINUTE = 60_000
const MB = 1024 * 1024

const at = (sorted: readonly number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? null
const round = (value: number) => Math.round(value * 100) / 100

/** The most memory of this process so far, MB. RssAnon and RssFile are told on Linux only. */
class Memory {
  readonly #most = { rss_mb: 0, anon_mb: 0, file_mb: 0, heap_mb: 0 }
  readonly #timer = setInterval(() => this.#look(), 100)

  get most() {
    this.#look()
    return { ...this.#most }
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { rss, heapUsed } = process.memoryUsage()
    const now = { rss_mb: rss / MB, anon_mb: told('RssAnon'), file_mb: told('RssFile'), heap_mb: heapUsed / MB }
    for (const name of Object.keys(now) as Array<keyof typeof now>) this.#most[name] = Math.max(this.#most[name], Math.round(now[name]))
  }
}

function told(what: string): number {
  try {
    return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

const say = (line: object) => console.log(JSON.stringify(line))

if (process.env.LIBRENMS_AGAIN) await again(JSON.parse(process.env.LIBRENMS_AGAIN))
else if (process.env.LIBRENMS_DOUBLE) await double(Number(process.env.LIBRENMS_DOUBLE))
else await measure()

interface Told {
  url?: string
  traffic?: { requests: number; bytes: number; routes: Record<string, { requests: number; bytes: number }> }
  port?: { id: number; at: number }
  polled?: true
}

/** The other process: a world of that many average devices. */
async function double(devices: number): Promise<void> {
  const { LibrenmsServer } = await import('../src/office/librenms/server.ts')
  const { World } = await import('../src/office/librenms/world/world.ts')
  const { AVERAGE } = await import('../src/office/librenms/models/invented.ts')
  const world = new World({ clock: systemClock, models: [AVERAGE], devices })
  const server = await LibrenmsServer.listen({ world, token: TOKEN })
  const ports = [...world.inventory.ports.values()]
  let next = 0
  const tell = (told: Told) => process.send?.(told)
  process.on('message', (what) => {
    if (what === 'poll') {
      world.pollAll()
      tell({ polled: true })
    } else if (what === 'reset') server.traffic.reset()
    else if (what === 'traffic') tell({ traffic: { ...server.traffic.total, routes: Object.fromEntries(server.traffic.routes) } })
    else if (what === 'port') {
      next += 37
      const port = ports[next % ports.length]
      if (!port) return
      if (port.downAt < 0) world.portDown(port)
      else world.portUp(port)
      tell({ port: { id: port.id, at: Date.now() } })
    } else process.exit(0)
  })
  world.pollAll()
  tell({ url: server.url })
}

async function measure(): Promise<void> {
  // As the command does.
  keepHeapSmall()
  const short = process.argv.includes('--short')
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      devices: { type: 'string', default: short ? '100' : '100,1000,10000' },
      minutes: { type: 'string', default: short ? '3' : '10' },
      changes: { type: 'string', default: short ? '5' : '300' },
      discard: { type: 'boolean', default: false },
    },
  })
  for (const size of values.devices.split(',').map(Number))
    await measureOne(size, Number(values.minutes), Number(values.changes), values.discard)
}

interface Left {
  url: string
  dir: string
  devices: number
}

/** Another process goes on with what this one has left. */
async function takenUp(left: Left): Promise<void> {
  const child = fork(new URL(import.meta.url), {
    env: { ...process.env, LIBRENMS_AGAIN: JSON.stringify(left) },
    execArgv: ['--import', 'tsx'],
  })
  await once(child, 'exit')
}

async function again({ url, dir, devices }: Left): Promise<void> {
  keepHeapSmall()
  const memory = new Memory()
  const started = Date.now()
  const bus = await openBus(`embedded:${dir}`)
  const metrics = new Counters()
  const { signal } = new AbortController()
  const api = new LibrenmsV0({ url, token: TOKEN }, { clock: systemClock, signal })
  const sync = await Sync.open({
    config: { api, bus, once: false, full: false, tailInterval: 30_000, allowMassDelete: false, person: () => 'person' },
    ...{ bus, clock: systemClock, metrics, logger: silentLogger, signal },
  })
  const ready = Date.now() - started
  await sync.follow()
  while (await sync.sweep());
  const { requests } = api.counts
  say({ bench: 'librenms-sync', measure: 'restart', devices, ms: ready, requests, records: metrics.get('published'), ...memory.most })
  memory.end()
  api.close()
  await bus.close()
  process.disconnect()
}

async function measureOne(devices: number, minutes: number, changes: number, discard: boolean): Promise<void> {
  const child = fork(new URL(import.meta.url), { env: { ...process.env, LIBRENMS_DOUBLE: String(devices) }, execArgv: ['--import', 'tsx'] })
  const answer = async (): Promise<Told> => (await once(child, 'message'))[0] as Told
  const ask = (what: string): Promise<Told> => {
    child.send(what)
    return answer()
  }
  const dir = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  const { url = '' } = await answer()
  const real = await openBus(`embedded:${dir}`)
  const nowhere: Pick<Bus, 'append' | 'transact' | 'takeOver' | 'read' | 'offsets'> = {
    append: async () => [],
    transact: async () => [],
    takeOver: (id, what) => real.takeOver(id, what),
    read: (options) => real.read(options),
    offsets: (topic) => real.offsets(topic),
  }
  const bus = discard ? nowhere : real
  await createMissing(real, LIBRENMS_TOPICS)
  const memory = new Memory()
  let moved = 0
  const clock: Clock = { now: () => Date.now() + moved, sleep: systemClock.sleep }
  const stop = new AbortController()
  const api = new LibrenmsV0({ url, token: TOKEN }, { clock, signal: stop.signal })
  const metrics = new Counters()
  try {
    const { rss_mb: before } = memory.most
    const started = Date.now()
    const sync = await Sync.open({
      config: { api, bus, once: false, full: false, tailInterval: 30_000, allowMassDelete: false, person: () => 'person' },
      ...{ bus, clock, metrics, logger: silentLogger, signal: stop.signal },
    })
    await sync.follow()
    while (await sync.sweep());
    const first = { ms: Date.now() - started, requests: api.counts.requests, records: metrics.get('published') }
    child.send('reset')
    for (let step = 0; step < minutes * 2; step++) {
      moved += MINUTE / 2
      // LibreNMS polls every five minutes.
      if (step % 10 === 9) await ask('poll')
      await sync.follow()
      while (await sync.sweep());
    }
    const { traffic } = await ask('traffic')
    if (!traffic) throw new Error('the double does not tell its traffic')
    say({
      ...{ bench: 'librenms-sync', measure: 'budget', devices, minutes, requests_per_minute: round(traffic.requests / minutes) },
      mb_per_minute: round(traffic.bytes / MB / minutes),
      by_route: Object.fromEntries(Object.entries(traffic.routes).map(([name, { requests }]) => [name, round(requests / minutes)])),
    })
    say({ bench: 'librenms-sync', measure: 'first', devices, ...first, rss_before_mb: before, ...memory.most })
    if (globalThis.gc) {
      globalThis.gc()
      say({ bench: 'librenms-sync', measure: 'live', devices, heap_mb: round(process.memoryUsage().heapUsed / MB) })
    }
    const late = await latencies(sync, metrics, changes, () => ask('port'), stop)
    say({
      bench: 'librenms-sync',
      measure: 'latency',
      devices,
      changes: late.length,
      p50_ms: at(late, 0.5),
      p99_ms: at(late, 0.99),
      max_ms: at(late, 1),
    })
    say({ bench: 'librenms-sync', measure: 'memory', devices, ...memory.most })
    await real.close()
    if (!discard) await takenUp({ url, dir, devices })
  } finally {
    memory.end()
    stop.abort()
    api.close()
    await real.close()
    child.send('end')
    await once(child, 'exit')
    await rm(dir, { recursive: true, force: true })
  }

  /** ms from the row in the event log to the port's new state on the bus, with a tail of 1 s. */
  async function latencies(
    sync: Sync,
    counters: Counters,
    count: number,
    change: () => Promise<Told>,
    end: AbortController,
  ): Promise<number[]> {
    sync.session.context.config.tailInterval = 1_000
    // The look that is planned already was planned by the longer interval.
    moved += MINUTE / 2
    const running = sync.run().catch((error: unknown) => (end.signal.aborted ? undefined : Promise.reject(error)))
    const from = (await bus.offsets('librenms_ports')).map(({ partition, latest }) => ({ partition, from: latest }))
    const waiting = new Map<number, number>()
    const found: number[] = []
    const reading = (async () => {
      for await (const batch of bus.read({ topic: 'librenms_ports', partitions: from, follow: true, signal: end.signal })) {
        for (let i = 0; i < batch.count; i++) {
          const id = Number(String(batch.key(i)))
          const since = waiting.get(id)
          if (since === undefined) continue
          waiting.delete(id)
          found.push(Date.now() - since)
        }
      }
    })()
    for (let i = 0; i < count; i++) {
      // The list of all devices is due: the longest answer there is at this size.
      if (i === Math.floor(count / 2)) moved += 5 * MINUTE
      const { port } = await change()
      if (port) waiting.set(port.id, port.at)
      await new Promise((resolve) => setTimeout(resolve, 50 + 150 * Math.random()))
    }
    const deadline = Date.now() + 20_000
    while (waiting.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
    for (const since of waiting.values()) found.push(Date.now() - since)
    end.abort()
    await Promise.all([running, reading])
    counters.add('bench_changes', found.length)
    return found.sort((a, b) => a - b)
  }
}
