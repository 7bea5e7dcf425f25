import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { OutRecord, RecordBatch } from '../../bus/bus.ts'
import { BatchMeta } from './batch-meta.ts'
import { type BusJobOptions, type BusJobStats, type JobOutput, type JobQuery, MAX_ADVANCE } from './bus-job-options.ts'
import { Inbox } from './inbox.ts'
import { JobInput, topicOf } from './job-input.ts'
import { BesideTopics, byTopic } from './job-outputs.ts'
import { inputGone, ofAnotherQuery } from './job-refusals.ts'
import {
  type Commit,
  commitRecord,
  JOB_STATE,
  type JobTotals,
  type JournalEntry,
  NO_COMMIT,
  type Restored,
  snapshotRecords,
  sourceRecord,
  takeOverJob,
} from './job-state.ts'
import { JobTime, type TimeEntry } from './job-time.ts'
import { Journal } from './journal.ts'
import { OutputRecords } from './output-record.ts'
import { loadPipeline, type PipelineState, savePipeline } from './pipeline-state.ts'
import type { ScanInput } from './scan-input.ts'
import { takeAt } from './take-at.ts'

export type { BadRecord, BusJobOptions, BusJobStats, JobOutput, JobQuery, Jump } from './bus-job-options.ts'

/** A commit at least so often while records come, ms. */
const COMMIT_EVERY = 1000
/** A commit when so many rows wait, even while there is more to read. */
const MAX_PENDING = 5000
/** A new snapshot when the journal has become so long, or has so many records. */
const JOURNAL_ENTRIES = 200
const JOURNAL_RECORDS = 200_000
/** Snapshots may take one part in so many of the time. */
const SNAPSHOT_SHARE = 20

/**
 * Runs a query over topics, exactly once: what was read, what is remembered and what was written are committed in one transaction. Not every
 * commit has a snapshot of the state in it: between two snapshots it keeps a journal of what was taken in, in which order, and a successor takes
 * that in again. A newer instance of the same job fences an older one, which then rejects with SHITOPS_E_FENCED.
 */
export async function runBusJob(options: BusJobOptions): Promise<BusJobStats> {
  const job = await BusJob.start(options)
  options.onStarted?.()
  return job.run()
}

/** Where a job's last life has come to. */
interface Ended {
  readonly commit: Commit
  readonly given: number
  readonly time: number
  readonly totals: JobTotals
  readonly positions: ReadonlyMap<string, number>
  readonly state: PipelineState
}

class BusJob {
  readonly #o: BusJobOptions
  readonly #query: JobQuery
  readonly #plan: string
  readonly #text: string
  readonly #records: OutputRecords
  readonly #stats: BusJobStats = { records: 0, bad: 0, late: 0, jumps: 0, outputs: 0, commits: 0, snapshots: 0, replayed: 0 }
  #totals: JobTotals = { ...NO_COMMIT.totals }
  readonly #scans = new Map<string, ScanInput[]>()
  readonly #input: JobInput
  /** Topics whose records may be gone when they are wanted again, other than by age. */
  readonly #compacted = new Set<string>()
  readonly #inputTime: JobTime
  readonly #meta = new BatchMeta()
  readonly #journal = new Journal()
  readonly #beside: BesideTopics
  #commit: Commit = NO_COMMIT
  /** Rows given out since the snapshot. */
  #given = 0
  #pending: JobOutput[] = []
  /** Rows that the last life has written: not to be written again. */
  #skip = 0
  #replaying = false
  /** Of the record taken in last: what a row without a time gets. */
  #time = 0
  /** What is in the journal cannot be taken in again with the same result. */
  #onlyOnce = false
  #committedAt = 0
  /** Time spent in the query, ms. */
  #evaluation = 0
  #snapshotCost = 0
  #snapshotAt = 0

