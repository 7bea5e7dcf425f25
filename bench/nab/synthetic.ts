import type { Series } from './corpus.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Monday. */
const START = Date.UTC(2026, 0, 5)
/** Windows of a series are a tenth of it together, as the benchmark's are. */
const LABELLED = 0.1

/** Random numbers from a seed: the same series on every machine. */
export interface Random {
  /** In [0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** A count. */
  poisson(mean: number): number
}

interface Kind {
  readonly rows: number
  /** ms between rows. */
  readonly step: number
  readonly anomalies: number
  /** The usual value of a row, in turn; `t` in days. */
  make(random: Random): (row: number, t: number) => number
  /** What it becomes `since` rows after an anomaly began; NaN when that is over. Undefined where it has none. */
  disturb?(random: Random): (value: number, since: number) => number
}

const wave = (t: number, phase = 0) => Math.sin(2 * Math.PI * (t - phase))
const atLeast0 = (x: number) => Math.max(0, x)

/** An autoregressive noise of unit deviation. */
function inertia(random: Random, keep: number): () => number {
  let state = 0
  return () => {
    state = keep * state + Math.sqrt(1 - keep * keep) * random.normal()
    return state
  }
}

/** Mentions of a name, every five minutes: counts by time of day that come in bursts, with spikes that mean nothing. */
function mentions(random: Random): (row: number, t: number) => number {
  const mood = inertia(random, 0.9)
  const level = Math.exp(1 + 3 * random.uniform())
  return (_, t) => {
    const spike = random.uniform() < 0.001 ? 3 + 5 * random.uniform() : 1
    return random.poisson(level * (1 + 0.6 * wave(t, 0.4)) * Math.exp(0.6 * mood() - 0.18) * spike)
  }
}

/** The price of a click, every hour: a ratio of small numbers, skewed, with spikes that mean nothing. */
function price(random: Random): (row: number, t: number) => number {
  const mood = inertia(random, 0.6)
  const level = 0.05 + random.uniform()
  return (_, t) => level * (1 + 0.15 * wave(t, 0.3)) * Math.exp(0.35 * mood()) * (random.uniform() < 0.006 ? 2 + 2 * random.uniform() : 1)
}

/** A machine's temperature, every five minutes: near a random walk, with a drift. */
function machine(random: Random): (row: number, t: number) => number {
  const slow = inertia(random, 0.9995)
  const quick = inertia(random, 0.9)
  return (_, t) => 85 + 6 * slow() + 1.5 * quick() + 0.05 * t + 0.4 * random.normal()
}

/** A room's temperature, every hour: days, weather, a year. */
function room(random: Random): (row: number, t: number) => number {
  const weather = inertia(random, 0.97)
  return (_, t) => 70 + 3 * wave(t / 200) + 2 * wave(t, 0.6) + 2.5 * weather() + 0.6 * random.normal()
}

/** Demand in a town, every half hour: days and weeks. */
function demand(random: Random): (row: number, t: number) => number {
  const mood = inertia(random, 0.95)
  return (_, t) => {
    const weekend = Math.floor(t) % 7 >= 5
    const shape = 1 + 0.6 * wave(t, weekend ? 0.45 : 0.35) + 0.2 * wave(2 * t, 0.1)
    return atLeast0(15_000 * shape * (weekend ? 0.9 : 1) + 900 * mood() + 300 * random.normal())
  }
}

/** CPU of a machine, every five minutes: a level with noise, and jobs now and then. */
function cpu(random: Random): (row: number, t: number) => number {
  const base = 2 + 40 * random.uniform()
  const noise = 0.02 * base + 0.5
  const jobs = 40 + Math.floor(200 * random.uniform())
  return (row) => atLeast0(base + noise * random.normal() + (row % jobs < 3 ? 4 * noise : 0))
}

/** Latency, every five minutes: skewed noise around a level. */
function latency(random: Random): (row: number, t: number) => number {
  const quick = inertia(random, 0.5)
  return () => 45 + 2 * quick() - 2 * Math.log(1 - random.uniform())
}

/** Keys pressed, in rows of uneven activity: nothing for long, then a spell. */
function keys(random: Random): (row: number, t: number) => number {
  let busy = false
  return () => {
    if (random.uniform() < (busy ? 0.05 : 0.02)) busy = !busy
    return busy ? 0.1 * Math.exp(0.5 * random.normal()) : 0.02 * random.uniform()
  }
}

