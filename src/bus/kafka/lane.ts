import { messageOf, ShitopsError } from '../../base/errors.ts'
import { NO_WRITER } from './batch-encoder.ts'
import type { Cluster } from './cluster.ts'
import { codecId, codecOf } from './codecs.ts'
import { CODE, isRetriable } from './codes.ts'
import { BrokerLost, BrokerRefusal, checkCode, mayPass, toShitopsError } from './failures.ts'
import type { Identity, ProducerId } from './identity.ts'
import { type ProduceAnswer, produceCall } from './produce-call.ts'
import { retry } from './retry.ts'
import { RecordRun, type Run } from './run.ts'

/** Records of one append for one partition, in order; small enough for one batch. */
export interface Chunk {
  run: Run
  bytes: number
  acks: -1 | 0
  /** When to give up, ms since the epoch. */
  deadline: number
  /** With the offset of the first record, -1 where the broker does not say. */
  resolve(baseOffset: number): void
  reject(error: unknown): void
}

function joined(chunks: readonly Chunk[]): Run {
  const runs = chunks.map(({ run }) => run)
  const records = runs.filter((run) => run instanceof RecordRun)
  if (runs.length === 1 || records.length !== runs.length) return runs[0] as Run
  return new RecordRun(
    records.flatMap((run) => run.records),
    records.flatMap((run) => run.payloads),
  )
}

/** So many records at offsets that follow one another; -1 where the broker does not say. */
interface Stretch {
  count: number
  baseOffset: number
}

function offsetOf(stretches: readonly Stretch[], index: number): number {
  let first = 0
  for (const { count, baseOffset } of stretches) {
    if (index < first + count) return baseOffset < 0 ? -1 : baseOffset + index - first
    first += count
  }
  return -1
}

/** Kafka's sequence numbers go round at 2^31. */
const SEQUENCES = 0x8000_0000

/**
 * Everything written to one partition goes through its lane: one batch of one partition a request, one request at a time. kafkajs
 * packs partitions together and forgets acknowledged records when one of their leaders dies; here the answer is about all that was sent,
 * and a repeat is the same bytes under the same sequence number, so that the broker stores it once.
 */
export class Lane {
  readonly #cluster: Cluster
  readonly #topic: string
  readonly #partition: number
  readonly #identity: Identity
  readonly #queue: Chunk[] = []
  #writer: (ProducerId & { nextSequence: number }) | null = null
  /** A writer that must not be used any more, until there is another one. */
  #stale: ProducerId | null = null
  #running: Promise<void> | null = null

  constructor(cluster: Cluster, topic: string, partition: number, identity: Identity) {
    this.#cluster = cluster
    this.#topic = topic
    this.#partition = partition
    this.#identity = identity
  }

  push(chunk: Chunk): void {
    this.#queue.push(chunk)
    this.#running ??= this.#run()
  }

