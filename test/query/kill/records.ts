import type { Bus, OutRecord } from '../../../src/bus/bus.ts'
import { DELAY, INPUTS } from './queries.ts'

/** 2026-03-31T08:00:00Z */
const BEGIN = 1_774_944_000_000
/** Event time from one record to the next, ms. */
const STEP = 20
const KEYS = 24
/** Every so many records there is one that cannot be read. */
const POISON = 97

/** Writes records whose times are in disorder: in the topic of one partition now and then by more than the watermark allows. */
export class Records {
  readonly #bus: Bus
  #next = 0
  poison = 0

  constructor(bus: Bus) {
    this.#bus = bus
  }

  get written(): number {
    return this.#next
  }

  async write(count: number): Promise<void> {
    for (const topic of Object.keys(INPUTS)) {
      const records = Array.from({ length: count }, (_, i) => this.#record(topic, this.#next + i))
      await this.#bus.append(topic, records)
    }
    this.#next += count
  }

  /** One record late enough to end every window, in each partition. */
  async end(): Promise<void> {
    const time = BEGIN + this.#next * STEP + 600_000
    for (const [topic, partitions] of Object.entries(INPUTS)) {
      const records = Array.from({ length: partitions }, (_, partition) => ({ ...valid(-1, 'end', 0, time, topic), partition }))
      await this.#bus.append(topic, records)
    }
  }

  #record(topic: string, id: number): OutRecord {
    const key = `k${Math.floor(Math.random() * KEYS)}`
    if (id % POISON === POISON - 1) {
      this.poison++
      return {
        key,
        value: id % 2 === 0 ? '{"id": 1, "k": "broken' : `{"id": ${id}, "k": "${key}", "v": "no number", "ts": null, "event_time": null}`,
        timestamp: BEGIN + id * STEP,
      }
    }
    const late = (topic === 'single' || topic === 'audio_metrics') && id % 31 === 30
    const disorder = Math.random() * (late ? 6 * DELAY : 0.8 * DELAY)
    return valid(id, key, Math.floor(Math.random() * 1000), Math.floor(BEGIN + id * STEP - disorder), topic)
  }
}

function valid(id: number, k: string, v: number, time: number, topic = ''): OutRecord {
  const ts = new Date(time).toISOString()
  // Up and down, so that alerts fire and are resolved.
  const wave = Math.max(0, Math.min(1, 0.5 + 0.5 * Math.sin(time / 5000 + k.length + k.charCodeAt(1)) + (v - 500) / 5000))
  // In 64ths: their sum is the same in whatever order the rows of several partitions come.
  const level = Math.round(wave * 64) / 64
  switch (topic) {
    case 'device_metrics':
      return {
        key: k,
        value: JSON.stringify({ event_time: ts, target: k, metric: 'state', site: `s${id % 3}`, value: level }),
        timestamp: time,
      }
    case 'audio_metrics':
      return { key: k, value: JSON.stringify({ event_time: ts, device: k, intensity: level }), timestamp: time }
    default:
      return { key: k, value: JSON.stringify({ id, k, v, ts }), timestamp: time }
  }
}
