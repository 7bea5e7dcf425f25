import type { OutRecord } from '../../../bus/bus.ts'
import { METRICS, type Metric, toEventTime, toRecord } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import type { Row } from '../client/api.ts'
import { integer, quantity, text } from '../decode/values.ts'
import type { DeviceFacts } from '../sync/fleet.ts'
import { LastTimes } from './last-times.ts'
import { sensorMetric } from './sensor-metrics.ts'

/** Records of one append. */
const BATCH = 500

type Context = Pick<CollectorContext<unknown>, 'bus' | 'metrics'>

/**
 * Normalised samples for device_metrics from what the sweeps read anyway. A sample's time is that of LibreNMS's poll, and each poll gives one
 * (its CloudEvents id tells a repeat after a crash).
 */
export class Samples {
  readonly #context: Context
  readonly #source: string
  /** Of the last sample, by what it is of. */
  readonly #last = { device: new LastTimes(), port: new LastTimes(), sensor: new LastTimes() }
  #waiting: OutRecord[] = []

  constructor(context: Context, source: string) {
    this.#context = context
    this.#source = source
  }

  device(id: number, facts: DeviceFacts): void {
    if (facts.polled === undefined || facts.uptime === undefined || !this.#isNew('device', id, facts.polled)) return
    this.#add(facts, `device:${id}`, { metric: 'uptime', unit: METRICS.uptime.unit, instance: '', value: facts.uptime, at: facts.polled })
  }

  /** A row with `poll_time` and the rates of that poll, byte/s. */
  port(row: Row, facts: DeviceFacts | undefined): void {
    const id = integer(row.port_id)
    const polled = integer(row.poll_time)
    // What nobody wants watched gives no samples.
    if (!facts || id === undefined || !polled || flagged(row.disabled) || flagged(row.ignore)) return
    const at = polled * 1_000
    if (!this.#isNew('port', id, at)) return
    const instance = text(row.ifName) || text(row.ifDescr) || `port ${id}`
    const add = (metric: Metric, value: number | null) => {
      if (value !== null) this.#add(facts, `port:${id}`, { metric, unit: METRICS[metric].unit, instance, value, at })
    }
    const up = row.ifOperStatus === 'up'
    if (row.ifAdminStatus !== 'down') add('if_oper_status', up ? 1 : 0)
    if (!up) return
    const [received, sent] = [bits(row.ifInOctets_rate), bits(row.ifOutOctets_rate)]
    add('if_in_bps', received)
    add('if_out_bps', sent)
    const speed = quantity(row.ifSpeed)
    if (speed && (received !== null || sent !== null)) add('if_utilisation', Math.min(1, Math.max(received ?? 0, sent ?? 0) / speed))
  }

  /** A row of a sensor, which does not tell when it was read: at its device's last poll. */
  sensor(row: Row, facts: DeviceFacts | undefined): void {
    const id = integer(row.sensor_id)
    const at = facts?.shown ? facts.polled : undefined
    const value = quantity(row.sensor_current)
    if (!facts || id === undefined || at === undefined || value === null || flagged(row.sensor_deleted)) return
    const metric = sensorMetric(text(row.sensor_class) ?? '', value)
    if (!metric || !this.#isNew('sensor', id, at)) return
    this.#add(facts, `sensor:${id}`, { ...metric, instance: text(row.sensor_descr) ?? `sensor ${id}`, at })
  }

  /** Lets the reader of a long list wait until what it gave is written. */
  async relieve(): Promise<void> {
    if (this.#waiting.length >= BATCH) await this.flush()
  }

  async flush(): Promise<void> {
    const records = this.#waiting
    this.#waiting = []
    if (records.length === 0) return
    await this.#context.bus.append('device_metrics', records)
    this.#context.metrics.add('published', records.length)
    this.#context.metrics.add('device_metrics', records.length)
  }

  #isNew(kind: 'device' | 'port' | 'sensor', id: number, at: number): boolean {
    return this.#last[kind].advance(id, at / 1_000)
  }

  #add(facts: DeviceFacts, subject: string, sample: { metric: string; unit: string; instance: string; value: number; at: number }): void {
    const { metric, unit, instance, value, at } = sample
    const event = {
      event_time: toEventTime(at),
      target: facts.hostname,
      metric,
      instance,
      value,
      unit,
      collector: 'librenms' as const,
      ...(facts.site && { site: facts.site }),
    }
    this.#waiting.push(toRecord('device_metrics', event, { source: this.#source, id: `${subject}:${metric}:${at}` }))
  }
}

const flagged = (value: unknown) => value === true || value === 1 || value === '1'

/** bit/s from byte/s. */
function bits(rate: unknown): number | null {
  const bytes = quantity(rate)
  return bytes === null || bytes < 0 ? null : bytes * 8
}
