import type { PartitionOffsets } from '../../bus/bus.ts'
import type { BusJobOptions } from './bus-job-options.ts'
import type { Inbox } from './inbox.ts'

/** How long to leave a transaction of somebody else alone that is not decided yet, ms. */
const UNDECIDED_POLL = 100

/** The topics that a job reads, and how far it is in each of their partitions. */
export class JobInput {
  /** Next offset by `topic/partition`. */
  readonly positions = new Map<string, number>()
  readonly #o: Pick<BusJobOptions, 'bus' | 'clock' | 'start' | 'partitions'>
  readonly #topics: readonly string[]

  constructor(options: Pick<BusJobOptions, 'bus' | 'clock' | 'start' | 'partitions'>, topics: readonly string[]) {
    this.#o = options
    this.#topics = topics
  }

  /** Partitions without a position yet begin where the job is to begin; those that came later, at their beginning. */
  async begin(): Promise<void> {
    const { start, bus } = this.#o
    for (const topic of this.#topics) {
      // A topic that only the present query reads, too.
      const fresh = ![...this.positions.keys()].some((key) => topicOf(key) === topic)
      const at =
        fresh && typeof start === 'object'
          ? new Map((await bus.offsetsAt(topic, start.timestamp)).map(({ partition, offset }) => [partition, offset]))
          : undefined
      for (const { partition, earliest, latest } of await this.offsets(topic)) {
        const key = `${topic}/${partition}`
        if (!this.positions.has(key)) this.positions.set(key, at?.get(partition) ?? (fresh && start === 'latest' ? latest : earliest))
      }
    }
  }

  /** Of the partitions that are ours. */
  async offsets(topic: string): Promise<PartitionOffsets[]> {
    const offsets = await this.#o.bus.offsets(topic)
    const { partitions } = this.#o
    return partitions ? offsets.filter(({ partition }) => partitions(partition)) : offsets
  }

  /** Where the partitions end now: as far as a job reads that ends. */
  async ends(): Promise<Map<string, number>> {
    const ends = new Map<string, number>()
    for (const topic of this.#topics)
      for (const { partition, latest } of await this.offsets(topic)) ends.set(`${topic}/${partition}`, latest)
    return ends
  }

  /** Reads a topic from where it is into the inbox: as far as `ends`, or until the signal aborts. */
  async read(topic: string, inbox: Inbox, signal: AbortSignal, ends: Map<string, number> | undefined): Promise<void> {
    let partitions = (await this.offsets(topic)).map(({ partition, earliest }) => {
      const from = this.positions.get(`${topic}/${partition}`) ?? earliest
      return { partition, from, ...(ends && { to: ends.get(`${topic}/${partition}`) ?? from }) }
    })
    while (partitions.length > 0) {
      const undecided = new Map<number, number>()
      const onUndecided = (partition: number, offset: number) => void undecided.set(partition, offset)
      for await (const batch of this.#o.bus.read({ topic, partitions, follow: ends === undefined, signal, onUndecided })) {
        if (signal.aborted) return
        await inbox.push(batch)
      }
      // What somebody else's open transaction hid belongs to the input too.
      partitions = partitions
        .filter(({ partition }) => undecided.has(partition))
        .map((range) => ({ ...range, from: undecided.get(range.partition) ?? range.from }))
      if (signal.aborted) return
      if (partitions.length > 0) await this.#o.clock.sleep(UNDECIDED_POLL, signal)
    }
  }

  /** Whether a record lies at that offset or behind it. */
  async hasMore(topic: string, partition: number, from: number): Promise<boolean> {
    for await (const { count } of this.#o.bus.read({ topic, partitions: [{ partition, from }], maxBatchBytes: 1 }))
      if (count > 0) return true
    return false
  }
}

/** The topic of `topic/partition`. */
export const topicOf = (key: string): string => key.slice(0, key.lastIndexOf('/'))
