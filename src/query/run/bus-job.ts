import { createHash } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Bus, OutRecord, PartitionOffsets, RecordBatch } from '../../bus/bus.ts'
import type { RecordMeta } from '../compile/scan-code.ts'
import type { Pipeline } from './build.ts'
import { type Commit, commitRecord, JOB_STATE, type JournalEntry, readJob, snapshotRecords } from './job-state.ts'
import type { ScanInput } from './scan-input.ts'
import { takeAt } from './take-at.ts'

/** A record that a job writes, and where. */
export interface JobOutput extends OutRecord {
  readonly topic: string
}

/** A query as a job runs it: its pipeline, and what it gives out. */
export interface JobQuery {
  readonly pipeline: Pipeline
  /** What the plan is, in words: state of another plan is not taken over. */
  readonly shape: string
  /** Records given out since the last call, in order. */
  take(): JobOutput[]
}

export interface BusJobOptions {
  readonly bus: Bus
  readonly clock: Clock
  /** Stable name of the job: its state and its place in the input belong to it. */
  readonly job: string
  readonly create: () => JobQuery
  /** The topic of a scan; undefined for one whose table lies elsewhere ({@link prepare}). */
  readonly topicOf: (scan: ScanInput) => string | undefined
  /** Only these partitions of every topic; all where absent. */
  readonly partitions?: (partition: number) => boolean
  /** Where a job that never ran begins. */
  readonly start: 'earliest' | 'latest' | { readonly timestamp: number }
  /** Nothing is kept: the job has no state on the bus and writes nothing there; rows go to `onCommit` alone. */
  readonly ephemeral?: boolean
  /** Writes what a sink outside of the bus has gathered: when there is nothing more to read at once, or when it is `full`. */
  readonly flush?: () => Promise<void>
  readonly full?: () => boolean
  /** Asked after each batch: the result is complete. */
  readonly enough?: () => boolean
  /** Fills the pipeline before the first record of a topic: tables that lie in files. Not done again by a job that goes on. */
  readonly prepare?: (pipeline: Pipeline) => Promise<void>
  /** Stop at the ends that the topics have now, after giving out all that is complete by then. */
  readonly untilEnd?: boolean
  readonly signal: AbortSignal
  /** A partition with nothing new for so long (ms) holds back the watermark no longer. */
  readonly idleTimeout: number
  /** A record that cannot be read: what became of it is up to the caller. */
  readonly onBad: (bad: {
    topic: string
    partition: number
    offset: number
    reason: string
    batch: RecordBatch
    index: number
  }) => JobOutput | undefined
  /** Its place in the input is known: what is appended from here on will be read. */
  readonly onStarted?: () => void
  /** What was written, or for an ephemeral job what came out; it is waited for. */
  readonly onCommit?: (outputs: readonly JobOutput[]) => Promise<void> | void
}

export interface BusJobStats {
  records: number
  bad: number
  outputs: number
  commits: number
  snapshots: number
  /** Rows of the last life of the job that were made again and not written again. */
  replayed: number
}

/** A commit at least so often while records come, ms. */
const COMMIT_EVERY = 1000
/** A new snapshot when the journal has become so long, or has so many records. */
const JOURNAL_ENTRIES = 200
const JOURNAL_RECORDS = 200_000
/** Snapshots may take one part in so many of the time. */
const SNAPSHOT_SHARE = 20

/**
 * Runs a query over topics, exactly once: what was read, what is remembered and what was written are committed in one transaction. Not every
 * commit has a snapshot of the state in it: between two snapshots it keeps a journal of what was taken in, in which order, and a successor takes
 * that in again. A newer instance of the same job fences an older one.
 */
export async function runBusJob(options: BusJobOptions): Promise<BusJobStats> {
  const job = await BusJob.start(options)
  options.onStarted?.()
  return job.run()
}