/** A burst that dies away. */
const burst =
  (factor: number, half: number) =>
  (random: Random): ((value: number, since: number) => number) => {
    const height = factor * (0.7 + 0.6 * random.uniform())
    return (value, since) => (since > 5 * half ? Number.NaN : value * (1 + height * 2 ** (-since / half)))
  }

/** Another level for some rows, by a share of the value and by a sum, up or down. */
const shift =
  (share: number, sum: number, rows: number) =>
  (random: Random): ((value: number, since: number) => number) => {
    const side = random.uniform() < 0.5 ? -1 : 1
    return (value, since) => (since > rows ? Number.NaN : atLeast0(value * (1 + side * share) + side * sum))
  }

const KINDS: Readonly<Record<string, Kind>> = {
  mentions: { rows: 15_800, step: 5 * MINUTE, anomalies: 3, make: mentions, disturb: burst(6, 30) },
  price: { rows: 1_620, step: HOUR, anomalies: 2, make: price, disturb: burst(3, 8) },
  machine: { rows: 20_000, step: 5 * MINUTE, anomalies: 3, make: machine, disturb: shift(0.35, 0, 250) },
  room: { rows: 7_200, step: HOUR, anomalies: 2, make: room, disturb: shift(0, 9, 40) },
  demand: {
    rows: 10_300,
    step: 30 * MINUTE,
    anomalies: 4,
    make: demand,
    disturb: () => shift(0.4, 0, 40)({ uniform: () => 0, normal: () => 0, poisson: () => 0 }),
  },
  cpu: { rows: 4_032, step: 5 * MINUTE, anomalies: 2, make: cpu, disturb: shift(0.25, 6, 300) },
  latency: { rows: 4_032, step: 5 * MINUTE, anomalies: 2, make: latency, disturb: shift(0, 12, 30) },
  keys: { rows: 5_000, step: 5 * MINUTE, anomalies: 2, make: keys, disturb: burst(4, 40) },
}

/**
 * Series of the kinds that are in the groups of the benchmark that are not at hand (mentions of a name, prices of clicks, temperatures, demand of a
 * town, CPU, latency, keys), with windows, and as many with none in them. Made up from what such series are, not after any of them.
 *
 * @param each how many of a kind, with and without anomalies
 */
export function syntheticCorpus(each: number): Series[] {
  return Object.entries(KINDS).flatMap(([name, kind], which) =>
    Array.from({ length: each }, (_, i) => i).flatMap((i) => [
      seriesOf(`${name}/${i}`, `made:${name}`, kind, 1000 * which + i, kind.anomalies),
      seriesOf(`quiet-${name}/${i}`, `quiet:${name}`, kind, 500 + 1000 * which + i, 0),
    ]),
  )
}

function seriesOf(name: string, group: string, { rows, step, make, disturb }: Kind, seed: number, anomalies: number): Series {
  const random = generator(seed)
  const usual = make(random)
  const width = Math.floor((LABELLED * rows) / Math.max(1, anomalies))
  // One in each part of what comes after the probation.
  const first = Math.floor(0.2 * rows)
  const part = Math.floor((rows - first) / Math.max(1, anomalies))
  const starts = Array.from({ length: anomalies }, (_, i) => first + i * part + width + Math.floor(random.uniform() * (part - 2 * width)))
  const times = Float64Array.from({ length: rows }, (_, row) => START + row * step)
  let changed: ((value: number, since: number) => number) | undefined
  let since = 0
  const values = times.map((time, row) => {
    const value = usual(row, (time - START) / DAY)
    if (starts.includes(row)) [changed, since] = [disturb?.(random), 0]
    if (!changed) return value
    const other = changed(value, since++)
    if (!Number.isNaN(other)) return other
    changed = undefined
    return value
  })
  const windows = starts.map((start): [number, number] => [start - (width >> 1), start + (width >> 1)])
  return { name, group, times, values, windows }
}

/** mulberry32, Box and Muller, and a normal approximation for large means. */
export function generator(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const poisson = (mean: number) => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    let count = 0
    for (let left = Math.exp(-mean), product = uniform(); product > left; product *= uniform()) count++
    return count
  }
  return { uniform, normal, poisson }
}
