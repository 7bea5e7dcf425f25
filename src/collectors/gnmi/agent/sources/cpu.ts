import type { Clock } from '../../../../base/clock.ts'
import type { Leaf, LeafPaths } from '../tree/leaf.ts'
import { type CpuTimes, readCpuTimes } from './cpu-times.ts'
import { measure, type Source } from './source.ts'

/** openconfig-system's shares of a processor's time. */
const SHARES = ['total', 'user', 'kernel', 'nice', 'idle', 'wait'] as const
type Share = (typeof SHARES)[number]
/** Percent, 0 to 100. */
type Percents = Partial<Record<Share, number>>

interface Reading {
  /** ms since the epoch */
  time: number
  /** All processors together first. */
  times: CpuTimes[]
  /** Between the reading before and this one; empty for the first. */
  instant: Percents[]
}

/** ms over which avg, min and max go back, at most. */
const WINDOW = 60_000
/** ms: an instant value over a longer time would be none. */
const LONGEST_INSTANT = 15_000
/** ms between two readings where there is none to compare with. */
const SHORTEST_INSTANT = 250

/**
 * /system/cpus/cpu[index]/state/{total,user,…}/{instant,avg,min,max,interval}. `instant` is over the time since the last reading, of 15 s at
 * most; avg, min and max go back over `interval`, at most a minute.
 */
export class CpuSource implements Source {
  readonly name = 'cpu'
  readonly roots = ['/system/cpus']
  readonly every = 1_000
  readonly #paths: LeafPaths
  readonly #clock: Clock
  readonly #read: () => Promise<CpuTimes[]>
  #readings: Reading[] = []

  constructor(paths: LeafPaths, clock: Clock, read: () => Promise<CpuTimes[]> = readCpuTimes) {
    this.#paths = paths
    this.#clock = clock
    this.#read = read
  }

  async read(): Promise<Leaf[]> {
    const before = this.#readings.at(-1)
    const age = before ? this.#clock.now() - before.time : Number.POSITIVE_INFINITY
    if (age < 0) this.#readings = []
    if (age < 0 || age > LONGEST_INSTANT) {
      await this.#take()
      await this.#clock.sleep(SHORTEST_INSTANT)
    }
    await this.#take()
    return this.#leaves()
  }

  async #take(): Promise<void> {
    const each = await this.#read()
    const now: Reading = { time: this.#clock.now(), times: [together(each), ...each], instant: [] }
    const before = this.#readings.at(-1)
    if (before && before.times.length !== now.times.length) this.#readings = []
    else if (before && now.time - before.time <= LONGEST_INSTANT) {
      now.instant = now.times.map((times, i) => {
        const since = percents(before.times[i] ?? times, times)
        // A processor whose time has not been counted on yet is as it was, not gone.
        return since.total === undefined ? (before.instant[i] ?? {}) : since
      })
    }
    this.#readings = [...this.#readings.filter(({ time }) => now.time - time <= WINDOW), now]
  }

  #leaves(): Leaf[] {
    const [first] = this.#readings
    const last = this.#readings.at(-1)
    if (!first || !last || first === last) return []
    const interval = BigInt(last.time - first.time) * 1_000_000n
    return last.times.flatMap((times, i) => {
      const average = percents(first.times[i] ?? times, times)
      return SHARES.flatMap((share) => this.#share(share, i, average[share], interval))
    })
  }

  #share(share: Share, i: number, avg: number | undefined, interval: bigint): Leaf[] {
    const instants = this.#readings.flatMap(({ instant }) => instant[i]?.[share] ?? [])
    const instant = this.#readings.at(-1)?.instant[i]?.[share]
    if (avg === undefined || instant === undefined) return []
    const index = i === 0 ? 'ALL' : String(i - 1)
    const leaf = (name: string, value: number | bigint) =>
      measure(this.#paths.get(`/system/cpus/cpu[index=%]/state/${share}/${name}`, index), value)
    return [
      leaf('instant', instant),
      leaf('avg', avg),
      leaf('min', Math.min(...instants)),
      leaf('max', Math.max(...instants)),
      leaf('interval', interval),
    ]
  }
}

function together(each: readonly CpuTimes[]): CpuTimes {
  const sum = (of: (times: CpuTimes) => number) => each.reduce((total, times) => total + of(times), 0)
  return {
    user: sum(({ user }) => user),
    nice: sum(({ nice }) => nice),
    kernel: sum(({ kernel }) => kernel),
    idle: sum(({ idle }) => idle),
    other: sum(({ other }) => other),
    ...(each.some(({ wait }) => wait !== undefined) && { wait: sum(({ wait = 0 }) => wait) }),
  }
}

/** How the time between two readings was spent; nothing where no time went by. A time that ran backwards (iowait may) counts as none. */
function percents(from: CpuTimes, to: CpuTimes): Percents {
  const spent = (key: keyof CpuTimes) => Math.max(0, (to[key] ?? 0) - (from[key] ?? 0))
  const [user, nice, kernel, idle, wait, other] = [
    ...[spent('user'), spent('nice'), spent('kernel'), spent('idle'), spent('wait'), spent('other')],
  ] as [number, number, number, number, number, number]
  const all = user + nice + kernel + idle + wait + other
  if (all === 0) return {}
  const percent = (part: number) => Math.round((part / all) * 100)
  return {
    total: percent(all - idle - wait),
    user: percent(user),
    kernel: percent(kernel),
    nice: percent(nice),
    idle: percent(idle),
    ...(to.wait !== undefined && { wait: percent(wait) }),
  }
}