class BusJob {
  readonly #o: BusJobOptions
  readonly #query: JobQuery
  readonly #plan: string
  readonly #stats: BusJobStats = { records: 0, bad: 0, outputs: 0, commits: 0, snapshots: 0, replayed: 0 }
  readonly #scans = new Map<string, ScanInput[]>()
  readonly #positions = new Map<string, number>()
  readonly #idle = new Set<string>()
  /** Scans from whose topics nothing comes: their time goes with that of the others. */
  #resting: ScanInput[] = []
  #lookedAt = 0
  readonly #meta: RecordMeta = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }
  #commit: Commit = { snapshot: 0, parts: 0, plan: '', journal: [], outputs: 0, before: 0, positions: {} }
  #journal: JournalEntry[] = []
  #journalRecords = 0
  /** Rows given out since the snapshot. */
  #given = 0
  #pending: JobOutput[] = []
  /** Rows that the last life has written: not to be written again. */
  #skip = 0
  #newest = 0
  #committedAt = 0
  #snapshotCost = 0
  #snapshotAt = 0

  private constructor(options: BusJobOptions) {
    this.#o = options
    this.#query = options.create()
    this.#plan = createHash('sha256').update(this.#query.shape).digest('hex').slice(0, 16)
    for (const scan of this.#query.pipeline.scans) {
      const topic = options.topicOf(scan)
      if (topic === undefined) continue
      const scans = this.#scans.get(topic)
      if (scans) scans.push(scan)
      else this.#scans.set(topic, [scan])
    }
  }

  static async start(options: BusJobOptions): Promise<BusJob> {
    const job = new BusJob(options)
    await job.#takeOver()
    return job
  }

