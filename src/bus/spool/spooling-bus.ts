import type { Clock } from '../../base/clock.ts'
import { hasCode, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { plural } from '../../base/plural.ts'
import type * as Api from '../bus.ts'
import { partitionOf } from '../partitioner.ts'
import type { Entry } from './entry.ts'
import type { Forwarder } from './forwarder.ts'
import type { SpoolLimits, SpoolStats } from './limits.ts'
import type { SpoolStore } from './store.ts'
import { joined, type Target } from './target.ts'

/** How long an append waits for the target before it is content with the spool. */
const PATIENCE_MS = 2_000
/** How often what is too old is looked for, at most. */
const TRIM_EVERY_MS = 1_000

export interface SpoolingBusParts {
  url: string
  store: SpoolStore
  /** Started. */
  forwarder: Forwarder
  clock: Clock
  limits: SpoolLimits
  logger: Logger
}

/**
 * {@link Api.Bus} over another one that may be away. Whatever is written goes through the spool, on the disk of this machine, and from there in
 * its order to the target, each record once. While the target keeps up, an append resolves when it is there; otherwise when it is in the
 * spool, with `baseOffset` -1. Everything that reads asks the target, once what was written before is there.
 */
export class SpoolingBus implements Api.Bus {
  readonly url: string
  readonly #parts: SpoolingBusParts
  readonly #forwarder: Forwarder
  readonly #store: SpoolStore
  /** Made while the target is away. */
  readonly #promised = new Set<string>()
  /** Offset of the spool behind what this process wrote last. */
  #written = 0
  /** The target is there and too slow: nobody waits for it until it has moved on from here. */
  #slowAt = -1
  /** What close() waits for. */
  readonly #underWay = new Set<Promise<unknown>>()
  #trimmedAt = Number.NEGATIVE_INFINITY
  #closed: Promise<void> | undefined

  constructor(parts: SpoolingBusParts) {
    this.url = parts.url
    this.#parts = parts
    this.#forwarder = parts.forwarder
    this.#store = parts.store
  }

  async append(topic: string, records: readonly Api.OutRecord[], options: { acks?: Api.Acks } = {}): Promise<Api.AppendResult[]> {
    this.#checkOpen()
    if (records.length === 0) return []
    return this.#tracked(async () => {
      const partitions = await this.#check(topic, records)
      return this.#spool(entriesOf(topic, records, partitions), options.acks !== 'none')
    })
  }

  /** Under a claim it is between the target and its group. Without, records and offsets are spooled together. */
  async transact(transaction: Api.Transaction): Promise<Api.AppendResult[]> {
    this.#checkOpen()
    const { id, appends, offsets } = transaction
    if (offsets?.claim) return (await this.#target()).transact(transaction)
    const entries: Entry[] = []
    for (const { topic, records } of appends) entries.push(...entriesOf(topic, records, await this.#check(topic, records)))
    for (const { topic, partition } of offsets?.commits ?? []) await this.#check(topic, [{ key: null, value: null, partition }])
    if (offsets && offsets.commits.length > 0) entries.push({ kind: 'offsets', group: offsets.group, commits: offsets.commits })
    if (entries.length > 0) return this.#tracked(() => this.#spool(entries, true, id))
    await this.#store.fence(id)
    // Whoever writes under this id without a spool is to be fenced as well, if it can be.
    await this.#forwarder.target?.bus.transact(transaction)
    return []
  }

  /** Among the processes of this spool, and at the target. */
  async takeOver(id: string, what?: Api.TakeOver): Promise<Api.TakenOver> {
    this.#checkOpen()
    if (what?.again) await this.#store.check(id)
    else await this.#store.fence(id)
    // What a process before this one wrote under the id may still be here, and is part of how things stand.
    this.#written = Math.max(this.#written, (await this.#store.bounds()).end)
    return (await this.#target()).takeOver(id, what)
  }

  async *read(options: Api.ReadOptions): AsyncIterable<Api.RecordBatch> {
    yield* (await this.#target()).read(options)
  }

  async consume(options: Api.ConsumeOptions): Promise<void> {
    return (await this.#target()).consume(options)
  }

  async offsets(topic: string): Promise<Api.PartitionOffsets[]> {
    return (await this.#target()).offsets(topic)
  }

  async offsetsAt(topic: string, timestamp: number): Promise<Array<{ partition: number; offset: number }>> {
    return (await this.#target()).offsetsAt(topic, timestamp)
  }

  /** Without the target: those that were to be made. */
  async listTopics(): Promise<string[]> {
    this.#checkOpen()
    const { target } = this.#forwarder
    if (!target) return [...this.#promised].sort()
    return target.bus.listTopics()
  }

  async describeTopic(topic: string): Promise<Api.TopicDescription> {
    return (await this.#target()).describeTopic(topic)
  }

  /** Without the target: it is made there before the records that come after. */
  async createTopic(spec: Api.TopicSpec): Promise<void> {
    this.#checkOpen()
    const { target } = this.#forwarder
    if (target) return target.bus.createTopic(spec)
    if (this.#promised.has(spec.name)) return
    this.#promised.add(spec.name)
    await this.#spool([{ kind: 'topic', spec }], false)
  }

  async deleteTopic(topic: string): Promise<void> {
    await (await this.#target()).deleteTopic(topic)
    this.#forwarder.target?.forget()
  }

  async listGroups(): Promise<Api.GroupSummary[]> {
    return (await this.#target()).listGroups()
  }

  async describeGroup(group: string): Promise<Api.GroupDescription> {
    return (await this.#target()).describeGroup(group)
  }

  async fetchOffsets(group: string, topics: readonly string[]): Promise<Api.OffsetCommit[]> {
    return (await this.#target()).fetchOffsets(group, topics)
  }

  async commitOffsets(group: string, commits: readonly Api.OffsetCommit[]): Promise<void> {
    return (await this.#target()).commitOffsets(group, commits)
  }

  async deleteGroup(group: string): Promise<void> {
    return (await this.#target()).deleteGroup(group)
  }

  async health(): Promise<Api.BusHealth> {
    const { state, waiting, bytes, forwarded, dropped, refused } = await this.stats()
    const own: Array<readonly [string, string]> = [
      ['spool', `${this.#store.directory}: ${state}, ${plural(waiting, 'entry waits', 'entries wait')}, ${plural(bytes, 'byte')}`],
      ['spool so far', `${forwarded} forwarded, ${dropped} dropped, ${refused} refused`],
    ]
    const warnings =
      dropped > 0 ? [`${plural(dropped, 'entry of the spool was', 'entries of the spool were')} dropped for age or size`] : []
    const target = await this.#forwarder.target?.bus.health()
    if (!target) return { facts: own, warnings: [...warnings, `the target is away: ${messageOf(this.#forwarder.reason)}`] }
    return { facts: [...target.facts, ...own], warnings: [...target.warnings, ...warnings] }
  }

  /** Where the spool stands. */
  async stats(): Promise<SpoolStats> {
    const { end } = await this.#store.bounds()
    const { state, next, totals } = this.#forwarder
    return { state, waiting: Math.max(0, end - next), bytes: this.#store.bytes, ...totals }
  }

  /** What is on its way may still arrive, if the target is there; the rest waits in the spool for the next start, or for `bus forward`. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    if (this.#forwarder.state === 'level') await this.#patiently(this.#written)
    await this.#forwarder.stop()
    const { waiting } = await this.stats()
    const { logger } = this.#parts
    if (waiting > 0)
      logger.warn(
        `${plural(waiting, 'entry waits', 'entries wait')} in ${this.#store.directory}: ${waiting === 1 ? 'it goes' : 'they go'} out at the next start, or with: shitops bus forward --from embedded:${this.#store.directory} --to kafka://…`,
      )
    await this.#store.close()
  }

  async #tracked<T>(work: () => Promise<T>): Promise<T> {
    const working = work()
    this.#underWay.add(working)
    try {
      return await working
    } finally {
      this.#underWay.delete(working)
    }
  }

  async #spool(entries: readonly Entry[], waits: boolean, writer?: string): Promise<Api.AppendResult[]> {
    const end = await this.#store.append(entries, writer)
    this.#written = Math.max(this.#written, end)
    await this.#keepLimits()
    const from = end - entries.length
    if (waits && this.#keepsUp()) await this.#patiently(end)
    const places = this.#forwarder.placesOf(from, end)
    const records = entries.filter(({ kind }) => kind === 'record').length
    if (places.length === records) return joined(places)
    return unplaced(entries)
  }

  /** The target is there and has nothing but what is new; or the spool fills up although it is there, and the source is to be slowed. */
  #keepsUp(): boolean {
    const { state, position } = this.#forwarder
    if (this.#store.bytes > this.#parts.limits.bytes / 2 && (state === 'level' || state === 'behind')) return true
    return (state === 'level' || state === 'other') && position > this.#slowAt
  }

  /** Until everything below `end` is at the target, or it is away, or it takes too long. */
  async #patiently(end: number): Promise<void> {
    const forwarder = this.#forwarder
    const done = () => forwarder.position >= end || forwarder.state === 'away'
    if (done()) return
    const over = new AbortController()
    const late = this.#parts.clock.sleep(PATIENCE_MS, over.signal).then(() => {
      if (!over.signal.aborted) this.#slowAt = Math.max(this.#slowAt, forwarder.position)
      over.abort()
    })
    await forwarder.until(done, over.signal)
    over.abort()
    await late
  }

  /** An answer of the target, or undefined where it takes too long: a frozen broker is not to hold up whoever collects. */
  async #soon<T>(asking: Promise<T>): Promise<T | undefined> {
    const over = new AbortController()
    const late = this.#parts.clock.sleep(PATIENCE_MS, over.signal).then(() => {
      if (!over.signal.aborted) this.#slowAt = Math.max(this.#slowAt, this.#forwarder.position)
      return undefined
    })
    try {
      return await Promise.race([asking, late])
    } finally {
      over.abort()
      // Nobody waits for it any more.
      asking.catch(() => {})
    }
  }

  /** What is too much, or too old, goes; the oldest first. */
  async #keepLimits(): Promise<void> {
    const { clock, limits } = this.#parts
    if (this.#store.bytes <= limits.bytes && clock.now() - this.#trimmedAt < TRIM_EVERY_MS) return
    this.#trimmedAt = clock.now()
    this.#forwarder.noticeGap(await this.#store.trim())
  }

  /** While the target is there and answers, what it would refuse is refused at once; otherwise it is set aside when its turn comes. */
  async #check(topic: string, records: readonly Api.OutRecord[]): Promise<number | undefined> {
    const { target, position, justBack } = this.#forwarder
    if (!target || position <= this.#slowAt) return undefined
    const asking = target.partitions(topic).catch((error: unknown) => {
      // A topic that was to be made waits in the spool itself.
      if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN') && !justBack && !this.#promised.has(topic)) throw error
      return undefined
    })
    const partitions = await this.#soon(asking)
    const strange = records.find(({ partition = 0 }) => partition < 0 || partition >= (partitions ?? Number.POSITIVE_INFINITY))
    if (strange && partitions !== undefined) throw unknownPartition(topic, strange.partition ?? 0, partitions)
    return partitions
  }

  /** The target, with everything that was written here before. @throws SHITOPS_E_BUS_UNAVAILABLE while it is away */
  async #target(): Promise<Api.Bus> {
    this.#checkOpen()
    const forwarder = this.#forwarder
    const written = this.#written
    await forwarder.until(() => forwarder.position >= written || forwarder.state === 'away')
    const target: Target | undefined = forwarder.target
    if (target) return target.bus
    throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `the bus cannot be read while it is away: ${messageOf(forwarder.reason)}`, {
      suggestions: ['try again when the brokers can be reached', 'shitops doctor'],
      cause: forwarder.reason,
    })
  }

  #checkOpen(): void {
    if (this.#closed) throw new ShitopsError('SHITOPS_E_BUS_UNAVAILABLE', `the bus ${this.url} has been closed`)
  }
}

/** @param partitions of the topic, where that is known: a record's place is then known before it is there */
function entriesOf(topic: string, records: readonly Api.OutRecord[], partitions: number | undefined): Entry[] {
  return records.map((record) => {
    const named = record.partition ?? partitionFor(record.key, partitions)
    return { kind: 'record' as const, topic, record: named === undefined ? record : { ...record, partition: named } }
  })
}

function partitionFor(key: Api.OutRecord['key'], partitions: number | undefined): number | undefined {
  if (partitions === 1) return 0
  return partitions === undefined || key === null ? undefined : partitionOf(key, partitions, zero)
}

const zero = () => 0

/** Of entries that wait: how many for each partition, -1 where that is not known yet, and no offsets. */
function unplaced(entries: readonly Entry[]): Api.AppendResult[] {
  const results = new Map<string, Api.AppendResult>()
  for (const entry of entries) {
    if (entry.kind !== 'record') continue
    const { topic, record } = entry
    const { partition = -1 } = record
    const key = `${partition} ${topic}`
    const result = results.get(key) ?? { topic, partition, baseOffset: -1, count: 0 }
    results.set(key, { ...result, count: result.count + 1 })
  }
  return [...results.values()]
}

const unknownPartition = (topic: string, partition: number, partitions: number) =>
  new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `topic ${topic} has no partition ${partition}: it has 0 to ${partitions - 1}`, {
    suggestions: [`shitops topic describe ${topic}`],
  })