  private constructor(options: BusJobOptions, query = options.create()) {
    this.#o = options
    this.#query = query
    this.#plan = hash(this.#query.shape)
    this.#text = hash(this.#query.text ?? this.#query.shape)
    this.#records = new OutputRecords(options.job)
    this.#beside = new BesideTopics(options.bus)
    for (const scan of this.#query.pipeline.scans) {
      const topic = options.topicOf(scan)
      if (topic === undefined) continue
      scan.watermarks.guard(options.maxAdvance ?? MAX_ADVANCE, (partition, mark, current) => this.#jumped(topic, partition, mark, current))
      const scans = this.#scans.get(topic)
      if (scans) scans.push(scan)
      else this.#scans.set(topic, [scan])
    }
    this.#input = new JobInput(options, [...this.#scans.keys()])
    this.#inputTime = new JobTime(options, this.#scans, this.#input)
  }

  static async start(options: BusJobOptions): Promise<BusJob> {
    const job = new BusJob(options)
    await job.#takeOver()
    return job
  }

  async run(): Promise<BusJobStats> {
    const { signal, untilEnd, clock } = this.#o
    const ends = untilEnd ? await this.#input.ends() : undefined
    const stop = new AbortController()
    const both = AbortSignal.any([signal, stop.signal])
    setMaxListeners(0, both)
    this.#committedAt = clock.now()
    this.#snapshotAt = this.#committedAt
    const inbox = new Inbox(both, clock)
    const readers = [...this.#scans.keys()].map((topic) => this.#input.read(topic, inbox, both, ends))
    const failed = Promise.all(readers).then(
      () => inbox.end(),
      (error: unknown) => inbox.fail(error),
    )
    try {
      await this.#consume(inbox)
      await this.#finish(ends !== undefined && !signal.aborted)
    } finally {
      stop.abort()
      await failed
    }
    return this.#stats
  }

  async #consume(inbox: Inbox): Promise<void> {
    for (;;) {
      const batch = await inbox.next(this.#patience())
      if (batch === 'ended') return
      if (batch !== 'timeout') {
        const begun = performance.now()
        this.#take(batch)
        this.#evaluation += performance.now() - begun
        inbox.done(batch)
        // The reader's turn: what lies ready is taken in before there is a commit.
        if (inbox.empty) await new Promise(setImmediate)
      }
      for await (const entry of this.#inputTime.look(inbox)) {
        if (!this.#o.ephemeral) this.#journal.note(entry)
        this.#pass(entry)
      }
      if (inbox.empty || this.#o.full?.()) await this.#o.flush?.()
      if (this.#o.enough?.()) return
      if (this.#isDue(inbox.empty)) await this.#save(false)
    }
  }

  /** How long there is nothing to do where nothing comes, ms. */
  #patience(): number {
    const look = this.#inputTime.every
    if (!this.#journal.changed || this.#o.ephemeral) return Math.min(COMMIT_EVERY, look)
    return Math.max(2, Math.min(look, this.#committedAt + COMMIT_EVERY - this.#o.clock.now()))
  }

  /** What waits in the inbox is taken in first: one commit for several batches under load, at once when there is nothing to wait for. */
  #isDue(empty: boolean): boolean {
    const { clock } = this.#o
    const rows = this.#pending.length
    const now = clock.now()
    const wanted = (rows > 0 && (empty || rows > MAX_PENDING)) || (this.#journal.changed && now - this.#committedAt >= COMMIT_EVERY)
    return wanted && (!this.#onlyOnce || this.#rested(now) || rows > MAX_PENDING)
  }

  #rested(now: number): boolean {
    return now - this.#snapshotAt >= this.#snapshotCost * SNAPSHOT_SHARE
  }

  /** Begin where the job's last life ended; from here on that one can write no more. */
  async #takeOver(): Promise<void> {
    const { bus, job, clock, signal, ephemeral } = this.#o
    const found = ephemeral ? undefined : await takeOverJob(bus, job, signal)
    if (signal.aborted && !found) return
    const before = found && (await this.#before(found))
    if (!found) {
      for (const values of this.#query.pipeline.values) values.run()
      await this.#o.prepare?.(this.#query.pipeline)
      this.#time = clock.now()
      this.#collect()
    }
    for (const topic of this.#scans.keys()) {
      const policy = ephemeral ? undefined : (await bus.describeTopic(topic)).config['cleanup.policy']
      if (policy?.includes('compact')) this.#compacted.add(topic)
    }
    if (found && before) this.#follow(before, found.commit.plan === this.#plan)
    else if (found) await this.#restore(found.commit, found.state)
    await this.#input.begin()
    for (const [topic, scans] of this.#scans) {
      const partitions = (await this.#input.offsets(topic)).map(({ partition }) => partition)
      for (const scan of scans) scan.watermarks.expect(partitions)
    }
    // From here on the journal is that of this text.
    if (found?.commit.text !== this.#text) await this.#save(true)
  }

  /**
   * Where the last life of the job had come to with the query that it had, where this is another one and that makes a difference: there is something
   * to be taken in again, or the state does not fit. State of another plan would give wrong answers.
   */
  async #before({ commit, state, source }: Restored): Promise<Ended | undefined> {
    const [fits, same, settled] = [commit.plan === this.#plan, commit.text === this.#text, commit.journal.length === 0]
    if (fits && (same || settled)) {
      if (!same) this.#o.onChanged?.('kept')
      return undefined
    }
    const { revive, onChanged } = this.#o
    if (!revive || (!fits && !this.#query.carried)) throw ofAnotherQuery(this.#o.job, commit.plan === this.#plan)
    const ended = settled && state ? endOf(commit, state as PipelineState) : await this.#relived({ commit, state }, source, revive)
    onChanged?.(fits ? 'kept' : 'anew')
    return ended
  }

  /** What the old query makes of what it took in since its last snapshot. */
  async #relived({ commit, state }: Restored, source: string | undefined, revive: (source: string) => Promise<JobQuery>): Promise<Ended> {
    if (source === undefined) throw ofAnotherQuery(this.#o.job, commit.plan === this.#plan)
    const query = await revive(source).catch((cause: unknown) => {
      throw ofAnotherQuery(this.#o.job, commit.plan === this.#plan, cause)
    })
    const last = new BusJob(this.#o, query)
    if (last.#plan !== commit.plan || last.#text !== commit.text) throw ofAnotherQuery(this.#o.job, commit.plan === this.#plan)
    await last.#restore(commit, state)
    return {
      commit: last.#commit,
      given: last.#given,
      time: last.#time,
      totals: last.#totals,
      positions: last.#input.positions,
      state: savePipeline(last.#query.pipeline),
    }
  }

  /** Go on from where another query has come to. */
  #follow(last: Ended, fits: boolean): void {
    const { pipeline, carried = [] } = this.#query
    this.#commit = last.commit
    this.#given = last.given
    this.#time = last.time
    this.#totals = { ...last.totals }
    for (const [key, offset] of last.positions) if (this.#scans.has(topicOf(key))) this.#input.positions.set(key, offset)
    loadPipeline(pipeline, fits ? last.state : { steps: last.state.steps.filter(([id]) => carried.includes(id)), scans: [] })
    if (!fits) for (const values of pipeline.values) values.run()
    this.#inputTime.rest()
    this.#collect()
  }

  async #restore(commit: Commit, state: unknown): Promise<void> {
    this.#commit = commit
    this.#time = commit.time
    this.#totals = { ...commit.totals }
    this.#evaluation = (commit.status?.evaluation_s ?? 0) * 1000
    for (const [key, offset] of Object.entries(commit.positions)) this.#input.positions.set(key, offset)
    if (state !== undefined) loadPipeline(this.#query.pipeline, state)
    const first = this.#query.take()
    this.#skip = commit.outputs
    this.#replaying = true
    this.#inputTime.rest()
    for (const entry of commit.journal) await this.#replay(entry)
    this.#replaying = false
    this.#stats.replayed = commit.outputs
    this.#journal.changed = false
    if (this.#skip > 0 || this.#pending.length > 0) throw inputGone(this.#o.job, 'the rows that it has written do not come out again')
    // What another text makes of the state at once.
    if (commit.text !== this.#text) this.#give(first)
  }

  async #replay(entry: JournalEntry): Promise<void> {
    if (!('from' in entry)) {
      // As what is read: the next life takes in again what this one has.
      this.#journal.note(entry)
      return this.#pass(entry)
    }
    const { topic, partition, from, to, count } = entry
    let found = 0
    for await (const batch of this.#o.bus.read({ topic, partitions: [{ partition, from, to }] })) {
      found += batch.count
      this.#take(batch)
    }
    if (found < count) throw inputGone(this.#o.job, `${topic}/${partition} no longer has all records from ${from} to ${to - 1}`)
    this.#input.positions.set(`${topic}/${partition}`, to)
  }

  #take(batch: RecordBatch): void {
    const { topic, partition } = batch
    const meta = this.#meta
    meta.enter(batch)
    this.#inputTime.heard(batch)
    const scans = this.#scans.get(topic) ?? []
    for (let i = 0; i < batch.count; i++) {
      meta.at(i)
      this.#time = meta.timestamp
      const value = batch.value(i)
      let bad: string | undefined
      for (const scan of scans) {
        const taken =
          value === null
            ? scan.takeTombstone(meta)
            : takeAt(scan, value, 0, value.length, meta, () => `${topic}/${partition} offset ${meta.offset}`)
        if (taken !== 'ok') bad ??= taken.bad
      }
      // After each record, so that it makes no difference how a successor cuts them into batches.
      this.#inputTime.lift()
      this.#collect()
      if (bad !== undefined) this.#bad(batch, i, bad)
    }
    if (batch.count > 0) {
      if (!this.#o.ephemeral) this.#journal.took(topic, partition, batch.offset(0), batch.nextOffset, batch.count)
      this.#onlyOnce ||= this.#compacted.has(topic)
      this.#count('records', batch.count)
    }
    this.#input.positions.set(`${topic}/${partition}`, batch.nextOffset)
  }

  #bad(batch: RecordBatch, index: number, reason: string): void {
    this.#count('bad', 1)
    const { topic, partition } = batch
    // In its place among the rows, so that a successor counts it too.
    const letter = this.#o.onBad({ topic, partition, offset: batch.offset(index), reason, batch, index })
    if (letter) this.#give([letter])
  }

  #jumped(topic: string, partition: number, mark: number, current: number): void {
    this.#count('jumps', 1)
    if (!this.#replaying) this.#o.onJump?.({ topic, partition, mark, current })
  }

  #count(what: 'records' | 'bad' | 'late' | 'jumps' | 'outputs', n: number): void {
    if (this.#replaying) return
    this.#stats[what] += n
    this.#totals[what] += n
  }

  #collect(): void {
    const outputs = this.#query.take()
    if (outputs.length > 0) this.#give(outputs)
  }

  #give(outputs: readonly JobOutput[]): void {
    for (const output of outputs) {
      this.#given++
      if (output.late) this.#count('late', 1)
      if (this.#skip > 0) this.#skip--
      else this.#pending.push(this.#o.ephemeral ? output : this.#records.make(output, this.#commit.before + this.#given, this.#time))
    }
  }

  /** Time passes though no record came. */
  #pass(entry: TimeEntry): void {
    this.#inputTime.apply(entry)
    this.#collect()
  }

  async #save(snapshot: boolean): Promise<void> {
    const { bus, job, clock, onCommit } = this.#o
    const now = clock.now()
    const outputs = this.#pending
    this.#pending = []
    if (this.#o.ephemeral) {
      this.#committedAt = now
      if (outputs.length > 0) await onCommit?.(outputs)
      return
    }
    this.#count('outputs', outputs.length)
    const long = this.#journal.length > JOURNAL_ENTRIES || this.#journal.records > JOURNAL_RECORDS
    const once = this.#onlyOnce || this.#query.impure?.() === true
    const whole = snapshot || once || (long && this.#rested(now)) || this.#journal.length > 20 * JOURNAL_ENTRIES
    const records: OutRecord[] = whole ? this.#snapshot(now) : []
    const status = { watermark: this.#inputTime.watermark(), evaluation_s: Math.round(this.#evaluation) / 1000 }
    this.#commit = { ...this.#commit, journal: this.#journal.copy(), outputs: this.#given, totals: { ...this.#totals }, status }
    this.#journal.changed = false
    const state = [...records, commitRecord(job, this.#commit, now)]
    const commits = [...this.#input.positions].map(([key, offset]) => {
      const slash = key.lastIndexOf('/')
      const topic = key.slice(0, slash)
      return {
        topic,
        partition: Number(key.slice(slash + 1)),
        offset,
        ...(this.#o.siblings && { metadata: this.#inputTime.markOf(topic) }),
      }
    })
    await this.#beside.create(outputs)
    await bus.transact({ id: job, appends: [...byTopic(outputs), { topic: JOB_STATE, records: state }], offsets: { group: job, commits } })
    this.#stats.commits++
    this.#committedAt = clock.now()
    if (whole) {
      this.#stats.snapshots++
      this.#snapshotCost = this.#committedAt - now
      this.#snapshotAt = this.#committedAt
    }
    if (outputs.length > 0) await onCommit?.(outputs)
  }

  #snapshot(now: number): OutRecord[] {
    const before = this.#commit
    const next = before.snapshot + 1
    const records = snapshotRecords(this.#o.job, savePipeline(this.#query.pipeline), { snapshot: next }, before, now)
    const parts = records.filter(({ value }) => value !== null).length
    const { source } = this.#query
    if (source !== undefined && before.text !== this.#text) records.push(sourceRecord(this.#o.job, source, now))
    this.#commit = {
      ...before,
      snapshot: next,
      parts,
      plan: this.#plan,
      text: this.#text,
      before: before.before + this.#given,
      positions: Object.fromEntries(this.#input.positions),
      time: this.#time,
    }
    this.#journal.clear()
    this.#onlyOnce = false
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
      const own = Math.max(...all.map((scan) => scan.watermarks.current))
      const newest = (await this.#o.drainTo?.(own)) ?? own
      if (!this.#o.ephemeral) for (const scan of all) scan.watermarks.advanceTo(newest)
      this.#query.finish?.()
      this.#collect()
    }
    // In order, with a snapshot: whoever goes on has nothing to take in again, and may have another text.
    if (drained || this.#journal.length > 0 || this.#pending.length > 0) await this.#save(true)
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** A job that has nothing to take in again. */
function endOf(commit: Commit, state: PipelineState): Ended {
  const { outputs, time, totals, positions } = commit
  return { commit, given: outputs, time, totals, positions: new Map(Object.entries(positions)), state }
}
