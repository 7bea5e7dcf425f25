import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Claim, ConsumeOptions, TopicPartition } from '../bus.ts'
import type { BatchView } from './batch-view.ts'
import type { Cluster } from './cluster.ts'
import { isFencedMember } from './codes.ts'
import { BrokerRefusal, mayPass, toShitopsError } from './failures.ts'
import { FetchPump } from './fetch-pump.ts'
import type { Generation, GroupMember } from './group-member.ts'
import type { PartitionCursor } from './partition-cursor.ts'
import { DEFAULT_BATCH_BYTES } from './reader.ts'
import { startPositions } from './start-positions.ts'

/** A third of the session timeout, as Kafka's documentation advises, and no slower than this, ms. */
const LONGEST_BEAT_MS = 3_000

/** Why a hold on partitions ended: the group shares out anew, it went on without us, or we were told to stop. */
export type Ending = 'rebalance' | 'fenced' | 'stopped'

/**
 * A member's hold on its partitions for one generation of the group: reads them, hands out batches (one at a time per partition),
 * sends heartbeats, and commits while the hold lasts.
 */
export class Tenure {
  readonly #cluster: Cluster
  readonly #member: GroupMember
  readonly #generation: Generation
  readonly #options: ConsumeOptions
  readonly #times: { sessionTimeoutMs: number; rebalanceTimeoutMs: number }
  /** The end of each partition's line of batches. */
  readonly #lines = new Map<string, Promise<void>>()
  /** Aborts when no more batches are to be handed out. */
  readonly #closing = new AbortController()
  /** Aborts when the last batch is back. */
  readonly #over = new AbortController()
  #ending: Ending = 'stopped'
  #failure: { error: unknown } | null = null
  /** When batches in hand must be left alone, ms; the group waits for us until then. */
  #patienceEnds = Number.POSITIVE_INFINITY
  #fenced = false
  #lastBeat: number

  constructor(
    cluster: Cluster,
    member: GroupMember,
    generation: Generation,
    options: ConsumeOptions,
    times: { sessionTimeoutMs: number; rebalanceTimeoutMs: number },
  ) {
    this.#cluster = cluster
    this.#member = member
    this.#generation = generation
    this.#options = options
    this.#times = times
    this.#lastBeat = cluster.context.clock.now()
  }

  /** Until the generation ends for us. Rejects with what a handler, or the reading, rejected with. */
  async run(): Promise<Ending> {
    const stop = () => this.#end('stopped')
    this.#options.signal.addEventListener('abort', stop, { once: true })
    if (this.#options.signal.aborted) stop()
    const beating = this.#beat()
    try {
      await this.#read()
      await Promise.all(this.#lines.values())
    } catch (error) {
      this.#fail(error)
      await Promise.all(this.#lines.values())
    } finally {
      this.#over.abort()
      this.#options.signal.removeEventListener('abort', stop)
      await beating
    }
    if (this.#failure) throw this.#failure.error
    return this.#ending
  }

  async #read(): Promise<void> {
    const { maxBatchBytes = DEFAULT_BATCH_BYTES } = this.#options
    const { signal } = this.#closing
    const cursors = await this.#positions(signal).catch((error: unknown) => {
      if (error instanceof BrokerRefusal && isFencedMember(error.code)) this.#end('fenced')
      else if (!signal.aborted) throw error
      return []
    })
    // A member without partitions only waits for the next share-out.
    if (cursors.length === 0)
      return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))
    const pump = new FetchPump(this.#cluster.fork(), cursors, { follow: true, maxBatchBytes })
    const close = () => pump.close()
    signal.addEventListener('abort', close)
    if (signal.aborted) close()
    try {
      for (let batch = await pump.next(); batch !== null; batch = await pump.next()) this.#enqueue(batch, pump)
    } finally {
      close()
    }
  }

  async #positions(signal: AbortSignal): Promise<PartitionCursor[]> {
    const { partitions } = this.#generation
    if (partitions.length === 0) return []
    const committed = await this.#member.committed(this.#generation, signal)
    const { group, start } = this.#options
    return startPositions(this.#cluster, { partitions, committed, group, start }, signal)
  }