  async run(): Promise<BusJobStats> {
    const { signal, untilEnd } = this.#o
    const ends = untilEnd ? await this.#ends() : undefined
    const stop = new AbortController()
    const both = AbortSignal.any([signal, stop.signal])
    this.#committedAt = this.#o.clock.now()
    this.#snapshotAt = this.#committedAt
    const queue = new Inbox(both)
    const readers = [...this.#scans.keys()].map((topic) => this.#read(topic, queue, both, ends))
    const failed = Promise.all(readers).then(
      () => queue.end(),
      (error: unknown) => queue.fail(error),
    )
    try {
      await this.#consume(queue)
      if (!signal.aborted || this.#pending.length > 0) await this.#finish(ends !== undefined && !signal.aborted)
    } finally {
      stop.abort()
      await failed
    }
    return this.#stats
  }

  async #consume(queue: Inbox): Promise<void> {
    for (;;) {
      const wait = Math.max(1, this.#committedAt + COMMIT_EVERY - this.#o.clock.now())
      const batch = await queue.next(Math.min(wait, this.#o.idleTimeout))
      if (batch === 'ended') return
      if (batch !== 'timeout') {
        this.#take(batch, 0)
        queue.done(batch)
      }
      // Also while others are busy; not behind a backlog, in which their records may still lie.
      if (batch === 'timeout' || (queue.empty && this.#o.clock.now() - this.#lookedAt >= this.#o.idleTimeout / 2)) this.#lookForIdle(queue)
      const due = this.#o.clock.now() - this.#committedAt >= COMMIT_EVERY && this.#journal.length > this.#commit.journal.length
      if (queue.empty || this.#o.full?.()) await this.#o.flush?.()
      if (this.#o.enough?.()) return
      // What waits in the queue is taken in first: one commit for several batches under load, at once when there is nothing to wait for.
      if ((this.#pending.length > 0 && (queue.empty || this.#pending.length > 5000)) || due) await this.#save(false)
    }
  }

  /** Begin where the job's last life ended; from here on that one can write no more. */
  async #takeOver(): Promise<void> {
    const { bus, job } = this.#o
    if (!this.#o.ephemeral) await bus.transact({ id: job, appends: [] })
    const found = this.#o.ephemeral ? undefined : await readJob(bus, job)
    const restored = found?.commit.plan === this.#plan ? found : undefined
    if (found && !restored) {
      throw new ShitopsError('SHITOPS_E_JOB_PLAN', `job ${job} has state of another query: its plan has changed`, {
        suggestions: ['give the new query another name, or', `start it afresh: shitops analyze --reset ${job}`],
      })
    }
    if (!restored) {
      for (const values of this.#query.pipeline.values) values.run()
      await this.#o.prepare?.(this.#query.pipeline)
      this.#collect()
    }
    if (restored) await this.#restore(restored.commit, restored.state)
    else for (const [key, offset] of await this.#starts()) this.#positions.set(key, offset)
    for (const [topic, scans] of this.#scans) {
      const partitions = (await this.#offsets(topic)).map(({ partition }) => partition)
      for (const scan of scans) scan.watermarks.expect(partitions)
    }
    if (!restored) await this.#save(true)
  }

  async #restore(commit: Commit, state: unknown): Promise<void> {
    this.#commit = commit
    for (const [key, offset] of Object.entries(commit.positions)) this.#positions.set(key, offset)
    if (state !== undefined) loadPipeline(this.#query.pipeline, state)
    this.#query.take()
    this.#skip = commit.outputs
    this.#rest()
    for (const entry of commit.journal) {
      if ('idle' in entry) this.#markIdle(entry.topic, entry.partition)
      else await this.#replay(entry)
    }
    this.#stats.replayed = commit.outputs - this.#skip
  }

  async #replay(entry: { topic: string; partition: number; from: number; to: number }): Promise<void> {
    const { topic, partition, from, to } = entry
    for await (const batch of this.#o.bus.read({ topic, partitions: [{ partition, from, to }] })) this.#take(batch, 0)
    this.#positions.set(`${topic}/${partition}`, to)
    this.#note({ topic, partition, from, to })
  }

  async #starts(): Promise<Map<string, number>> {
    const { start, bus } = this.#o
    const starts = new Map<string, number>()
    for (const topic of this.#scans.keys()) {
      const at =
        typeof start === 'object'
          ? new Map((await bus.offsetsAt(topic, start.timestamp)).map(({ partition, offset }) => [partition, offset]))
          : undefined
      for (const { partition, earliest, latest } of await this.#offsets(topic)) {
        starts.set(`${topic}/${partition}`, at?.get(partition) ?? (start === 'earliest' ? earliest : latest))
      }
    }
    return starts
  }

  async #offsets(topic: string): Promise<PartitionOffsets[]> {
    const offsets = await this.#o.bus.offsets(topic)
    const { partitions } = this.#o
    return partitions ? offsets.filter(({ partition }) => partitions(partition)) : offsets
  }

  async #ends(): Promise<Map<string, number>> {
    const ends = new Map<string, number>()
    for (const topic of this.#scans.keys())
      for (const { partition, latest } of await this.#offsets(topic)) ends.set(`${topic}/${partition}`, latest)
    return ends
  }

  async #read(topic: string, queue: Inbox, signal: AbortSignal, ends: Map<string, number> | undefined): Promise<void> {
    const partitions = (await this.#offsets(topic)).map(({ partition, earliest }) => {
      const from = this.#positions.get(`${topic}/${partition}`) ?? earliest
      return { partition, from, ...(ends && { to: ends.get(`${topic}/${partition}`) ?? from }) }
    })
    for await (const batch of this.#o.bus.read({ topic, partitions, follow: ends === undefined, signal })) {
      if (signal.aborted) return
      await queue.push(batch)
    }
  }

  #take(batch: RecordBatch, first: number): void {
    const { topic, partition } = batch
    const meta = this.#meta
    meta.topic = topic
    meta.partition = partition
    const scans = this.#scans.get(topic) ?? []
    if (this.#idle.delete(`${topic}/${partition}`)) this.#resting = this.#resting.filter((scan) => !scans.includes(scan))
    for (let i = first; i < batch.count; i++) {
      meta.offset = batch.offset(i)
      meta.timestamp = batch.timestamp(i)
      if (meta.timestamp > this.#newest) this.#newest = meta.timestamp
      meta.key = batch.key(i)
      meta.headers = batch.headers(i)
      const value = batch.value(i)
      this.#stats.records++
      for (const scan of scans) {
        const taken =
          value === null
            ? scan.takeTombstone(meta)
            : takeAt(scan, value, 0, value.length, meta, () => `${topic}/${partition} offset ${meta.offset}`)
        if (taken !== 'ok') this.#bad(batch, i, taken.bad)
      }
      // After each record, so that it makes no difference how a successor cuts them into batches.
      if (this.#resting.length > 0) this.#lift()
    }
    if (batch.count > 0) {
      const from = batch.offset(0)
      this.#note({ topic, partition, from, to: batch.nextOffset })
      this.#journalRecords += batch.count
    }
    this.#positions.set(`${topic}/${partition}`, batch.nextOffset)
    this.#collect()
  }

  #bad(batch: RecordBatch, index: number, reason: string): void {
    this.#stats.bad++
    const { topic, partition } = batch
    // In its place among the rows, so that a successor counts it too.
    this.#collect()
    const letter = this.#o.onBad({ topic, partition, offset: batch.offset(index), reason, batch, index })
    if (letter) this.#give([letter])
  }

  #collect(): void {
    this.#give(this.#query.take())
  }

  #give(outputs: readonly JobOutput[]): void {
    for (const output of outputs) {
      this.#given++
      if (this.#skip > 0) this.#skip--
      else this.#pending.push(this.#identified(output))
    }
  }

  /** With an id that says which row of which job it is: a reader who sees it twice knows. */
  #identified(output: JobOutput): JobOutput {
    const id = `${this.#o.job}/${this.#commit.before + this.#given}`
    return { ...output, headers: [...(output.headers ?? []), ['ce_id', id]] }
  }

  #note(entry: { topic: string; partition: number; from: number; to: number }): void {
    const last = this.#journal.at(-1)
    if (last && !('idle' in last) && last.topic === entry.topic && last.partition === entry.partition) last.to = entry.to
    else this.#journal.push(entry)
  }

  #lookForIdle(queue: Inbox): void {
    const now = this.#o.clock.now()
    this.#lookedAt = now
    for (const topic of this.#scans.keys()) {
      for (const key of this.#positions.keys()) {
        if (!key.startsWith(`${topic}/`) || this.#idle.has(key) || now - queue.heard(key) < this.#o.idleTimeout) continue
        const partition = Number(key.slice(topic.length + 1))
        this.#journal.push({ topic, partition, idle: true })
        this.#markIdle(topic, partition)
      }
    }
    this.#collect()
  }

  #markIdle(topic: string, partition: number): void {
    this.#idle.add(`${topic}/${partition}`)
    for (const scan of this.#scans.get(topic) ?? []) scan.watermarks.idle(partition)
    this.#rest()
    this.#collect()
  }

  #rest(): void {
    this.#resting = [...this.#scans.values()].flat().filter((scan) => scan.watermarks.resting)
    if (this.#resting.length > 0) this.#lift()
  }

  /** As Flink has it for an idle source: the time of a join, of a union is that of the inputs from which something comes. */
  #lift(): void {
    let smallest = Number.POSITIVE_INFINITY
    for (const scans of this.#scans.values())
      for (const scan of scans) if (!this.#resting.includes(scan)) smallest = Math.min(smallest, scan.watermarks.current)
    if (Number.isFinite(smallest)) for (const scan of this.#resting) scan.watermarks.follow(smallest)
  }

  async #save(snapshot: boolean): Promise<void> {
    const { bus, job, clock, onCommit } = this.#o
    const now = clock.now()
    if (this.#o.ephemeral) {
      const rows = this.#pending
      this.#pending = []
      this.#journal = []
      this.#committedAt = now
      if (rows.length > 0) await onCommit?.(rows)
      return
    }
    const long = this.#journal.length > JOURNAL_ENTRIES || this.#journalRecords > JOURNAL_RECORDS
    const rested = now - this.#snapshotAt >= this.#snapshotCost * SNAPSHOT_SHARE
    const whole = snapshot || (long && rested) || this.#journal.length > 50 * JOURNAL_ENTRIES
    const records: OutRecord[] = whole ? this.#snapshot() : []
    if (!whole) this.#commit = { ...this.#commit, journal: this.#journal.map((entry) => ({ ...entry })), outputs: this.#given }
    const outputs = this.#pending
    this.#pending = []
    const state = [...records, commitRecord(job, this.#commit, this.#newest)]
    const commits = [...this.#positions].map(([key, offset]) => {
      const slash = key.lastIndexOf('/')
      return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)), offset }
    })
    await bus.transact({ id: job, appends: [...byTopic(outputs), { topic: JOB_STATE, records: state }], offsets: { group: job, commits } })
    this.#stats.commits++
    this.#stats.outputs += outputs.length
    this.#committedAt = clock.now()
    if (whole) {
      this.#stats.snapshots++
      this.#snapshotCost = this.#committedAt - now
      this.#snapshotAt = this.#committedAt
    }
    if (outputs.length > 0) await onCommit?.(outputs)
  }

  #snapshot(): OutRecord[] {
    const before = this.#commit
    const next = before.snapshot + 1
    const records = snapshotRecords(this.#o.job, savePipeline(this.#query.pipeline), { snapshot: next }, before, this.#newest)
    const parts = records.filter(({ value }) => value !== null).length
    this.#commit = {
      snapshot: next,
      parts,
      plan: this.#plan,
      journal: [],
      outputs: 0,
      before: before.before + this.#given,
      positions: Object.fromEntries(this.#positions),
    }
    this.#journal = []
    this.#journalRecords = 0
    this.#given = 0
    return records
  }

  /** At the end of the input all that its newest time completes goes out; what is open stays open for the records to come. */
  async #finish(drained: boolean): Promise<void> {
    if (drained) {
      for (const scans of this.#scans.values()) {
        for (const scan of scans) this.#o.ephemeral ? scan.watermarks.end() : scan.watermarks.drain()
      }
      const all = [...this.#scans.values()].flat()
      const newest = Math.max(...all.map((scan) => scan.watermarks.current))
      if (!this.#o.ephemeral) for (const scan of all) scan.watermarks.follow(newest)
      this.#collect()
    }
    await this.#save(true)
  }
}

/** Batches on their way from the readers to the query: at most a few at a time, so that a slow query slows the reading. */
class Inbox {
  readonly #batches: RecordBatch[] = []
  readonly #heard = new Map<string, number>()
  readonly #since = Date.now()
  #wake: (() => void) | undefined
  #room: Array<() => void> = []
  #ended = false
  #failure: { error: unknown } | undefined
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.end(), { once: true })
  }

  get empty(): boolean {
    return this.#batches.length === 0
  }

  /** When a partition was last heard of, ms. */
  heard(partition: string): number {
    return this.#heard.get(partition) ?? this.#since
  }

  async push(batch: RecordBatch): Promise<void> {
    while (this.#batches.length >= 4 && !this.#signal.aborted) await new Promise<void>((resolve) => this.#room.push(resolve))
    this.#batches.push(batch)
    this.#heard.set(`${batch.topic}/${batch.partition}`, Date.now())
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
    for (const go of this.#room.splice(0)) go()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.end()
  }

  done(_batch: RecordBatch): void {
    for (const go of this.#room.splice(0)) go()
  }

  async next(timeout: number): Promise<RecordBatch | 'ended' | 'timeout'> {
    for (let waited = false; ; waited = true) {
      if (this.#failure) throw this.#failure.error
      if (this.#signal.aborted) return 'ended'
      const batch = this.#batches.shift()
      if (batch) return batch
      if (this.#ended) return 'ended'
      if (waited) return 'timeout'
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
  }
}

/** The state of a pipeline as plain data. */
export function savePipeline({ steps, scans }: Pipeline): unknown {
  return {
    steps: steps.flatMap(({ id, operator }) => (operator.save ? [[id, operator.save()]] : [])),
    scans: scans.map(({ id, watermarks }) => [id, watermarks.save()]),
  }
}

export function loadPipeline(pipeline: Pipeline, state: unknown): void {
  const { steps, scans } = state as { steps: Array<[string, unknown]>; scans: Array<[string, unknown]> }
  const saved = new Map(steps)
  for (const { id, operator } of pipeline.steps) if (saved.has(id)) operator.load?.(saved.get(id))
  const marks = new Map(scans)
  for (const scan of pipeline.scans) if (marks.has(scan.id)) scan.watermarks.load(marks.get(scan.id))
}

function byTopic(outputs: readonly JobOutput[]): Array<{ topic: string; records: OutRecord[] }> {
  const topics = new Map<string, OutRecord[]>()
  for (const { topic, ...record } of outputs) {
    const records = topics.get(topic)
    if (records) records.push(record)
    else topics.set(topic, [record])
  }
  return [...topics].map(([topic, records]) => ({ topic, records }))
}
