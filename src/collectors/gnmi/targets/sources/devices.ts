import type { Clock } from '../../../../base/clock.ts'
import { hasCode, messageOf } from '../../../../base/errors.ts'
import type { Logger } from '../../../../base/log.ts'
import type { Bus, Damage, RecordBatch } from '../../../../bus/bus.ts'
import { untilAborted } from '../../../until-aborted.ts'
import { type Device, deviceFrom } from '../device.ts'

const TOPIC = 'librenms_devices'

export interface DevicesOptions {
  bus: Pick<Bus, 'offsets' | 'read'>
  clock: Clock
  signal: AbortSignal
  logger: Logger
  /** ms without news before a set is given; default 500. */
  settle?: number
  /** ms until the bus is tried again; default 5,000. */
  retry?: number
}

/** News that never pause are told all the same after so many times `settle`. */
const RESTLESS = 10
/** Records that are no devices are told of one by one up to here, then only in numbers. */
const TOLD = 5

/**
 * The devices that LibreNMS knows: `librenms_devices` from its beginning, the last state of each key, followed until the signal aborts. Whole
 * sets: the first when everything that was there has been read, then one for each burst of news. While the topic is not there the set is
 * empty; while the bus fails the last set stands.
 */
export async function* followDevices(options: DevicesOptions): AsyncGenerator<readonly Device[], void, undefined> {
  const devices = new DeviceTable(options)
  let given = -1
  while (!options.signal.aborted) {
    const pause = devices.run()
    for await (const version of devices.versions(pause)) {
      if (version === given) continue
      given = version
      yield devices.all()
    }
    await pause
    await options.clock.sleep(options.retry ?? 5_000, options.signal)
  }
}

/** The table that the topic comes to, and where in the topic it stands. */
class DeviceTable {
  readonly #options: DevicesOptions
  readonly #devices = new Map<string, Device>()
  /** Next offset by partition. */
  readonly #next = new Map<number, number>()
  #version = 0
  /** Everything that was there at first has been read, or cannot be. */
  #complete = false
  #unreadable = 0
  #missing = false
  #wake = () => {}

  constructor(options: DevicesOptions) {
    this.#options = options
  }

  all(): Device[] {
    return [...this.#devices.values()]
  }

  /** Reads until the signal aborts or the bus fails. Never rejects. */
  async run(): Promise<void> {
    const { bus, signal } = this.#options
    try {
      const partitions = await bus.offsets(TOPIC)
      this.#missing = false
      for (const { partition, earliest } of partitions) this.#next.set(partition, Math.max(earliest, this.#next.get(partition) ?? 0))
      // A read that does not follow knows its end, also where the last offsets hold no records (transaction markers, compaction).
      if (!this.#complete) await this.#read(false)
      this.#completed()
      if (!signal.aborted) await this.#read(true)
    } catch (error) {
      this.#failed(error)
    }
  }

  async #read(follow: boolean): Promise<void> {
    const { bus, signal, logger } = this.#options
    const partitions = [...this.#next].map(([partition, from]) => ({ partition, from }))
    const onDamage = ({ partition, from, to, why }: Damage) =>
      logger.warn(`${TOPIC}/${partition}: records ${from} to ${to - 1} cannot be read: ${why}`)
    for await (const batch of untilAborted(bus.read({ topic: TOPIC, partitions, follow, signal, onDamage }), signal)) this.#take(batch)
  }

  #completed(): void {
    this.#complete = true
    this.#wake()
  }

  /** The number of the table's state, each time that it has changed and come to rest, until the reading ends. */
  async *versions(reading: Promise<void>): AsyncGenerator<number, void, undefined> {
    const { clock, signal, settle = 500 } = this.#options
    let over = false
    void reading.then(() => {
      over = true
      this.#wake()
    })
    let told = -1
    while (!over && !signal.aborted) {
      if (!this.#complete || told === this.#version) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        continue
      }
      let version = this.#version
      // The first set has waited for its last record already.
      for (let i = 0; told >= 0 && i < RESTLESS; i++) {
        await clock.sleep(settle, signal)
        if (version === this.#version) break
        version = this.#version
      }
      told = this.#version
      yield told
    }
    if (this.#complete && told !== this.#version && !signal.aborted) yield this.#version
  }

  #take(batch: RecordBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const key = batch.key(i)?.toString() ?? ''
      const value = batch.value(i)
      const device = value === null ? undefined : deviceFrom(value)
      if (typeof device === 'string') this.#refuse(batch, i, device)
      else if (device) this.#devices.set(key, device)
      else this.#devices.delete(key)
    }
    this.#next.set(batch.partition, batch.nextOffset)
    this.#version++
    this.#wake()
  }

  /** What cannot be read says nothing: the device stays as it was. */
  #refuse(batch: RecordBatch, i: number, why: string): void {
    this.#unreadable++
    const { logger } = this.#options
    const place = `${TOPIC}/${batch.partition}/${batch.offset(i)}`
    if (this.#unreadable <= TOLD) logger.warn(`${place} ${why}, and is passed over`)
    else if (this.#unreadable % 1_000 === 0) logger.warn(`${this.#unreadable} records of ${TOPIC} could not be read; the last is ${place}`)
  }

  #failed(error: unknown): void {
    const { signal, logger } = this.#options
    if (signal.aborted) return
    // Others need not wait for what may be long in coming.
    this.#completed()
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) {
      if (!this.#missing) logger.info(`there is no topic ${TOPIC} yet: no devices from LibreNMS until "shitops librenms sync" has run`)
      this.#missing = true
    } else logger.warn(`${TOPIC} cannot be read (${messageOf(error)}); the devices stay as they were`)
  }
}
