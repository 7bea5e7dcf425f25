import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { BusAdmin } from '../admin.ts'
import type * as Api from '../bus.ts'
import { toldStanding } from '../ops/read-standing.ts'
import { embeddedAdmin } from './admin.ts'
import { packAppend } from './append.ts'
import { consume } from './consume.ts'
import { deleteGroup, describeGroup, fetchOffsets, listGroups } from './group-admin.ts'
import { commitUnclaimed } from './group-protocol.ts'
import { storeHealth } from './health.ts'
import { type Maintained, Maintainer } from './maintenance.ts'
import { PartitionLog } from './partition-log.ts'
import { checkStillThere, placeAppend } from './place.ts'
import { type ReadContext, readPartitions } from './read.ts'
import { removeOldest } from './retention.ts'
import { closeStore, refresh, type Store } from './store.ts'
import { fullError, guarded, storeError } from './store-error.ts'
import { seekTimeIndex } from './time-index.ts'
import { createTopic, deleteTopic, describeTopic, partitionOffsets } from './topic-admin.ts'
import { Topics } from './topics.ts'
import { Epochs, placeTransaction } from './transact.ts'
import type { Tx } from './tx.ts'
import type { Writer } from './writer.ts'

/** With more than this waiting to be written, even an append with acks=none waits: memory is not a queue. */
const MAX_UNACKNOWLEDGED_BYTES = 64 << 20

/** What {@link EmbeddedBus.trim} removes; each where it is given. */
export interface TrimLimits {
  /** An offset: batches that end at or below it go. */
  below?: number
  /** ms since the epoch: batches all of whose records are older go. */
  before?: number
  /** Of the whole partition. */
  maxBytes?: number
}

/** A partition after {@link EmbeddedBus.trim}. */
export interface Trimmed {
  /** First offset still held. */
  start: number
  /** Offset of the next record. */
  end: number
  bytes: number
}

export interface EmbeddedBusParts {
  url: string
  store: Store
  writer: Writer
  clock: Clock
  logger: Logger
  readOnly: boolean
  topicDefaults: Api.TopicConfig
  /** Appends are refused beyond this many stored bytes. */
  maxBytes: number
}

/** {@link Api.Bus} over one LMDB environment. Each method is a line or two; the work is in the modules beside. */
export class EmbeddedBus implements Api.Bus {
  readonly url: string
  readonly #parts: EmbeddedBusParts
  readonly #topics: Topics
  readonly #reading: ReadContext
  readonly #epochs = new Epochs()
  readonly #closing = new AbortController()
  readonly #consuming = new Set<Promise<void>>()
  readonly #maintainer: Maintainer
  #unkeyed = 0

