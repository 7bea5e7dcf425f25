import type { Clock } from '../../base/clock.ts'
import { hasCode, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus, PartitionOffsets, RecordBatch } from '../../bus/bus.ts'
import type { Feed } from './feed.ts'
import { FED_TOPICS, type FedTopic } from './topics.ts'

export interface FollowOptions {
  bus: Bus
  feed: Feed
  clock: Clock
  logger: Logger
  signal: AbortSignal
  /** After each batch. */
  onBatch(): void
}

/** Between two attempts to read a topic that cannot be read, ms. */
const RETRY = [250, 500, 1_000, 2_000, 5_000] as const

/** What must have been read before the next is: how large teams are, the alerts about them, what is said about those. */
const IN_ORDER: ReadonlyArray<readonly FedTopic[]> = [
  FED_TOPICS.filter(({ channels }) => channels.length === 0),
  FED_TOPICS.filter(({ topic }) => topic === 'alerts'),
  FED_TOPICS.filter(({ topic, channels }) => channels.length > 0 && topic !== 'alerts'),
]

/** What the server reads of the bus, and whether it has all of it. */
export class Follower {
  readonly #o: FollowOptions
  /** Topics that were not read to where they ended at the start. */
  readonly #loading = new Set(FED_TOPICS.map(({ topic }) => topic))
  /** Topics that cannot be read, and why. */
  readonly #failing = new Map<string, string>()
  /** Told each time a topic has been read so far. */
  #onLoaded: () => void = () => {}
  #resolve: () => void = () => {}
  #reject: (why: unknown) => void = () => {}
  /** Resolves once everything that was there at the start has been read; rejects where this user may not read some of it. */
  readonly loaded = new Promise<void>((resolve, reject) => {
    this.#resolve = resolve
    this.#reject = reject
  })

  constructor(options: FollowOptions) {
    this.#o = options
    // Nobody need wait for it.
    this.loaded.catch(() => {})
  }

  /** In words what is missing for answers to be whole; empty when nothing is. */
  get missing(): string[] {
    const failing = [...this.#failing].map(([topic, why]) => `${topic} cannot be read: ${why}`)
    return [...failing, ...[...this.#loading].filter((topic) => !this.#failing.has(topic)).map((topic) => `${topic} is being read`)]
  }

  /** Reads until the signal aborts. A topic that cannot be read is tried again, and nothing of it is missed. */
  async run(): Promise<void> {
    const following: Array<Promise<void>> = []
    for (const topics of IN_ORDER) {
      following.push(...topics.map((fed) => this.#follow(fed)))
      await Promise.race([this.#whenLoaded(topics), Promise.all(following)])
    }
    await Promise.all(following)
  }

  #whenLoaded(topics: readonly FedTopic[]): Promise<void> {
    return new Promise((resolve) => {
      this.#onLoaded = () => {
        if (!topics.some(({ topic }) => this.#loading.has(topic))) resolve()
      }
      this.#onLoaded()
    })
  }

  async #follow(fed: FedTopic): Promise<void> {
    const { signal, clock, logger } = this.#o
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#read(fed)
        attempt = -1
      } catch (error) {
        if (signal.aborted) return
        if (!this.#failing.has(fed.topic)) logger.warn(`${fed.topic} cannot be read: ${messageOf(error)}; it is tried again`)
        this.#failing.set(fed.topic, messageOf(error))
        // No waiting mends that at the start; later on a permission may be taken and given again.
        if (hasCode(error, 'SHITOPS_E_BUS_AUTH')) this.#reject(error)
        await clock.sleep(RETRY[Math.min(attempt, RETRY.length - 1)] ?? 5_000, signal)
      }
    }
  }

  async #read(fed: FedTopic): Promise<void> {
    const { bus, signal } = this.#o
    const { topic } = fed
    const offsets = await bus.offsets(topic)
    const partitions = offsets.map((each) => ({ partition: each.partition, from: this.#start(fed, each) }))
    if (this.#loading.has(topic)) {
      // To its end first: behind the last record there may be offsets without one, and no batch would say that there is nothing more.
      await this.#take(topic, bus.read({ topic, partitions, signal }))
      if (signal.aborted) return
      this.#loading.delete(topic)
      this.#onLoaded()
      if (this.#loading.size === 0) this.#resolve()
    }
    const grown = this.#untilMore(topic, partitions.length)
    const either = AbortSignal.any([signal, grown.signal])
    const rest = offsets.map((each) => ({ partition: each.partition, from: this.#start(fed, each) }))
    this.#recovered(topic)
    try {
      await this.#take(topic, bus.read({ topic, partitions: rest, follow: true, signal: either }))
    } finally {
      grown.stop()
    }
  }

  async #take(topic: string, batches: AsyncIterable<RecordBatch>): Promise<void> {
    for await (const batch of batches) {
      this.#recovered(topic)
      this.#o.feed.take(batch)
      this.#o.onBatch()
    }
  }

  #recovered(topic: string): void {
    if (this.#failing.delete(topic)) this.#o.logger.info(`${topic} can be read again`)
  }

  #start({ topic, from }: FedTopic, { partition, earliest, latest }: PartitionOffsets): number {
    const known = this.#o.feed.position.get(topic)?.[partition]
    if (known !== undefined && known <= latest) return known
    const start = from === 'whole' ? earliest : Math.max(earliest, latest - from)
    this.#o.feed.begin(topic, partition, start)
    return start
  }

  /** A topic may be given more partitions while it is read. */
  #untilMore(topic: string, partitions: number): { signal: AbortSignal; stop(): void } {
    const more = new AbortController()
    const timer = setInterval(() => {
      this.#o.bus.offsets(topic).then(
        (offsets) => {
          if (offsets.length > partitions) more.abort()
        },
        // The read itself fails, and says so.
        () => {},
      )
    }, 30_000)
    timer.unref()
    return { signal: more.signal, stop: () => clearInterval(timer) }
  }
}
