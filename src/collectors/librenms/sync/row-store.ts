import { hash as digest } from 'node:crypto'
import type { OutRecord } from '../../../bus/bus.ts'
import { toEventTime, tombstone, toRecordFromJson } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import { KnownRows } from './known-rows.ts'
import { lasting } from './passing-fields.ts'
import { idOf, type RowOf, type RowTopic, rowKey, rowTopics } from './row-topics.ts'

/** Records of one append. */
const BATCH = 500

interface Waiting {
  record: OutRecord
  device: number
  id: number
  /** Undefined: a tombstone. */
  hash: number | undefined
}

type Context = Pick<CollectorContext<unknown>, 'bus' | 'clock' | 'metrics'>

/**
 * What the topics of last states hold, as hashes, and the way there: a row that is as it was is not written again. The hashes follow the
 * bus's acknowledgements, and after a restart they are read back from the topics (load-rows.ts), so they never say more than the bus has.
 */
export class RowStore {
  readonly known: Readonly<Record<RowTopic, KnownRows>>
  readonly #context: Context
  readonly #instance: string | undefined
  readonly #source: string
  readonly #waiting = new Map<RowTopic, Waiting[]>()
  #writing: Promise<void> = Promise.resolve()
  #everything = false

  constructor(context: Context, instance: string | undefined, source: string) {
    this.#context = context
    this.#instance = instance
    this.#source = source
    this.known = Object.fromEntries(rowTopics.map((topic) => [topic, new KnownRows()])) as Record<RowTopic, KnownRows>
  }

  /** Write rows although they are as they were, until told otherwise. */
  set everything(on: boolean) {
    this.#everything = on
  }

  /** @param anyway write it although it is as it was @returns whether it was written */
  put<T extends RowTopic>(topic: T, row: RowOf<T>, anyway = false): boolean {
    const id = idOf(topic, row)
    const { device_id: device } = row as { device_id: number }
    const rest = JSON.stringify(row)
    const hash = hashOf(topic, rest)
    if (!anyway && !this.#everything && this.#latest(topic, device, id) === hash) return false
    const time = toEventTime(this.#context.clock.now())
    const json = `{"event_time":"${time}",${rest.slice(1)}`
    const key = rowKey(topic, this.#instance, device, id)
    this.#add(topic, { record: toRecordFromJson(topic, key, json, time, { source: this.#source }), device, id, hash })
    return true
  }

  /** A tombstone, for what is gone for certain. */
  remove(topic: RowTopic, device: number, id: number): void {
    if (this.#latest(topic, device, id) === undefined) return
    const key = rowKey(topic, this.#instance, device, id)
    const record = tombstone(topic, key, this.#context.clock.now(), { source: this.#source })
    this.#add(topic, { record, device, id, hash: undefined })
    this.#context.metrics.add('tombstones')
  }

  /** Devices that anything is known of, also where their own row is not. */
  devices(): Set<number> {
    return new Set(rowTopics.flatMap((topic) => [...this.known[topic].devices()]))
  }

  /** A device and everything of it. */
  removeDevice(device: number): void {
    for (const topic of rowTopics) for (const id of this.known[topic].idsOf(device)) this.remove(topic, device, id)
  }

  /** Resolves once everything that was put before is on the bus. */
  async flush(): Promise<void> {
    // The device itself last: when the process ends in between, its tombstone does not hide that there is more to take away.
    for (const topic of [...this.#waiting.keys()].filter((name) => name !== 'librenms_devices')) this.#write(topic)
    this.#write('librenms_devices')
    await this.#writing
  }

  /** Records that have not been handed to the bus. */
  get waiting(): number {
    let count = 0
    for (const rows of this.#waiting.values()) count += rows.length
    return count
  }

  /** Lets the reader of a long list wait until what it gave is written. */
  async relieve(): Promise<void> {
    if (this.waiting >= BATCH) await this.flush()
  }

  #latest(topic: RowTopic, device: number, id: number): number | undefined {
    const waiting = this.#waiting.get(topic)
    // Not yet written, and so not yet known: of the same row only the last one counts.
    for (let i = (waiting?.length ?? 0) - 1; i >= 0; i--) {
      const entry = waiting?.[i]
      if (entry?.id === id && entry.device === device) return entry.hash
    }
    return this.known[topic].hash(device, id)
  }

  #add(topic: RowTopic, entry: Waiting): void {
    const waiting = this.#waiting.get(topic)
    if (waiting) waiting.push(entry)
    else this.#waiting.set(topic, [entry])
  }

  #write(topic: RowTopic): void {
    const entries = this.#waiting.get(topic) ?? []
    this.#waiting.delete(topic)
    if (entries.length === 0) return
    // One after the other: two states of one row must not overtake each other.
    this.#writing = this.#writing.then(async () => {
      await this.#context.bus.append(
        topic,
        entries.map(({ record }) => record),
      )
      const known = this.known[topic]
      for (const { device, id, hash } of entries) {
        if (hash === undefined) known.delete(device, id)
        else known.set(device, id, hash)
      }
      this.#context.metrics.add('published', entries.length)
      this.#context.metrics.add(topic, entries.length)
    })
    // Whoever flushes is told; until then nobody listens.
    this.#writing.catch(() => {})
  }
}

/** 48 bits: two states of one row that follow each other have the same by chance once in 10^14. @param rest the row's JSON without event_time */
export function hashOf(topic: RowTopic, rest: string): number {
  return digest('md5', lasting(topic, rest), 'buffer').readUIntBE(0, 6)
}
