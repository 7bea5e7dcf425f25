import type { Metric } from '../../../events/index.ts'
import { parseLossless } from '../client/lossless.ts'
import { quantity, text } from '../decode/values.ts'
import { sensorMetric } from '../samples/sensor-metrics.ts'

/** One sample of LibreNMS's Kafka data store, before it is joined with what is known of the device. */
export interface StoreSample {
  hostname: string
  /** ms */
  at: number
  metric: Metric | string
  unit?: string
  value: number
  /** Interface index, where it is of an interface. */
  ifIndex?: number
  /** Name of what it is of, as the store has it; empty for the device itself. */
  instance: string
}

/**
 * The samples of one record of the store: `{"measurement","fields","tags"}` with values as SNMP gave them, often text, sometimes null or "U"
 * for unknown, which give no sample (facts 2.1). Measurements that have no metric of ours give none either.
 * @returns as text, what is wrong with a record that is none
 */
export function decodeStore(value: Buffer | null): StoreSample[] | string {
  let record: unknown
  try {
    record = parseLossless(value?.toString('utf8') ?? '')
  } catch {
    return 'is not JSON'
  }
  const { measurement, fields, tags } = (record ?? {}) as { measurement?: unknown; fields?: unknown; tags?: unknown }
  if (typeof measurement !== 'string' || !isObject(fields) || !isObject(tags)) return 'has no measurement, fields or tags'
  const hostname = text(tags.hostname)
  const polled = quantity(tags.current_polled_time)
  if (hostname === null || hostname === '') return 'has no hostname'
  if (polled === null || polled <= 0) return 'has no time'
  const common = { hostname, at: polled * 1_000 }
  const make = MEASUREMENTS[measurement]
  return make ? make(fields, tags).map((sample) => ({ ...common, ...sample })) : []
}

type Fields = Readonly<Record<string, unknown>>
type Part = Omit<StoreSample, 'hostname' | 'at'>

const MEASUREMENTS: Readonly<Record<string, (fields: Fields, tags: Fields) => Part[]>> = Object.assign(Object.create(null), {
  ports: portSamples,
  sensor: sensorSamples,
  uptime: (fields: Fields) => sample('uptime', fields.uptime, ''),
  processors: (fields: Fields, tags: Fields) => sample('cpu_load', fields.usage, text(tags.processor_index) ?? '', 0.01),
  'icmp-perf': (fields: Fields) => [...sample('latency', fields.avg, 'icmp', 0.001), ...lossOf(fields)],
  mempool: memorySamples,
})

function portSamples(fields: Fields, tags: Fields): Part[] {
  const index = quantity(tags.ifIndex)
  const where = { ...(index !== null && { ifIndex: index }) }
  const rate = (metric: Metric, bits: unknown, octets: unknown) => {
    const found = sample(metric, bits, text(tags.ifName) ?? '')
    return (found.length > 0 ? found : sample(metric, octets, text(tags.ifName) ?? '', 8)).map((one) => ({ ...one, ...where }))
  }
  return [
    ...rate('if_in_bps', fields.ifInBits_rate, fields.ifInOctets_rate),
    ...rate('if_out_bps', fields.ifOutBits_rate, fields.ifOutOctets_rate),
  ]
}

function sensorSamples(fields: Fields, tags: Fields): Part[] {
  const value = quantity(fields.sensor)
  const metric = value === null ? undefined : sensorMetric(text(tags.sensor_class) ?? '', value)
  return metric ? [{ ...metric, instance: text(tags.sensor_descr) ?? '' }] : []
}

function memorySamples(fields: Fields, tags: Fields): Part[] {
  const [used, free] = [quantity(fields.used), quantity(fields.free)]
  if (used === null || free === null || used < 0 || used + free <= 0) return []
  return [{ metric: 'memory_used', value: used / (used + free), instance: text(tags.mempool_index) ?? '' }]
}

function lossOf({ xmt, rcv }: Fields): Part[] {
  const [sent, received] = [quantity(xmt), quantity(rcv)]
  if (sent === null || received === null || sent <= 0) return []
  return [{ metric: 'packet_loss', value: Math.min(1, Math.max(0, 1 - received / sent)), instance: 'icmp' }]
}

function sample(metric: Metric, value: unknown, instance: string, scale = 1): Part[] {
  const number = quantity(value)
  return number === null || number < 0 ? [] : [{ metric, value: number * scale, instance }]
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
