import { messageOf } from '../base/errors.ts'
import type { Bus, Claim, OffsetCommit, RecordBatch } from '../bus/bus.ts'
import { dlqRecord, dlqTopic } from '../events/index.ts'
import { type Checkpoint, checkpointRecord, readCheckpoint } from './checkpoint.ts'
import { EventOrder } from './event-order.ts'
import type { Job, Output } from './job.ts'
import type { StreamEvent } from './stream-event.ts'
import { Watermark } from './watermark.ts'

export interface JobOptions {
  bus: Bus
  /** Consumer group: its offsets, its checkpoint and its transactional id. One member at a time: a job's state is not shared. */
  group: string
  /** Makes the job, from the state it stored or from nothing. */
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
 * Rejects with SHITOPS_E_FENCED when another member takes the partitions.
 */
export async function runJob(options: JobOptions): Promise<JobStats> {
  const run = await JobRun.start(options)
  return await run.run()
}

class JobRun {
  readonly #options: JobOptions
  readonly #job: Job
  readonly #watermarks: Watermark
  readonly #order = new EventOrder()
  /** Before these positions, what is not after the watermark was processed by the run before. */
  readonly #restored: Checkpoint | undefined
  readonly #stats: JobStats = { events: 0, late: 0, unreadable: 0 }
  readonly #ended = new AbortController()
  #watermark: number
  #committed: number
  #outputs: Output[] = []
  #claim: Claim | undefined
  #turn: Promise<void> = Promise.resolve()
  /** Where the partitions ended when draining began. */
  #lastEnds: Map<string, number> | undefined

  private constructor(options: JobOptions, job: Job, watermarks: Watermark, restored: Checkpoint | undefined) {
    this.#options = options
    this.#job = job
    this.#watermarks = watermarks
    this.#restored = restored
    this.#watermark = restored?.watermark ?? Number.NEGATIVE_INFINITY
    this.#committed = this.#watermark
  }

  static async start(options: JobOptions): Promise<JobRun> {
    const { bus, group, create, disorder } = options
    const restored = await readCheckpoint(bus, group)
    const job = create(restored?.state)
    const ends = await new Watermark(bus, job.topics, disorder, new Map()).ends()
    const committed = await bus.fetchOffsets(group, job.topics)
    const positions = new Map(committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
    const missing = [...ends].filter(([partition]) => !positions.has(partition))
    for (const [partition, end] of missing) positions.set(partition, end)
    if (missing.length > 0) await bus.commitOffsets(group, missing.map(commitOf))
    return new JobRun(options, job, new Watermark(bus, job.topics, disorder, positions), restored)
  }

  async run(): Promise<JobStats> {
    const { bus, group, signal, drain } = this.#options
    let failure: { error: unknown } | undefined
    const startDraining = () => {
      this.#inTurn(() => this.#drain()).catch((error: unknown) => {
        failure = { error }
        this.#ended.abort()
      })
    }
    drain.addEventListener('abort', startDraining, { once: true })
    if (drain.aborted) startDraining()
    try {
      await bus.consume({
        group,
        topics: this.#job.topics,
        start: 'earliest',
        signal: AbortSignal.any([signal, this.#ended.signal]),
        onBatch: (batch, claim) => this.#inTurn(() => this.#batch(batch, claim)),
      })
      await this.#turn
    } finally {
      drain.removeEventListener('abort', startDraining)
    }
    if (failure) throw failure.error
    return this.#stats
  }

  /** Partitions are read side by side; the state belongs to one at a time. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #batch(batch: RecordBatch, claim: Claim): Promise<void> {
    this.#claim = claim
    for (let i = 0; i < batch.count; i++) this.#take(batch, i)
    this.#watermarks.read(batch.topic, batch.partition, batch.nextOffset)
    await this.#proceed(await this.#watermarks.next())
    await this.#finishIfDrained()
  }

  #take(batch: RecordBatch, i: number): void {
    const [topic, partition, offset, time] = [batch.topic, batch.partition, batch.offset(i), batch.timestamp(i)]
    if (time <= this.#watermark) {
      const before = this.#restored?.positions[`${topic}/${partition}`] ?? 0
      if (offset < before && time <= (this.#restored?.watermark ?? Number.NEGATIVE_INFINITY)) return
      this.#stats.late++
      this.#reject(batch, i, { code: 'late', message: `${this.#watermark - time} ms behind the watermark` })
      return
    }
    this.#watermarks.saw(time)
    const raw = batch.value(i)
    if (raw === null) return
    const value = parsed(raw)
    if (typeof value === 'string') {
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
    await this.#proceed(this.#watermarks.newest)
    if (this.#claim) await this.#commit()
    this.#ended.abort()
  }
}

function commitOf([partition, offset]: readonly [string, number]): OffsetCommit {
  const slash = partition.lastIndexOf('/')
  return { topic: partition.slice(0, slash), partition: Number(partition.slice(slash + 1)), offset }
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

/** The record's value, or what is wrong with it. */
function parsed(raw: Buffer): StreamEvent['value'] | string {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as StreamEvent['value']) : 'not a JSON object'
  } catch (error) {
    return messageOf(error)
  }
}
