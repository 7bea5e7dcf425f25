/**
 * What node-fetch, the user's choice, costs the sync with LibreNMS against Node's own fetch (undici): everything once, from the double over HTTP
 * to a bus that takes all and keeps nothing, in a process of its own. `ratio` is the wall time of the sync with node-fetch by that with undici, and
 * `cpu_ratio` its CPU time; 1.5 is what would need another client (docs/adr/0011). Runs alternate, and the best of each counts.
 *
 *     node --import tsx bench/librenms-http.ts [--short] [--devices 1000] [--runs 3]
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/base/clock.ts'
import { silentLogger } from '../src/base/log.ts'
import { keepHeapSmall } from '../src/cli/small-heap.ts'
import { LibrenmsV0 } from '../src/collectors/librenms/client/v0.ts'
import type { LibrenmsConfig } from '../src/collectors/librenms/config.ts'
import { Sync } from '../src/collectors/librenms/sync/sync.ts'
import { Counters } from '../src/collectors/metrics.ts'

const TOKEN = '0123456789abcdef0123456789abcdef'
const MB = 1024 * 1024
const CLIENTS = ['node-fetch', 'undici'] as const

interface Run {
  ms: number
  cpuMs: number
  rssMb: number
  requests: number
  records: number
}

if (process.env.LIBRENMS_URL) await syncOnce(process.env.LIBRENMS_URL)
else await compare()

async function compare(): Promise<void> {
  const short = process.argv.includes('--short')
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      devices: { type: 'string', default: short ? '100' : '1000' },
      runs: { type: 'string', default: short ? '1' : '3' },
    },
  })
  const double = fork(new URL('./librenms-sync.ts', import.meta.url), {
    env: { ...process.env, LIBRENMS_DOUBLE: values.devices },
    execArgv: ['--import', 'tsx'],
  })
  const [{ url }] = (await once(double, 'message')) as [{ url: string }]
  const best = new Map<string, Run>()
  try {
    for (let run = 0; run < Number(values.runs); run++) {
      for (const client of CLIENTS) {
        const result = await oneRun(client, url)
        const before = best.get(client)
        if (!before || result.ms < before.ms) best.set(client, result)
      }
    }
  } finally {
    double.send('end')
  }
  const [theirs, own] = CLIENTS.map((client) => best.get(client) as Run) as [Run, Run]
  if (theirs.records !== own.records) throw new Error(`${theirs.records} records by node-fetch, ${own.records} by undici`)
  const ratio = (of: 'ms' | 'cpuMs') => Number((theirs[of] / own[of]).toFixed(2))
  console.log(
    JSON.stringify({
      name: 'librenms-http: the first sync with node-fetch',
      ratio: ratio('ms'),
      baseline: 'the same with fetch of Node (undici)',
      cpu_ratio: ratio('cpuMs'),
      devices: Number(values.devices),
      node: process.version,
      ...Object.fromEntries(CLIENTS.map((client) => [client, best.get(client)])),
    }),
  )
}

async function oneRun(client: (typeof CLIENTS)[number], url: string): Promise<Run> {
  const instead = client === 'undici' ? ['--import', new URL('./support/fetch-for-node-fetch.mjs', import.meta.url).href] : []
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, LIBRENMS_URL: url },
    execArgv: ['--import', 'tsx', ...instead],
  })
  let result: Run | undefined
  child.on('message', (told) => {
    result = told as Run
  })
  const [code] = await once(child, 'exit')
  if (!result) throw new Error(`the sync with ${client} ended with ${code}`)
  return result
}

/** In a process of its own: its time is the client's. */
async function syncOnce(url: string): Promise<void> {
  keepHeapSmall()
  const stop = new AbortController()
  const metrics = new Counters()
  const api = new LibrenmsV0({ url, token: TOKEN }, { clock: systemClock, signal: stop.signal })
  const bus: LibrenmsConfig['bus'] = {
    append: async () => [],
    transact: async () => [],
    takeOver: async () => ({ standing: new Map(), commits: [] }),
    read: async function* () {},
    offsets: async () => [],
  }
  let rss = 0
  const watch = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage.rss())
  }, 50)
  const [started, before] = [performance.now(), process.cpuUsage()]
  const config = { api, bus, once: true, full: false, tailInterval: 30_000, allowMassDelete: false, person: () => 'person' }
  const sync = await Sync.open({ config, bus, clock: systemClock, metrics, logger: silentLogger, signal: stop.signal })
  await sync.everything()
  const { user, system } = process.cpuUsage(before)
  clearInterval(watch)
  const result: Run = {
    ms: Math.round(performance.now() - started),
    cpuMs: Math.round((user + system) / 1000),
    rssMb: Math.round(rss / MB),
    requests: api.counts.requests,
    records: metrics.get('published'),
  }
  stop.abort()
  api.close()
  process.send?.(result, () => process.exit(0))
}
