import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import type { ConsumeOptions, TopicPartition } from '../bus.ts'
import { commitClaimed, heartbeat, leave, release, type View } from './group-protocol.ts'
import { heartbeatIntervalMs, type Member, readOffset } from './group-state.ts'
import { META, textKey } from './keys.ts'
import { type Hold, PartitionConsumer } from './partition-consumer.ts'
import { PartitionLog } from './partition-log.ts'
import type { ReadContext } from './read.ts'
import { refresh } from './store.ts'
import type { Writer } from './writer.ts'

/** A member not heard of for this long loses its partitions. */
const SESSION_TIMEOUT_MS = 6_000

/** Read as a member of a group ({@link Bus.consume}) until the signal aborts. */
export async function consume(context: ReadContext, writer: Writer, clock: Clock, options: ConsumeOptions): Promise<void> {
  for (const topic of options.topics) context.topics.get(topic)
  const member = new GroupMember(context, writer, clock, options)
  await member.run()
}

class GroupMember {
  readonly #context: ReadContext
  readonly #writer: Writer
  readonly #clock: Clock
  readonly #options: ConsumeOptions
  readonly #sessionTimeoutMs: number
  readonly #running = new Map<string, PartitionConsumer>()
  readonly #stop: AbortSignal
  #memberId = ''
  #joined = false
  #beating: Promise<void> | undefined
  #lastBeat = 0
  /** The group's record as of the last heartbeat: another one in the store means that something changed. */
  #known: Buffer | undefined
  /** What the last heartbeat said this member holds. */
  #owned: View['owned'] = []
  #failure: { error: unknown } | undefined
  readonly #failed = new AbortController()

  constructor(context: ReadContext, writer: Writer, clock: Clock, options: ConsumeOptions) {
    this.#context = context
    this.#writer = writer
    this.#clock = clock
    this.#options = options
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS
    this.#stop = AbortSignal.any([options.signal, context.closed, this.#failed.signal])
  }

