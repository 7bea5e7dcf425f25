import { METRICS, type Metric } from '../../events/metrics.ts'
import type { Leaf } from './decode.ts'

/** One normalised sample of a device. */
export interface Sample {
  metric: Metric
  unit: string
  /** What of the device: the interface; empty for the device itself. */
  instance: string
  value: number
  /** For rates: seconds between the two readings. */
  interval?: number
}

interface Reading {
  /** ms since the epoch */
  time: number
  counters: Record<string, bigint>
}

const CPU = '/system/cpus/cpu/state/total/instant'
const UP_TIME = '/system/state/up-time'
const OPER_STATUS = '/interfaces/interface/state/oper-status'
const COUNTER = '/interfaces/interface/state/counters/'
/** Counters of lost packets, and of packets that made it. */
const LOST = ['in-discards', 'out-discards', 'in-errors', 'out-errors'] as const
const PASSED = ['in-pkts', 'out-pkts'] as const

/** Turns the leaves of one target into samples: gauges as they are, counters as rates since the reading before. Pure. */
export class Normaliser {
  readonly #last = new Map<string, Reading>()

  /**
   * @param time of the notification, ms since the epoch; one that is older than the last gives gauges but no rates
   * @param leaves of one notification
   */
  samples(time: number, leaves: readonly Leaf[]): Sample[] {
    const samples: Sample[] = []
    const counters = new Map<string, Record<string, bigint>>()
    for (const { schemaPath, keys, value } of leaves) {
      const instance = keys.interface_name ?? ''
      if (schemaPath === CPU && isInteger(value)) samples.push(sample('cpu_load', '', Number(value) / 100))
      else if (schemaPath === UP_TIME && isInteger(value)) samples.push(sample('uptime', '', Number(BigInt(value) / 1_000_000_000n)))
      else if (schemaPath === OPER_STATUS) samples.push(sample('if_oper_status', instance, value === 'UP' ? 1 : 0))
      else if (schemaPath.startsWith(COUNTER) && isInteger(value)) {
        const own = counters.get(instance) ?? {}
        own[schemaPath.slice(COUNTER.length)] = BigInt(value)
        counters.set(instance, own)
      }
    }
    for (const [instance, reading] of counters) samples.push(...this.#rates(instance, { time, counters: reading }))
    return samples
  }

  #rates(instance: string, now: Reading): Sample[] {
    const before = this.#last.get(instance)
    if (before && before.time >= now.time) return []
    this.#last.set(instance, now)
    if (!before) return []
    const seconds = (now.time - before.time) / 1000
    const samples: Sample[] = []
    const rate = (metric: Metric, value: number) => samples.push({ ...sample(metric, instance, value), interval: seconds })
    const inOctets = increase(before, now, ['in-octets'])
    const outOctets = increase(before, now, ['out-octets'])
    if (inOctets !== undefined) rate('if_in_bps', Math.round((inOctets * 8) / seconds))
    if (outOctets !== undefined) rate('if_out_bps', Math.round((outOctets * 8) / seconds))
    const lost = increase(before, now, LOST)
    const passed = increase(before, now, PASSED)
    if (lost !== undefined && passed !== undefined && lost + passed > 0) rate('packet_loss', lost / (lost + passed))
    return samples
  }
}

const sample = (metric: Metric, instance: string, value: number): Sample => ({ metric, unit: METRICS[metric].unit, instance, value })

/** How much the named counters grew together; undefined when none was read twice, or one fell (the device restarted). */
function increase(before: Reading, now: Reading, names: readonly string[]): number | undefined {
  let total: bigint | undefined
  for (const name of names) {
    const [from, to] = [before.counters[name], now.counters[name]]
    if (from === undefined || to === undefined) continue
    if (to < from) return undefined
    total = (total ?? 0n) + to - from
  }
  return total === undefined ? undefined : Number(total)
}

const isInteger = (value: unknown): value is number | string =>
  typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && /^-?\d+$/.test(value)