  #enqueue(batch: BatchView, pump: FetchPump): void {
    const key = `${batch.partition}:${batch.topic}`
    const before = this.#lines.get(key) ?? Promise.resolve()
    this.#lines.set(
      key,
      before.then(() => this.#handle(batch, pump)),
    )
  }

  async #handle(batch: BatchView, pump: FetchPump): Promise<void> {
    if (this.#closing.signal.aborted) return
    try {
      await this.#options.onBatch(batch, this.#claim(batch))
    } catch (error) {
      // A handler that passes on the refusal of a partition it has lost has done right: the partition is simply gone.
      const lost = this.#fenced && error instanceof ShitopsError && error.code === 'SHITOPS_E_FENCED'
      if (!lost) this.#fail(error)
    } finally {
      pump.release(batch)
    }
  }

  #claim({ topic, partition }: TopicPartition): Claim {
    const { group } = this.#options
    const { memberId, generation } = this.#generation
    return {
      ...{ group, memberId, generation },
      active: () => this.#active,
      heartbeat: () => this.#heartbeatIfDue(),
      commit: (offset, metadata = '') => this.#commit({ topic, partition, offset, metadata }),
    }
  }

  get #active(): boolean {
    const stopping = this.#options.signal.aborted || this.#failure !== null || this.#over.signal.aborted
    return !stopping && !this.#fenced && this.#cluster.context.clock.now() < this.#patienceEnds
  }

  async #commit(commit: TopicPartition & { offset: number; metadata: string }): Promise<void> {
    const lost = () =>
      new ShitopsError(
        'SHITOPS_E_FENCED',
        `"${commit.topic}" partition ${commit.partition} belongs to another member of group "${this.#options.group}" now`,
      )
    if (this.#fenced || this.#over.signal.aborted) throw lost()
    try {
      await this.#member.commit(this.#generation, commit)
    } catch (error) {
      if (!(error instanceof BrokerRefusal && isFencedMember(error.code))) throw toShitopsError(error)
      this.#end('fenced')
      throw lost()
    }
  }

  get #beatMs(): number {
    return Math.min(LONGEST_BEAT_MS, this.#times.sessionTimeoutMs / 3)
  }

  async #beat(): Promise<void> {
    const { clock } = this.#cluster.context
    while (!this.#over.signal.aborted) {
      await clock.sleep(this.#beatMs, this.#over.signal)
      if (!this.#over.signal.aborted) await this.#heartbeat()
    }
  }

  async #heartbeatIfDue(): Promise<void> {
    if (this.#cluster.context.clock.now() - this.#lastBeat >= this.#beatMs / 2) await this.#heartbeat()
  }

  /** Asks whether all is as it was. Silence of the coordinator is waited out for as long as the coordinator waits for us. */
  async #heartbeat(): Promise<void> {
    const { clock, logger } = this.#cluster.context
    try {
      const verdict = await this.#member.heartbeat(this.#generation, this.#beatMs)
      this.#lastBeat = clock.now()
      if (verdict !== 'ok') this.#end(verdict)
      else if (await this.#member.hasGrown(this.#generation)) this.#end('rebalance')
    } catch (error) {
      if (!mayPass(error)) return this.#fail(error)
      logger.debug(`heartbeat of group "${this.#options.group}": ${messageOf(error)}`)
      if (clock.now() - this.#lastBeat > this.#times.sessionTimeoutMs) this.#end('fenced')
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error: toShitopsError(error) }
    this.#closing.abort()
  }

  #end(ending: Ending): void {
    if (ending === 'fenced') this.#fenced = true
    if (ending === 'rebalance' && !this.#closing.signal.aborted) {
      // Half of the time that the group grants is for finishing; the other half is reserve for a handler that does not look.
      this.#patienceEnds = this.#cluster.context.clock.now() + this.#times.rebalanceTimeoutMs / 2
    }
    if (!this.#closing.signal.aborted || ending === 'fenced') this.#ending = ending
    this.#closing.abort()
  }
}
