/**
 * What the gNMI agent costs the laptop it runs on: CPU time of a sample of everything that is cheap to read (system, processors, memory,
 * interfaces), without the wire, for one stream and for twenty; the baseline has a sampler for each of the twenty. Goal: less than 1 % of a
 * core with a sample each 10 s.
 */
import { silentLogger } from '../src/base/log.ts'
import { readList } from '../src/collectors/gnmi/agent/request/read-list.ts'
import { Sampler } from '../src/collectors/gnmi/agent/sampler.ts'
import { thisMachine } from '../src/collectors/gnmi/agent/sources/this-machine.ts'
import { RHYTHM } from '../src/collectors/gnmi/agent/subscribe/rules.ts'
import { Stream } from '../src/collectors/gnmi/agent/subscribe/stream.ts'
import { Ticker } from '../src/collectors/gnmi/agent/ticker.ts'
import { Counters } from '../src/collectors/metrics.ts'
import { ManualClock, settled } from '../test/collectors/gnmi/agent/support/manual-clock.ts'

const INTERVAL = 10_000
/** ms of a tick */
const PERIOD = 1_000
const SAMPLES = process.argv.includes('--short') ? 30 : 100
const STREAMS = 20
const CHEAP = ['system', 'cpu', 'memory', 'interfaces']

const plan = readList(
  { encoding: 'PROTO', subscription: [{ path: {}, mode: 'SAMPLE', sample_interval: `${BigInt(INTERVAL) * 1_000_000n}` }] },
  PERIOD,
)

/** ms of CPU per sample, and updates in one. */
async function cost(samplers: number, streamsEach: number): Promise<{ ms: number; updates: number }> {
  const clock = new ManualClock(Date.now())
  // A processor's first reading waits a quarter of a second, which this clock does not let pass by itself.
  const sleepless = { now: () => clock.now(), sleep: async () => {} }
  const metrics = new Counters()
  const groups = Array.from({ length: samplers }, () => {
    const sources = thisMachine(sleepless, 'bench').filter(({ name }) => CHEAP.includes(name))
    const sampler = new Sampler(sources, { clock, metrics, logger: silentLogger })
    const ticker = new Ticker(clock, sampler, PERIOD)
    const options = { plan, sampler, ticker, rhythm: RHYTHM, metrics, write: async () => {} }
    return { sampler, streams: Array.from({ length: streamsEach }, () => new Stream(options)) }
  })
  for (const { streams } of groups) await Promise.all(streams.map((stream) => stream.start()))
  let tick = 0
  const run = async (samples: number) => {
    for (let i = 0; i < samples; i++) {
      tick += INTERVAL / PERIOD
      clock.set(clock.now() + INTERVAL)
      for (const { sampler, streams } of groups) {
        await sampler.refresh(streams.flatMap((stream) => stream.due(tick)))
        for (const stream of streams) stream.run(tick)
      }
      await settled()
    }
  }
  await run(10)
  const [before, updates] = [process.cpuUsage(), metrics.get('updates')]
  await run(SAMPLES)
  const { user, system } = process.cpuUsage(before)
  for (const { streams } of groups) for (const stream of streams) stream.end()
  return { ms: (user + system) / 1_000 / SAMPLES, updates: (metrics.get('updates') - updates) / SAMPLES }
}

const [one, shared, apart] = [await cost(1, 1), await cost(1, STREAMS), await cost(STREAMS, 1)]
const row = {
  name: `gnmi-agent/${STREAMS} streams`,
  ratio: Number((apart.ms / shared.ms).toFixed(2)),
  baseline: 'a sampler for each stream',
  streams: STREAMS,
  updates_per_sample: Math.round(one.updates),
  one_stream_ms: Number(one.ms.toFixed(2)),
  streams_ms: Number(shared.ms.toFixed(2)),
  one_stream_percent_of_core: Number(((one.ms / INTERVAL) * 100).toFixed(3)),
}
console.log(JSON.stringify(row))
