/**
 * `npm run test:addresses -- --count N`: N strangers, each with an address of its own and heard once, and one enrolled headset between
 * them, through the whole collector. Memory must stay flat. One JSON line; exit 1 when it does not, or when the headset was lost.
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BLE_DEFAULTS } from '../../../src/collectors/ble/config.ts'
import { runBle } from '../../../src/collectors/ble/index.ts'
import { EnrolledHeadsets } from '../../../src/collectors/ble/keys/enrolled-headsets.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { stillClock } from '../compliance.ts'
import { heard, SimulatedHeadset, strangeAddress } from './headset.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' }, rate: { type: 'string', default: '50' } } })
const count = Number(values.count)
/** New addresses a second: below what counts as a flood, so that every one of them is looked at. */
const rate = Number(values.rate)
const BATCH = 1_000
/** MB that the process may grow after the warm-up: room that the collector keeps; of what is reachable, next to none. */
const FLAT_MB = { rss: 32, heap: 2 }
/** Caches are full after this many addresses. */
const WARM_UP = Math.min(100_000, Math.floor(count / 4))

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const megabytes = () => {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 }
}

const headset = new SimulatedHeadset(1)
const stranger = new SimulatedHeadset(2)
const entry = { alias: 'h-1', irk: headset.irk.toString('hex'), irkOrder: 'core', enc: headset.enc.toString('hex') } as const
const enrolled = new EnrolledHeadsets([{ ...entry, purpose: 'test', basis: 'test', expires: Number.MAX_SAFE_INTEGER }], {})
const START = Date.UTC(2026, 0, 30, 8)

/** Made beforehand: making them costs more memory than reading them, and it is reading that is measured. */
const frames = Array.from({ length: 100 }, (_, left) => stranger.frame({ left }))

let warm = { rss: 0, heap: 0 }
async function* air() {
  for (let n = 0; n < count; n += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - n) }, (_, i) => {
      const time = START + Math.floor(((n + i) * 1000) / rate)
      return heard(frames[(n + i) % frames.length] as Buffer, strangeAddress(n + i), time, 'rx-1', -80)
    })
    const time = batch.at(-1)?.timestamp ?? START
    // It rotates its address too, every 15 minutes.
    yield [...batch, heard(headset.frame({ state: 'call' }), headset.address(Math.floor((time - START) / 900_000)), time)]
    if (warm.rss === 0 && n >= WARM_UP) warm = megabytes()
  }
}

const metrics = new Counters()
const published: Record<string, number> = {}
const began = process.hrtime.bigint()
await runBle({
  config: {
    ...BLE_DEFAULTS,
    source: air(),
    identify: (address, time) => {
      const owner = enrolled.identify(address, time)
      return owner ? { device: 'hs_1', person: owner.alias, ...(owner.cipher && { cipher: owner.cipher }) } : undefined
    },
  },
  bus: {
    append: async (topic, records) => {
      published[topic] = (published[topic] ?? 0) + records.length
      return []
    },
  },
  ...{ clock: stillClock(START), signal: new AbortController().signal, metrics },
  logger: { debug() {}, info() {}, warn: (line) => console.error(line), error: (line) => console.error(line) },
})
const seconds = Number(process.hrtime.bigint() - began) / 1e9
const end = megabytes()
const growth = { rss: end.rss - warm.rss, heap: end.heap - warm.heap }
const counters = metrics.toJSON()
const flat = growth.rss <= FLAT_MB.rss && growth.heap <= FLAT_MB.heap
const whole = counters.unenrolled === count && counters.enrolled === Math.ceil(count / BATCH) && (published.audio_metrics ?? 0) > 0
const round = (value: number) => Math.round(value * 10) / 10
console.log(
  JSON.stringify({
    ...{ name: 'ble_addresses', addresses: count, seconds: round(seconds), per_second: Math.round(count / seconds) },
    ...{ rss_warm_mb: round(warm.rss), rss_end_mb: round(end.rss), rss_growth_mb: round(growth.rss), heap_growth_mb: round(growth.heap) },
    ...{ flat, counters, published },
  }),
)
if (!flat || !whole) process.exitCode = 1