  constructor(parts: EmbeddedBusParts) {
    this.url = parts.url
    this.#parts = parts
    this.#topics = new Topics(parts.store)
    this.#maintainer = new Maintainer(parts.store, parts.writer, parts.clock, parts.logger)
    this.#reading = {
      store: parts.store,
      topics: this.#topics,
      closed: this.#closing.signal,
      onDamage: (damage) => this.#reportDamage(damage),
    }
  }

  async append(topic: string, records: readonly Api.OutRecord[], options: { acks?: Api.Acks } = {}): Promise<Api.AppendResult[]> {
    this.#checkOpen()
    const packed = packAppend(this.#topics.get(topic), records, this.#parts.clock.now(), this.#unkeyed++)
    if (records.length === 0) return []
    const written = this.#write((tx) => placeAppend(tx, packed), packed.bytes)
    if (options.acks !== 'none' || this.#parts.writer.queuedBytes > MAX_UNACKNOWLEDGED_BYTES) return written
    written.catch((error: Error) => this.#parts.logger.error(`records for ${topic} were lost (acks=none): ${error.message}`))
    return packed.parts.map(({ partition, count }) => ({ topic, partition, baseOffset: -1, count }))
  }

  async transact(transaction: Api.Transaction): Promise<Api.AppendResult[]> {
    this.#checkOpen()
    const now = this.#parts.clock.now()
    const packed = transaction.appends.map(({ topic, records }) => packAppend(this.#topics.get(topic), records, now, this.#unkeyed++))
    const bytes = packed.reduce((sum, append) => sum + append.bytes, 0)
    return this.#write((tx) => placeTransaction(tx, transaction, packed, this.#epochs, now), bytes)
  }

  /** There is but one who can say how things stand. */
  async takeOver(id: string, { topics = [], group, again = false }: Api.TakeOver = {}): Promise<Api.TakenOver> {
    await this.transact({ id, appends: again ? topics.map((topic) => ({ topic, records: [] })) : [] })
    const standing = await toldStanding(this, topics)
    return { standing, commits: group ? await this.fetchOffsets(group.name, await this.listTopics()) : [] }
  }

  read(options: Api.ReadOptions): AsyncIterable<Api.RecordBatch> {
    this.#checkOpen()
    return readPartitions(this.#reading, options)
  }

  async consume(options: Api.ConsumeOptions): Promise<void> {
    this.#checkOpen()
    this.#checkWritable()
    const consuming = consume(this.#reading, this.#parts.writer, this.#parts.clock, options)
    this.#consuming.add(consuming)
    try {
      await consuming
    } finally {
      this.#consuming.delete(consuming)
    }
  }

  async offsets(topic: string): Promise<Api.PartitionOffsets[]> {
    return this.#look((store) => partitionOffsets(store, this.#topics.get(topic)))
  }

  async offsetsAt(name: string, timestamp: number): Promise<Array<{ partition: number; offset: number }>> {
    return this.#look((store) => {
      const topic = this.#topics.get(name)
      return Array.from({ length: topic.partitions }, (_, partition) => {
        const log = new PartitionLog(store, topic, partition, this.#reading.onDamage)
        const from = seekTimeIndex(store.meta, topic.id, partition, timestamp)
        return { partition, offset: log.firstOffsetSince(timestamp, from, log.head()) }
      })
    })
  }

  async listTopics(): Promise<string[]> {
    return this.#look(() => this.#topics.names())
  }

  async describeTopic(topic: string): Promise<Api.TopicDescription> {
    return this.#look((store) => describeTopic(store, this.#topics, topic))
  }

  async createTopic(spec: Api.TopicSpec): Promise<void> {
    this.#checkOpen()
    await this.#submit(createTopic(spec, this.#parts.topicDefaults))
  }

  async deleteTopic(topic: string): Promise<void> {
    this.#checkOpen()
    await this.#submit(deleteTopic(topic))
  }

  async listGroups(): Promise<Api.GroupSummary[]> {
    return this.#look((store) => listGroups(store, this.#parts.clock.now()))
  }

  async describeGroup(group: string): Promise<Api.GroupDescription> {
    return this.#look((store) => describeGroup(store, group, this.#parts.clock.now()))
  }

  async fetchOffsets(group: string, topics: readonly string[]): Promise<Api.OffsetCommit[]> {
    return this.#look((store) => fetchOffsets(store, group, topics))
  }

  async commitOffsets(group: string, commits: readonly Api.OffsetCommit[]): Promise<void> {
    this.#checkOpen()
    const now = this.#parts.clock.now()
    await this.#submit((tx) => commitUnclaimed(tx, group, commits, now))
  }

  async deleteGroup(group: string): Promise<void> {
    this.#checkOpen()
    const now = this.#parts.clock.now()
    await this.#submit((tx) => deleteGroup(tx, group, now))
  }

  /** The operator's side: settings and partitions. */
  admin(): BusAdmin {
    return embeddedAdmin({
      bus: this,
      url: this.url,
      look: async (work) => this.#look(work),
      submit: async (run) => {
        this.#checkOpen()
        return this.#submit(run)
      },
    })
  }

  async health(): Promise<Api.BusHealth> {
    const { store, maxBytes } = this.#parts
    return this.#look(() => storeHealth(store, maxBytes)).catch((error: unknown) => {
      throw storeError(store, error)
    })
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    await Promise.allSettled(this.#consuming)
    await this.#parts.writer.drain()
    await this.#maintainer.stop()
    await closeStore(this.#parts.store)
  }

  /** Housekeeping, now and whole: retention, compaction, remains of deleted topics. Otherwise whoever writes does it now and then. */
  async maintain(): Promise<Maintained> {
    this.#checkOpen()
    this.#checkWritable()
    return this.#maintainer.run()
  }

  /**
   * Remove the oldest batches of a partition: those that end at or below `below`, those of which every record is older than `before`, and what
   * is more than `maxBytes`. What `retention.ms` and `retention.bytes` do at their leisure, at once and by offset too (Kafka's DeleteRecords).
   */
  async trim(name: string, partition: number, limits: TrimLimits): Promise<Trimmed> {
    this.#checkOpen()
    const { below = 0, before = Number.NEGATIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = limits
    const topic = this.#topics.get(name)
    const step = (tx: Tx) => {
      checkStillThere(tx, topic)
      const more = removeOldest(tx, topic, partition, (oldest) => {
        return oldest.end <= below || oldest.maxTimestamp < before || oldest.kept > maxBytes
      })
      const { start, end, bytes } = tx.head(topic.id, partition)
      return { more, start, end, bytes }
    }
    for (;;) {
      const { more, ...trimmed } = await this.#submit(step)
      if (!more) return trimmed
    }
  }

  #reportDamage({ topic, partition, from, to, why }: Api.Damage): void {
    this.#parts.logger.warn(`${topic}/${partition}: offsets ${from} to ${to - 1} cannot be read (${why}); skipped`)
  }

  /** Records go in: check that there is room, and do the housekeeping afterwards. */
  #write<T>(run: (tx: Tx) => T, bytes: number): Promise<T> {
    const { store, maxBytes } = this.#parts
    const written = this.#submit((tx) => {
      if (tx.totalBytes + bytes > maxBytes) throw fullError(store.directory, `it may hold ${maxBytes} bytes (max.bytes)`)
      return run(tx)
    }, bytes)
    written.then(() => this.#maintainer.afterWrite()).catch(() => this.#maintainer.afterWrite())
    return written
  }

  #submit<T>(run: (tx: Tx) => T, bytes = 0): Promise<T> {
    this.#checkWritable()
    return this.#parts.writer.submit({ run, bytes })
  }

  /** Look at the store as it is now. */
  #look<T>(work: (store: Store) => T): T {
    this.#checkOpen()
    const { store } = this.#parts
    return guarded(store, () => {
      refresh(store)
      return work(store)
    })
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `the bus ${this.url} has been closed`)
  }

  #checkWritable(): void {
    if (this.#parts.readOnly) throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `the bus ${this.url} was opened read-only`)
  }
}
