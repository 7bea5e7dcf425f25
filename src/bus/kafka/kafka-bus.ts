import { setMaxListeners } from 'node:events'
import { ShitopsError } from '../../base/errors.ts'
import type { BusAdmin } from '../admin.ts'
import type * as Api from '../bus.ts'
import { LineGatherer } from '../line-gatherer.ts'
import { KafkaAdmin } from './admin/kafka-admin.ts'
import type { Cluster } from './cluster.ts'
import { consume } from './consume.ts'
import { toShitopsError } from './failures.ts'
import { commitOffsets, deleteGroup, describeGroup, fetchOffsets, listGroups } from './group-admin.ts'
import { health } from './health.ts'
import { ANONYMOUS, IdempotentIdentity } from './identity.ts'
import { LineSlots } from './lines/line-slots.ts'
import { FetchReader, type RecordReader } from './reader.ts'
import type { Run } from './run.ts'
import { alterTopic, createTopic, deleteTopic, describeTopic, listTopics, offsetsAt, partitionOffsets } from './topic-admin.ts'
import { TransactionalWriter } from './transactions.ts'
import { ProduceWriter, type RecordWriter } from './writer.ts'

/** {@link Api.Bus} over a Kafka cluster. Each method is a line or two; the work is in the modules beside. */
export class KafkaBus implements Api.Bus {
  readonly url: string
  readonly #cluster: Cluster
  readonly #writing: Cluster
  readonly #reader: RecordReader
  readonly #writer: RecordWriter
  readonly #transactional = new Map<string, TransactionalWriter>()
  readonly #readOnly: boolean
  readonly #closing = new AbortController()
  /** What close() waits for: consumers that leave their group, transactions under way. */
  readonly #underWay = new Set<Promise<unknown>>()
  #closed: Promise<void> | undefined

  /** @param cluster connected; the bus owns it from now on */
  constructor(cluster: Cluster, { readOnly }: { readOnly: boolean }) {
    // Each reader listens to it, and the parts of a job are many.
    setMaxListeners(0, this.#closing.signal)
    this.url = cluster.context.settings.url
    this.#cluster = cluster
    this.#readOnly = readOnly
    this.#writing = cluster.fork()
    this.#reader = new FetchReader(cluster)
    this.#writer = new ProduceWriter(
      this.#writing,
      cluster.context.settings.idempotence ? new IdempotentIdentity(this.#writing) : ANONYMOUS,
    )
  }

  append(topic: string, records: readonly Api.OutRecord[], options: { acks?: Api.Acks } = {}): Promise<Api.AppendResult[]> {
    return this.#write(() => this.#writer.append(topic, records, options.acks ?? 'commit'))
  }

  appendLines(topic: string, key: Buffer | null): Api.LineAppender {
    const { clock, settings } = this.#cluster.context
    const append = (run: Run, bytes: number) => this.#write(() => this.#writer.appendRun(topic, run, { key, bytes }))
    return new LineGatherer(new LineSlots({ key, batchBytes: settings.batchBytes, now: () => clock.now(), append }))
  }

  transact(transaction: Api.Transaction): Promise<Api.AppendResult[]> {
    return this.#write(() => this.#transactionalWriter(transaction.id).run(transaction))
  }

  takeOver(id: string, what: Api.TakeOver = {}): Promise<Api.TakenOver> {
    return this.#write(() => this.#transactionalWriter(id).takeOver(what))
  }

  async *read(options: Api.ReadOptions): AsyncIterable<Api.RecordBatch> {
    this.#checkOpen()
    yield* this.#reader.read({ ...options, signal: this.#until(options.signal) })
  }

  consume(options: Api.ConsumeOptions): Promise<void> {
    return this.#write(() => consume(this.#cluster, { ...options, signal: this.#until(options.signal) }))
  }

  offsets(topic: string): Promise<Api.PartitionOffsets[]> {
    return this.#ask(() => partitionOffsets(this.#cluster, topic))
  }

  offsetsAt(topic: string, timestamp: number): Promise<Array<{ partition: number; offset: number }>> {
    return this.#ask(() => offsetsAt(this.#cluster, topic, timestamp))
  }

  listTopics(): Promise<string[]> {
    return this.#ask(() => listTopics(this.#cluster))
  }

  describeTopic(topic: string): Promise<Api.TopicDescription> {
    return this.#ask(() => describeTopic(this.#cluster, topic))
  }

  createTopic(spec: Api.TopicSpec): Promise<void> {
    return this.#write(() => createTopic(this.#cluster, spec))
  }

  alterTopic(topic: string, changes: Readonly<Record<string, string | null>>, options: { validateOnly?: boolean } = {}): Promise<void> {
    return this.#write(() => alterTopic(this.#cluster, topic, changes, options))
  }

  deleteTopic(topic: string): Promise<void> {
    return this.#write(() => deleteTopic(this.#cluster, topic))
  }

  listGroups(): Promise<Api.GroupSummary[]> {
    return this.#ask(() => listGroups(this.#cluster))
  }

  describeGroup(group: string): Promise<Api.GroupDescription> {
    return this.#ask(() => describeGroup(this.#cluster, group))
  }

  fetchOffsets(group: string, topics: readonly string[]): Promise<Api.OffsetCommit[]> {
    return this.#ask(() => fetchOffsets(this.#cluster, group, topics))
  }

  commitOffsets(group: string, commits: readonly Api.OffsetCommit[]): Promise<void> {
    return this.#write(() => commitOffsets(this.#cluster, group, commits))
  }

  deleteGroup(group: string): Promise<void> {
    return this.#write(() => deleteGroup(this.#cluster, group))
  }

  /** The operator's side: settings, partitions, where copies lie. */
  admin(): BusAdmin {
    return new KafkaAdmin(this.#cluster, { ask: (question) => this.#ask(question), write: (work) => this.#write(work) })
  }

  health(): Promise<Api.BusHealth> {
    return this.#ask(() => health(this.#cluster))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#underWay)
    await this.#writer.flush()
    this.#writing.close()
    this.#cluster.close()
  }

  #transactionalWriter(id: string): TransactionalWriter {
    const known = this.#transactional.get(id)
    if (known) return known
    const writer = new TransactionalWriter(this.#writing, id)
    this.#transactional.set(id, writer)
    return writer
  }

  /** The caller's signal, or the end of the bus. */
  #until(signal?: AbortSignal): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `${this.url} has been closed`)
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    return question().catch((error: unknown) => Promise.reject(toShitopsError(error)))
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    if (this.#readOnly) throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `${this.url} was opened to be read only`)
    const working = this.#ask(work)
    this.#underWay.add(working)
    try {
      return await working
    } finally {
      this.#underWay.delete(working)
    }
  }
}
