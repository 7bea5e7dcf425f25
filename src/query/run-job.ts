import { ShitopsError } from '../base/errors.ts'
import type { Bus, Claim, RecordBatch, TopicPartition } from '../bus/bus.ts'
import { dlqRecord, dlqTopic } from '../events/index.ts'
import { type Checkpoint, checkpointRecord, readCheckpoint } from './checkpoint.ts'
import { EventOrder } from './event-order.ts'
import type { Job, Output } from './job.ts'
import { commitOf, committedPositions } from './positions.ts'
import { parseValue } from './stream-event.ts'
import { Watermark } from './watermark.ts'

export interface JobOptions {
  bus: Bus
  /** Consumer group: its offsets, its checkpoint and its transactional id. One member at a time: a job's state is not shared. */
  group: string
  /** Makes the job, from the state it stored or from nothing. Called once more, from nothing, to ask for its topics. */
  create(state: unknown): Job
  /** How late an event may be, ms of event time; a later one is counted and kept in `<topic>.dlq`. */
  disorder: number
  signal: AbortSignal
  /** Once this aborts: read what is on the bus by then, process all of it, and return. */
  drain: AbortSignal
  /** Outputs that are on the bus now. */
  onOutputs?(outputs: readonly Output[]): void
}

export interface JobStats {
  events: number
  late: number
  unreadable: number
}

/** Offsets without outputs are committed once per so much event time, ms. */
const COMMIT_EVERY = 60_000

/**
 * Run a job over its topics, in order of event time and exactly once: outputs, checkpoint and offsets go to the bus in one transaction, so
 * that a run that is killed and started again writes what one run would have written. A group without a checkpoint starts at the end.
 * Rejects with SHITOPS_E_FENCED when partitions go to another member, which then goes on from the checkpoint.
 */
export async function runJob(options: JobOptions): Promise<JobStats> {
  const run = await JobRun.start(options)
  return await run.run()
}

class JobRun {
  readonly #options: JobOptions
  readonly #order = new EventOrder()
  readonly #stats: JobStats = { events: 0, late: 0, unreadable: 0 }
  readonly #ended = new AbortController()
  /** Partitions that this member has not been given yet. While there are any, the member before may still be leaving: nothing is committed. */
  readonly #unheld: Set<string>
  #job: Job
  #watermarks: Watermark
  /** Before these positions, what is not after the watermark was processed by the run before. */
  #restored: Checkpoint | undefined
  #watermark = Number.NEGATIVE_INFINITY
  #committed = Number.NEGATIVE_INFINITY
  #outputs: Output[] = []
  #claim: Claim | undefined
  #turn: Promise<void> = Promise.resolve()
  #tookOver = false
  #failure: { error: unknown } | undefined
  /** Where the partitions ended when draining began. */
  #lastEnds: Map<string, number> | undefined

  private constructor(options: JobOptions, job: Job, watermarks: Watermark) {
    this.#options = options
    this.#job = job
    this.#watermarks = watermarks
    this.#unheld = new Set(watermarks.positions.keys())
  }

  static async start(options: JobOptions): Promise<JobRun> {
    const { bus, group, create, disorder } = options
    const job = create(undefined)
    const ends = await new Watermark(bus, job.topics, disorder, new Map()).ends()
    const positions = await committedPositions(bus, group, job.topics)
    const missing = [...ends].filter(([partition]) => !positions.has(partition))
    for (const [partition, end] of missing) positions.set(partition, end)
    if (missing.length > 0) await bus.commitOffsets(group, missing.map(commitOf))
    return new JobRun(options, job, new Watermark(bus, job.topics, disorder, positions))
  }

  async run(): Promise<JobStats> {
    const { bus, group, signal, drain } = this.#options
    const startDraining = () => void this.#inTurn(() => this.#drain()).catch(() => {})
    drain.addEventListener('abort', startDraining, { once: true })
    if (drain.aborted) startDraining()
    try {
      await bus.consume({
        group,
        topics: this.#job.topics,
        start: 'earliest',
        signal: AbortSignal.any([signal, this.#ended.signal]),
        onAssigned: (partitions) => this.#assigned(partitions),
        onRevoked: () => this.#revoked(),
        onBatch: (batch, claim) => this.#inTurn(() => this.#batch(batch, claim)),
      })
      await this.#turn
    } finally {
      drain.removeEventListener('abort', startDraining)
    }
    if (this.#failure) throw this.#failure.error
    return this.#stats
  }

  #assigned(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#unheld.delete(`${topic}/${partition}`)
    const goOn = async () => {
      if (!this.#tookOver) await this.#takeOver()
      this.#tookOver = true
      await this.#advance()
    }
    this.#inTurn(goOn).catch(() => {})
  }

  /**
   * Begin where the member before stood. Only once it has lost a partition, and so can commit no more, is the checkpoint its last one;
   * the empty transaction settles one that it left open.
   */
  async #takeOver(): Promise<void> {
    const { bus, group, create, disorder } = this.#options
    await bus.transact({ id: group, appends: [] })
    this.#restored = await readCheckpoint(bus, group)
    this.#job = create(this.#restored?.state)
    this.#watermarks = new Watermark(bus, this.#job.topics, disorder, await committedPositions(bus, group, this.#job.topics))
    this.#watermark = this.#restored?.watermark ?? Number.NEGATIVE_INFINITY
    this.#committed = this.#watermark
  }

  /** The bus would let this member join again and read from the committed offsets, which lie before what the state has seen. */
  #revoked(): void {
    if (this.#options.signal.aborted || this.#ended.signal.aborted) return
    const { group } = this.#options
    this.#fail(
      new ShitopsError('SHITOPS_E_FENCED', `partitions of group ${group} have gone to another member; this one's state holds no longer`, {
        suggestions: ['run one member at a time; a new run goes on from the checkpoint', `shitops group describe ${group}`],
      }),
    )
  }

  #fail(error: unknown): void {
    this.#failure ??= { error }
    this.#ended.abort()
  }