  /** Resolves when all that was pushed has been acknowledged or given up. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(): Promise<void> {
    for (let chunks = this.#takeBatch(); chunks.length > 0; chunks = this.#takeBatch()) {
      try {
        const offsets = await this.#write(joined(chunks), chunks[0]?.acks ?? -1, Math.min(...chunks.map((chunk) => chunk.deadline)))
        let index = 0
        for (const chunk of chunks) {
          chunk.resolve(offsetOf(offsets, index))
          index += chunk.run.count
        }
      } catch (error) {
        for (const chunk of chunks) chunk.reject(error)
      }
    }
    // In the same breath as the look at the empty queue: what is pushed from now on starts another run.
    this.#running = null
  }

  /** What waits together goes out together: small appends become large batches just when the broker is slow. */
  #takeBatch(): Chunk[] {
    const { batchBytes } = this.#cluster.context.settings
    const chunks: Chunk[] = []
    let bytes = 0
    for (let next = this.#queue[0]; next && (chunks.length === 0 || bytes + next.bytes <= batchBytes); next = this.#queue[0]) {
      if (chunks.length > 0 && (next.acks !== chunks[0]?.acks || !(next.run instanceof RecordRun && chunks[0].run instanceof RecordRun)))
        break
      bytes += next.bytes
      chunks.push(next)
      this.#queue.shift()
    }
    return chunks
  }

  /** Returns where the records are. A batch that is too large for the topic goes in halves. */
  async #write(run: Run, acks: -1 | 0, deadline: number): Promise<Stretch[]> {
    const { count } = run
    try {
      const baseOffset = acks === 0 ? await this.#hand(run, deadline) : await this.#deliver(run, deadline)
      return [{ count, baseOffset }]
    } catch (error) {
      const tooLarge =
        error instanceof BrokerRefusal && (error.code === CODE.MESSAGE_TOO_LARGE || error.code === CODE.RECORD_LIST_TOO_LARGE)
      if (!tooLarge || count === 1) throw this.#explain(error, count)
      const middle = count >> 1
      const first = await this.#write(run.part(0, middle), acks, deadline)
      return [...first, ...(await this.#write(run.part(middle, count), acks, deadline))]
    }
  }

  /** acks=0: gone when it is with the operating system. */
  async #hand(run: Run, deadline: number): Promise<number> {
    const batch = await this.#encode(run, null)
    await this.#attempts(deadline, async () => {
      const leader = await this.#cluster.leader(this.#topic, this.#partition)
      await leader.send(produceCall({ ...this.#target(batch), acks: 0, transactionalId: null }))
      await leader.drained()
    })
    return -1
  }

  /** acks=all: repeated, as the same bytes, until the broker says that it is in all in-sync replicas. */
  async #deliver(run: Run, deadline: number): Promise<number> {
    let batch: Buffer | undefined
    /** Whether a batch may be stored that we have had no word of. */
    let unknown = false
    /** Times that it was sent and not answered: who knows where its bytes still are. */
    let unanswered = 0
    try {
      const { baseOffset } = await this.#attempts(deadline, async () => {
        batch ??= await this.#encode(run, await this.#openWriter())
        const leader = await this.#cluster.leader(this.#topic, this.#partition)
        const call = produceCall({ ...this.#target(batch), acks: -1, transactionalId: this.#identity.transactionalId })
        const unknownBefore = unknown
        unknown = true
        unanswered++
        const answer = await leader.send(call)
        unanswered--
        unknown = unknownBefore || isRetriable(answer.errorCode)
        if (this.#hasLostTrack(answer)) {
          this.#retireWriter()
          batch = undefined
          unknown = false
          throw new BrokerLost(this.#place, 'its leader lost track of this writer, which gets a new identity')
        }
        checkProduced(answer, this.#place)
        return answer
      })
      if (this.#writer) this.#writer.nextSequence = (this.#writer.nextSequence + run.count) % SEQUENCES
      return baseOffset
    } catch (error) {
      // Its sequence number must not be used for other records: the broker would take them for a repeat, and drop them.
      if (unknown) this.#retireWriter()
      throw error
    } finally {
      if (unanswered === 0) run.recycle?.()
    }
  }

  #target(batch: Buffer): { topic: string; partition: number; batch: Buffer; timeoutMs: number } {
    // The broker is to answer "the replicas are late" before we take it for dead.
    const timeoutMs = Math.round(0.8 * this.#cluster.context.settings.requestTimeout)
    return { topic: this.#topic, partition: this.#partition, batch, timeoutMs }
  }

  #attempts<T>(deadline: number, attempt: () => Promise<T>): Promise<T> {
    const { clock, logger } = this.#cluster.context
    return retry(
      {
        clock,
        deadlineMs: deadline - clock.now(),
        between: async (error) => {
          logger.debug(`writing to ${this.#place} again after: ${messageOf(error)}`)
          this.#cluster.askElsewhere()
          await this.#cluster.topic(this.#topic, 0).catch((failure: unknown) => {
            if (!mayPass(failure)) throw failure
          })
        },
      },
      attempt,
    )
  }

  async #encode(run: Run, writer: (ProducerId & { nextSequence: number }) | null): Promise<Buffer> {
    const name = this.#cluster.context.settings.compression
    const transactional = this.#identity.transactionalId !== null
    const state = writer ? { ...writer, baseSequence: writer.nextSequence, transactional } : NO_WRITER
    return run.encode(state, { name, codec: await codecOf(codecId(name)) })
  }

  async #openWriter(): Promise<(ProducerId & { nextSequence: number }) | null> {
    if (!this.#writer) {
      const id = this.#stale ? await this.#identity.renew(this.#stale) : await this.#identity.current()
      this.#stale = null
      this.#writer = id && { ...id, nextSequence: 0 }
    }
    return this.#writer
  }

  /**
   * The next batch gets another identity. Not asked for here: nobody is to wait for brokers that may be down. Inside a transaction the
   * identity stays: what failed there fails the transaction, and the next one has a new epoch.
   */
  #retireWriter(): void {
    if (this.#identity.transactionalId !== null || !this.#writer) return
    this.#stale = this.#writer
    this.#writer = null
  }

  /** The broker no longer knows our sequence (the log was cut back, or our records have all expired): begin a new one. Not inside a transaction. */
  #hasLostTrack({ errorCode }: ProduceAnswer): boolean {
    return this.#identity.transactionalId === null && this.#writer !== null && LOST_TRACK.has(errorCode)
  }

  get #place(): string {
    return `"${this.#topic}" partition ${this.#partition}`
  }

  #explain(error: unknown, count: number): unknown {
    if (!mayPass(error)) return toShitopsError(error)
    return new ShitopsError(
      'SHITOPS_E_BUS_BUSY',
      `${this.#place} did not take ${count} records in time, and whether they arrived is unknown: ${messageOf(error)}`,
      {
        suggestions: ['shitops doctor', `shitops topic describe ${this.#topic}`, 'a longer deliveryTimeout= in the bus URL'],
        cause: error,
      },
    )
  }
}

const LOST_TRACK = new Set<number>([CODE.OUT_OF_ORDER_SEQUENCE_NUMBER, CODE.UNKNOWN_PRODUCER_ID, CODE.INVALID_PRODUCER_EPOCH])

function checkProduced({ errorCode }: ProduceAnswer, place: string): void {
  if (errorCode === CODE.DUPLICATE_SEQUENCE_NUMBER) return // It is stored already.
  const passing = errorCode === CODE.UNKNOWN_TOPIC_OR_PARTITION ? CODE.NOT_LEADER_OR_FOLLOWER : errorCode
  checkCode(passing, `writing to ${place}`)
}
