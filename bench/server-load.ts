/**
 * `shitops serve` with many clients: from the append of a record to its arrival at each client, in ms. Clients run in processes of their own, the
 * server is the built CLI (`npm run build`). One JSON line for one client, the baseline, and one for all of them.
 *
 *   node --import tsx bench/server-load.ts --clients 1000 --rate 50 --seconds 20 --stalled 10 --kafka
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openBus } from '../src/bus/open.ts'
import { createMissing } from '../src/bus/ops/create-missing.ts'
import { toEventTime, toRecord } from '../src/events/index.ts'

const { values: flags } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    processes: { type: 'string', default: '2' },
    stalled: { type: 'string', default: '0' },
    bus: { type: 'string' },
    /** A broker of its own, started for the run; needs Java. */
    kafka: { type: 'boolean', default: false },
    /** Folder for a CPU profile of the server. */
    profile: { type: 'string' },
    short: { type: 'boolean', default: false },
    /** Of a client process: where the server is. */
    port: { type: 'string' },
  },
})
const TOKEN = 'bench-token-of-no-use-elsewhere'
const MARK = Buffer.from('"sent":')
const now = () => performance.timeOrigin + performance.now()

/** Sockets that do no more than they must: shake hands, subscribe, look for the times of sending. One that stalls reads nothing. */
async function clientProcess(port: number, count: number, stalled: number): Promise<void> {
  let latencies: number[] = []
  let ready = 0
  const open = (stalls: boolean) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let greeted = false
      let rest: Buffer = Buffer.alloc(0)
      socket.on('error', reject)
      socket.on('close', () => {
        if (!stalls) process.send?.({ closed: true })
      })
      socket.on('connect', () => {
        const lines = [`GET /api/v1/ws HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: Upgrade', 'Upgrade: websocket']
        const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
        socket.write([...lines, ...key, `Sec-WebSocket-Protocol: shitops.v1, auth.${TOKEN}`, '\r\n'].join('\r\n'))
      })
      socket.on('data', (chunk: Buffer) => {
        if (!greeted) {
          if (!chunk.includes('"hello"')) return
          greeted = true
          socket.write(masked(1, '{"type":"subscribe","data":{"channel":"operations","topics":["insights"]}}'))
          return
        }
        if (chunk.includes('"last":true')) {
          ready++
          resolve()
          if (stalls) socket.pause()
          return
        }
        const at = now()
        const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
        let place = 0
        for (;;) {
          const mark = bytes.indexOf(MARK, place)
          const end = mark < 0 ? -1 : bytes.indexOf(0x2c, mark)
          if (end < 0) break
          latencies.push(at - Number(bytes.toString('latin1', mark + MARK.length, end)))
          place = end
        }
        const mark = bytes.indexOf(MARK, place)
        rest = mark < 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(mark))
        if (chunk[0] === 0x89) socket.write(masked(10, ''))
      })
    })
  for (let i = 0; i < count; i += 50) await Promise.all(Array.from({ length: Math.min(50, count - i) }, (_, j) => open(i + j < stalled)))
  process.send?.({ ready })
  process.on('message', (message: { take?: boolean; clear?: boolean }) => {
    if (message.take) process.send?.({ latencies, cpu: process.cpuUsage() })
    latencies = []
  })
}

/** A frame of a client, under a mask of zeros. */
function masked(opcode: number, text: string): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}

interface Load {
  clients: number
  rate: number
  seconds: number
  processes: number
  stalled: number
}

const answer = <T>(child: ChildProcess, key: string) =>
  new Promise<T>((resolve) => {
    const hear = (message: Record<string, unknown>) => {
      if (!(key in message)) return
      child.off('message', hear)
      resolve(message as T)
    }
    child.on('message', hear)
  })

async function metricsOf(port: number): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text()
  return Object.fromEntries([...text.matchAll(/^(\w+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]))
}

/** One measurement, with a server of its own. */
async function measure({ clients, rate, seconds, processes, stalled }: Load): Promise<Record<string, unknown>> {
  const dir = await mkdtemp(join(tmpdir(), 'shitops-load-'))
  const url = busUrl ?? `embedded:${join(dir, 'bus')}`
  await writeFile(join(dir, 'tokens'), `bench operations ${TOKEN}\n`, { mode: 0o600 })
  const bus = await openBus(url)
  await createMissing(bus, ['insights'])
  const args = [
    'bin/run.js',
    'serve',
    '--bus',
    url,
    '--port',
    '0',
    '--token-file',
    join(dir, 'tokens'),
    '--max-clients',
    String(clients + 10),
  ]
  const profiled = flags.profile === undefined || clients === 1 ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`]
  const server = spawn(process.execPath, [...profiled, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const children: ChildProcess[] = []
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let text = ''
      server.stderr.on('data', (chunk: Buffer) => {
        text += chunk
        const found = /Listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1]
        if (found && text.includes('Ready')) resolve(Number(found))
      })
      server.on('exit', () => reject(new Error(text)))
    })
    for (let i = 0; i < processes; i++) {
      const own = String(Math.floor(clients / processes) + (i < clients % processes ? 1 : 0))
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', import.meta.filename, '--port', String(port), '--clients', own, '--stalled', String(i === 0 ? stalled : 0)],
        { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
      )
      children.push(child)
    }
    await Promise.all(children.map((child) => answer(child, 'ready')))
    let sent = 0
    const produce = async (duration: number) => {
      const begun = performance.now()
      for (let i = 0; performance.now() - begun < duration * 1000; i++) {
        const at = begun + (i * 1000) / rate
        const wait = at - performance.now()
        if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
        await bus.append('insights', [row(i)])
        sent++
      }
    }
    await produce(Math.min(2, seconds))
    for (const child of children) child.send({ clear: true })
    const before = await metricsOf(port)
    sent = 0
    const begun = performance.now()
    await produce(seconds)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const after = await metricsOf(port)
    const elapsed = (performance.now() - begun) / 1000
    const taken = await Promise.all(
      children.map((child) => {
        const heard = answer<{ latencies: number[] }>(child, 'latencies')
        child.send({ take: true })
        return heard
      }),
    )
    const latencies = Float64Array.from(taken.flatMap(({ latencies: of }) => of)).sort()
    const at = (part: number) =>
      Math.round((latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN) * 10) / 10
    const expected = sent * (clients - stalled)
    const cpu = (after.process_cpu_seconds_total ?? 0) - (before.process_cpu_seconds_total ?? 0)
    const frames = (after.shitops_websocket_sent_frames_total ?? 0) - (before.shitops_websocket_sent_frames_total ?? 0)
    return {
      ...{
        bus: url.split(':')[0],
        clients,
        stalled,
        rate,
        seconds,
        expected,
        delivered: latencies.length,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        max_ms: at(1),
      },
      server_cpu_cores: Math.round((cpu / elapsed) * 100) / 100,
      cpu_us_per_frame: Math.round((cpu * 1e7) / frames) / 10,
      server_rss_mib: Math.round((after.process_resident_memory_bytes ?? 0) / (1 << 20)),
      queued_bytes: after.shitops_websocket_queued_bytes,
      frames,
      load_average: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    // A profile is written at an end of its own.
    server.kill(profiled.length > 0 ? 'SIGTERM' : 'SIGKILL')
    if (profiled.length > 0) await once(server, 'exit')
    await bus.close()
    await rm(dir, { recursive: true, force: true })
  }
}

function row(n: number) {
  const event = {
    event_time: toEventTime(Date.now()),
    insight: 'call_quality_at_risk',
    subject: `payables-${n % 50}`,
    active: true,
    severity: 'warning' as const,
    summary: 'payables-2 is in a call while access-1 loses 3.4 % of its packets',
    observed: 0.034,
    unit: 'ratio',
    labels: { team: 'payables', target: 'access-1' },
    details: { sent: now(), n },
  }
  return toRecord('insights', event, { source: '/bench', id: `${n}-${now()}` })
}

let busUrl = flags.bus

if (flags.port !== undefined) await clientProcess(Number(flags.port), Number(flags.clients), Number(flags.stalled))
else {
  const load: Load = flags.short
    ? { clients: 50, rate: 50, seconds: 2, processes: 1, stalled: 0 }
    : {
        ...{ clients: Number(flags.clients), rate: Number(flags.rate), seconds: Number(flags.seconds), processes: Number(flags.processes) },
        stalled: Number(flags.stalled),
      }
  // Only then: its modules are of the tests.
  const cluster = flags.kafka ? await (await import('../test/support/kafka/cluster.ts')).startKafka({ racks: ['a'] }) : undefined
  busUrl ??= cluster?.url()
  const one = await measure({ ...load, clients: 1, stalled: 0, processes: 1, seconds: Math.min(load.seconds, 3) })
  console.log(JSON.stringify({ name: 'server-load one client', ...one }))
  const all = await measure(load)
  const ratio = Math.round((Number(all.p99_ms) / Number(one.p99_ms)) * 10) / 10
  console.log(JSON.stringify({ name: 'server-load', ratio, baseline: 'p99 of one client', goal_p99_ms: busUrl ? 150 : 50, ...all }))
  await cluster?.down()
}