  /** Partitions are read side by side; the state belongs to one at a time, and to none after a failure: it may be half changed. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => (this.#ended.signal.aborted ? undefined : work()))
    this.#turn = done.catch((error: unknown) => this.#fail(error))
    return done
  }

  async #batch(batch: RecordBatch, claim: Claim): Promise<void> {
    this.#claim = claim
    for (let i = 0; i < batch.count; i++) this.#take(batch, i)
    this.#watermarks.read(batch.topic, batch.partition, batch.nextOffset)
    await this.#advance()
  }

  async #advance(): Promise<void> {
    if (this.#unheld.size === 0) await this.#proceed(await this.#watermarks.next())
    await this.#finishIfDrained()
  }

  #take(batch: RecordBatch, i: number): void {
    const [topic, partition, offset, time] = [batch.topic, batch.partition, batch.offset(i), batch.timestamp(i)]
    const before = this.#restored?.positions[`${topic}/${partition}`] ?? 0
    if (time <= this.#watermark) {
      if (offset < before && time <= (this.#restored?.watermark ?? Number.NEGATIVE_INFINITY)) return
      this.#stats.late++
      this.#reject(batch, i, { code: 'late', message: `${this.#watermark - time} ms behind the watermark` })
      return
    }
    this.#watermarks.saw(time)
    const raw = batch.value(i)
    if (raw === null) return
    const value = parseValue(raw)
    if (typeof value === 'string') {
      // Its dead letter was written with the checkpoint; it is read again only because an event before it was still waiting.
      if (offset < before) return
      this.#stats.unreadable++
      this.#reject(batch, i, { code: 'decode_error', message: value })
    } else this.#order.push({ topic, partition, offset, time, value })
  }

  #reject(batch: RecordBatch, i: number, reason: { code: string; message: string }): void {
    const { key, value, timestamp, headers, partition, offset } = batch.record(i)
    const letter = dlqRecord(batch.topic, { key, value, timestamp, headers, partition, offset }, reason, timestamp)
    this.#outputs.push({ topic: dlqTopic(batch.topic), ...letter })
  }

  async #proceed(watermark: number): Promise<void> {
    if (watermark > this.#watermark) {
      this.#watermark = watermark
      for (let event = this.#order.pop(watermark); event; event = this.#order.pop(watermark)) {
        this.#stats.events++
        this.#outputs.push(...this.#job.process(event))
      }
      this.#outputs.push(...this.#job.advance(watermark))
    }
    if (this.#outputs.length > 0 || this.#watermark - this.#committed >= COMMIT_EVERY) await this.#commit()
  }

  async #commit(): Promise<void> {
    // Without a watermark there is no checkpoint: what was rejected waits for the first.
    if (this.#watermark === Number.NEGATIVE_INFINITY) return
    const { bus, group, onOutputs } = this.#options
    const outputs = this.#outputs
    this.#outputs = []
    const checkpoint = checkpointRecord(group, {
      watermark: this.#watermark,
      positions: Object.fromEntries(this.#watermarks.positions),
      state: this.#job.state(),
    })
    const commits = [...this.#watermarks.positions].map(commitOf).map((commit) => {
      return { ...commit, offset: this.#order.firstWaiting(commit.topic, commit.partition) ?? commit.offset }
    })
    const offsets = { group, commits, ...(this.#claim && { claim: this.#claim }) }
    await bus.transact({ id: group, appends: byTopic([...outputs, checkpoint]), offsets })
    this.#committed = this.#watermark
    onOutputs?.(outputs)
  }

  async #drain(): Promise<void> {
    this.#lastEnds = await this.#watermarks.ends()
    await this.#finishIfDrained()
  }

  async #finishIfDrained(): Promise<void> {
    if (!this.#lastEnds || this.#ended.signal.aborted || !this.#watermarks.hasRead(this.#lastEnds)) return
    if (this.#claim && this.#unheld.size > 0) return
    await this.#proceed(this.#watermarks.newest)
    if (this.#claim) await this.#commit()
    this.#ended.abort()
  }
}

function byTopic(outputs: readonly Output[]): Array<{ topic: string; records: Output[] }> {
  const topics = new Map<string, Output[]>()
  for (const output of outputs) {
    const records = topics.get(output.topic)
    if (records) records.push(output)
    else topics.set(output.topic, [output])
  }
  return [...topics].map(([topic, records]) => ({ topic, records }))
}
