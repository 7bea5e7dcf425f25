import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../../../src/base/clock.ts'
import type { Bus, BusRecord } from '../../../../src/bus/bus.ts'
import { openBus } from '../../../../src/bus/open.ts'
import { createMissing } from '../../../../src/bus/ops/create-missing.ts'
import type { LibrenmsApi } from '../../../../src/collectors/librenms/client/api.ts'
import { LibrenmsV0 } from '../../../../src/collectors/librenms/client/v0.ts'
import type { LibrenmsConfig } from '../../../../src/collectors/librenms/config.ts'
import { LIBRENMS_TOPICS } from '../../../../src/collectors/librenms/index.ts'
import { Sync } from '../../../../src/collectors/librenms/sync/sync.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import { isTopicName, TOPICS, validateRecord } from '../../../../src/events/index.ts'
import type { Quirks } from '../../../../src/office/librenms/quirks.ts'
import { LibrenmsServer } from '../../../../src/office/librenms/server.ts'
import { World } from '../../../../src/office/librenms/world/world.ts'
import { HandClock, TOKEN } from '../../../office/librenms/setup.ts'
import { MemoryLogger } from '../../compliance.ts'

/** What a process meets that is killed: from then on nothing of it reaches anybody. */
export class Killed extends Error {}

/** Ends the process of a sync at a given step, a write to the bus or a question to the API, before or after it is done. */
export class Reaper {
  #left: number
  readonly #after: boolean
  dead = false

  constructor(steps = Number.POSITIVE_INFINITY, after = false) {
    this.#left = steps
    this.#after = after
  }

  async step<T>(work: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Killed()
    const last = --this.#left < 0
    if (!last) {
      const result = await work()
      if (this.dead) throw new Killed()
      return result
    }
    this.dead = true
    if (this.#after) await work()
    throw new Killed()
  }

  bus(bus: Bus): LibrenmsConfig['bus'] {
    return {
      append: (topic, records) => this.step(() => bus.append(topic, records)),
      transact: (transaction) => this.step(() => bus.transact(transaction)),
      takeOver: (id, what) => this.step(() => bus.takeOver(id, what)),
      read: (options) => bus.read(options),
      offsets: (topic) => bus.offsets(topic),
    }
  }

  api(api: LibrenmsApi): LibrenmsApi {
    const reaper = this
    return new Proxy(api, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          const result: unknown = member.apply(target, args)
          if (result instanceof Promise) return reaper.step(() => result)
          return isIterable(result) ? reaper.#iterable(result) : result
        }
      },
    })
  }

  async *#iterable(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const item of source) {
      await this.step(async () => {})
      yield item
    }
  }
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** Time that the world does not know of: waiting between attempts passes at once. */
class OwnClock implements Clock {
  readonly #world: Clock
  #slept = 0

  constructor(world: Clock) {
    this.#world = world
  }

  now(): number {
    return this.#world.now() + this.#slept
  }

  async sleep(ms: number): Promise<void> {
    this.#slept += ms
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export interface RigOptions {
  world?: Partial<ConstructorParameters<typeof World>[0]>
  quirks?: Partial<Quirks>
}

/** A LibreNMS, a bus, and syncs that come and go. */
export class Rig {
  /** Yesterday: what is older than a topic's retention would be gone. */
  readonly clock = new HandClock(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 86_400_000)
  readonly metrics = new Counters()
  readonly logger = new MemoryLogger()
  readonly world: World
  server!: LibrenmsServer
  bus!: Bus
  #dir = ''
  readonly #own = new OwnClock(this.clock)
  readonly #apis: LibrenmsApi[] = []

  private constructor(options: RigOptions) {
    this.world = new World({ clock: this.clock, devices: 6, ...options.world })
  }

  static async open(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options)
    rig.server = await LibrenmsServer.listen({ world: rig.world, token: TOKEN, clock: rig.clock, quirks: options.quirks ?? {} })
    rig.#dir = await mkdtemp(join(tmpdir(), 'shitops-librenms-'))
    rig.bus = await openBus(`embedded:${rig.#dir}`)
    await createMissing(rig.bus, LIBRENMS_TOPICS)
    return rig
  }

  /** A new process. */
  sync(config: Partial<LibrenmsConfig> = {}, reaper = new Reaper()): Promise<Sync> {
    const signal = new AbortController().signal
    const api = new LibrenmsV0({ url: this.server.url, token: TOKEN }, { clock: this.#own, signal, random: () => 0.5 })
    this.#apis.push(api)
    return Sync.open({
      config: {
        api: reaper.api(api),
        bus: reaper.bus(this.bus),
        once: false,
        full: false,
        tailInterval: 1_000,
        allowMassDelete: false,
        person: (name) => `person-${name.length}`,
        ...config,
      },
      bus: this.bus,
      clock: this.#own,
      signal,
      metrics: this.metrics,
      logger: this.logger,
    })
  }

  async records(topic: string): Promise<BusRecord[]> {
    const partitions = (await this.bus.offsets(topic)).map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
    const records: BusRecord[] = []
    for await (const batch of this.bus.read({ topic, partitions })) records.push(...batch)
    return records
  }

  /** What a compacted topic comes down to: key to value without the time of reading. */
  async last(topic: string): Promise<Map<string, Record<string, unknown>>> {
    const last = new Map<string, Record<string, unknown>>()
    for (const { key, value } of await this.records(topic)) {
      const name = String(key)
      if (value === null) last.delete(name)
      else last.set(name, withoutTime(JSON.parse(value.toString('utf8'))))
    }
    return new Map([...last].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  async values(topic: string): Promise<Array<Record<string, unknown>>> {
    return (await this.records(topic)).flatMap(({ value }) => (value === null ? [] : [JSON.parse(value.toString('utf8'))]))
  }

  /** Everything that is on the bus, and what was said, as one text. */
  async everythingSaid(): Promise<string> {
    const texts = [...this.logger.lines]
    for (const topic of LIBRENMS_TOPICS) {
      for (const { key, value, headers } of await this.records(topic)) texts.push(String(key), String(value), headers.map(String).join())
    }
    return texts.join('\n')
  }

  /** @throws at the first record that its schema refuses */
  async validate(): Promise<void> {
    for (const topic of LIBRENMS_TOPICS) {
      if (!isTopicName(topic)) continue
      for (const { value } of await this.records(topic)) {
        const problems = await validateRecord(topic, value)
        if (problems) throw new Error(`${topic}: ${JSON.stringify(problems)} ${value}`)
      }
    }
  }

  async close(): Promise<void> {
    for (const api of this.#apis) api.close()
    await this.bus.close()
    await this.server.close()
    await rm(this.#dir, { recursive: true, force: true })
    if (this.server.mistakes.length > 0) throw this.server.mistakes[0]
  }
}

function withoutTime({ event_time: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest
}

export const ROW_TOPICS = LIBRENMS_TOPICS.filter((topic) => isTopicName(topic) && TOPICS[topic].compacted && topic !== 'librenms_state')