  async run(): Promise<void> {
    const timer = setInterval(
      () => void this.#beat().catch((error: unknown) => this.#fail(error)),
      heartbeatIntervalMs(this.#sessionTimeoutMs),
    )
    try {
      while (!this.#stop.aborted) {
        const seen = this.#context.store.notifier.version
        if (this.#changed()) await this.#beat()
        await this.#context.store.notifier.wait(seen, this.#stop)
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      clearInterval(timer)
      await this.#leave()
    }
    if (this.#failure) throw this.#failure.error
  }

  /** Whether the group's record is another one than after this member's last heartbeat. */
  #changed(): boolean {
    refresh(this.#context.store)
    const record = this.#context.store.meta.table.get(textKey(META.group, this.#options.group))
    return !this.#joined || !record || !this.#known?.equals(record)
  }

  #beat(): Promise<void> {
    this.#beating ??= this.#beatOnce().finally(() => {
      this.#beating = undefined
    })
    return this.#beating
  }

  async #beatOnce(): Promise<void> {
    if (this.#stop.aborted) return
    const { group, topics } = this.#options
    if (!this.#joined) this.#memberId = `${hostname()}-${process.pid}-${randomUUID()}`
    const view = await this.#writer.submit({
      bytes: 0,
      run: (tx) => ({ ...heartbeat(tx, group, this.#me(topics), this.#joined), record: tx.meta.table.get(textKey(META.group, group)) }),
    })
    // Taken for dead (the machine slept, the process hung): nothing it holds may be committed; join anew under another id.
    this.#joined = !view.evicted
    this.#known = view.evicted ? undefined : view.record
    this.#lastBeat = this.#clock.now()
    this.#owned = view.owned
    this.#reconcile()
    if (view.evicted) this.#context.store.notifier.bump()
  }

  #me(topics: readonly string[]): Member {
    return {
      id: this.#memberId,
      clientId: 'shitops',
      host: hostname(),
      pid: process.pid,
      topics: [...topics],
      sessionTimeoutMs: this.#sessionTimeoutMs,
      heartbeatAt: this.#clock.now(),
    }
  }

  /** Bring the running readers in line with what the member holds; again whenever one of them has ended. */
  #reconcile(): void {
    if (this.#stop.aborted) return
    const owned = new Map(this.#owned.map((holding) => [nameOf(holding), holding]))
    for (const [name, consumer] of this.#running) {
      const holding = owned.get(name)
      if (holding?.generation !== consumer.generation) consumer.lose()
      else if (!holding.wanted) consumer.end()
    }
    const idle = this.#owned.filter((holding) => !this.#running.has(nameOf(holding)))
    const fresh = idle.filter(({ wanted }) => wanted)
    if (fresh.length > 0) this.#options.onAssigned?.(fresh.map(bare))
    for (const holding of fresh) this.#start(holding)
    const unwanted = idle.filter(({ wanted }) => !wanted)
    if (unwanted.length > 0) this.#release(unwanted)
  }

  /** Give partitions to the members they are meant for. */
  #release(holdings: View['owned']): void {
    this.#owned = this.#owned.filter((holding) => !holdings.includes(holding))
    const { group } = this.#options
    const memberId = this.#memberId
    this.#writer.submit({ bytes: 0, run: (tx) => release(tx, group, memberId, holdings) }).catch((error: unknown) => this.#fail(error))
  }

  #start(holding: View['owned'][number]): void {
    const { store, topics, onDamage } = this.#context
    const { group } = this.#options
    const { topic, partition, generation } = holding
    const log = new PartitionLog(store, topics.get(topic), partition, onDamage)
    const hold: Hold = {
      topic,
      partition,
      group,
      memberId: this.#memberId,
      generation,
      stop: this.#stop,
      commit: (mine, offset, metadata) => this.#commit(mine, offset, metadata),
      heartbeat: () =>
        this.#clock.now() - this.#lastBeat < heartbeatIntervalMs(this.#sessionTimeoutMs) ? Promise.resolve() : this.#beat(),
    }
    const consumer = new PartitionConsumer(store, log, hold, this.#startOffset(log, topic, partition), this.#options)
    this.#running.set(nameOf(holding), consumer)
    void consumer.done.then(() => this.#ended(consumer))
  }

  #ended(consumer: PartitionConsumer): void {
    this.#running.delete(nameOf(consumer.hold))
    this.#options.onRevoked?.([bare(consumer.hold)])
    if (consumer.failure) this.#fail(consumer.failure.error)
    else if (consumer.lost) this.#beat().catch((error: unknown) => this.#fail(error))
    else this.#reconcile()
  }

  /** The committed offset, or where the caller wants to start. Below the earliest held it is the earliest: skip no more than is gone. */
  #startOffset(log: PartitionLog, topic: string, partition: number): number {
    const head = log.head()
    const committed = readOffset(this.#context.store.meta, this.#options.group, topic, partition)?.offset
    if (committed !== undefined && committed <= head.end) return Math.max(committed, head.start)
    return this.#options.start === 'earliest' ? head.start : head.end
  }

  async #commit(hold: Hold, offset: number, metadata?: string): Promise<void> {
    const { topic, partition } = hold
    const commit = metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata }
    await this.#writer.submit({ bytes: 0, run: (tx) => commitClaimed(tx, hold.group, hold, [commit]) })
  }

  async #leave(): Promise<void> {
    const consumers = [...this.#running.values()]
    await this.#beating?.catch((error: unknown) => this.#fail(error))
    await Promise.all(consumers.map(({ done }) => done))
    if (!this.#joined) return
    const now = this.#clock.now()
    await this.#writer
      .submit({ bytes: 0, run: (tx) => leave(tx, this.#options.group, this.#memberId, now) })
      .catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#failed.abort()
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

function bare({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}
