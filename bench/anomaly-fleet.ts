/**
 * `npm run bench:anomaly`: 10,000 detectors in one process, each with a series of its own that is long enough to fill what it remembers of the recent past:
 * bytes a series (resident set and arrays outside the heap, against the process before), points a CPU second, and a snapshot of some of them taken
 * and loaded in the middle, whose scores must be those of the ones that went on.
 *
 *     node --expose-gc --import tsx bench/anomaly-fleet.ts [--short] [--series 10000] [--rows 500]
 */
import { parseArgs } from 'node:util'
import { Detector } from '../src/query/anomaly/detector.ts'
import { generator } from './nab/synthetic.ts'

const { values: flags } = parseArgs({
  options: { short: { type: 'boolean', default: false }, series: { type: 'string' }, rows: { type: 'string', default: '500' } },
})
const [count, rows] = [Number(flags.series ?? (flags.short ? 500 : 10_000)), Number(flags.rows)]
const RESTORED = 100
const STEP = 300_000

const memory = () => {
  globalThis.gc?.()
  return process.memoryUsage()
}

const before = memory()
const fleet = Array.from({ length: count }, () => new Detector())
const randoms = Array.from({ length: count }, (_, i) => generator(i))
let restored: Detector[] = []
let different = 0
let alarms = 0
const started = process.cpuUsage()
for (let row = 0; row < rows; row++) {
  // Half of what is to come is seen by both.
  if (row === rows >> 1) restored = fleet.slice(0, RESTORED).map((detector) => Detector.load(JSON.parse(JSON.stringify(detector.save()))))
  for (const [i, detector] of fleet.entries()) {
    const random = randoms[i] as ReturnType<typeof generator>
    const value = 50 + 20 * Math.sin((row / 288) * 2 * Math.PI + i) + 3 * random.normal()
    const { score } = detector.step(row * STEP, value)
    if (score >= 0.98) alarms++
    if (restored[i] && restored[i].step(row * STEP, value).score !== score) different++
  }
}
const used = process.cpuUsage(started)
restored = []
const after = memory()
console.log(
  JSON.stringify({
    name: 'anomaly: fleet',
    series: count,
    rows,
    points_per_cpu_second: Math.round((count * rows * 1e6) / (used.user + used.system)),
    rss_mb: Math.round(after.rss / 2 ** 20),
    rss_bytes_per_series: Math.round((after.rss - before.rss) / count),
    live_bytes_per_series: Math.round((after.heapUsed + after.external - before.heapUsed - before.external) / count),
    restored: RESTORED,
    scores_that_differ: different,
    alarms,
  }),
)
if (different > 0) process.exitCode = 1
