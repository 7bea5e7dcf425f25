import { setMaxListeners } from 'node:events'
import type { RecordBatch } from '../../bus/bus.ts'
import { BatchMeta } from './batch-meta.ts'
import { type BusJobOptions, type BusJobStats, type JobOutput, type JobQuery, MAX_ADVANCE } from './bus-job-options.ts'
import { Inbox } from './inbox.ts'
import { JobCommits, type Moment } from './job-commits.ts'
import { JobInput, topicOf } from './job-input.ts'
import { inputGone, ofAnotherQuery } from './job-refusals.ts'
import { type Commit, type JobTotals, type JournalEntry, NO_COMMIT, type Restored, takeOverJob } from './job-state.ts'
import { JobTime, type TimeEntry } from './job-time.ts'
import { OutputRecords } from './output-record.ts'
import { loadPipeline, type PipelineState, savePipeline } from './pipeline-state.ts'
import type { ScanInput } from './scan-input.ts'
import { takeAt } from './take-at.ts'

export type { BadRecord, BusJobOptions, BusJobStats, JobOutput, JobQuery, Jump } from './bus-job-options.ts'

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
  readonly #commits: JobCommits
  readonly #records: OutputRecords
  readonly #stats: BusJobStats = { records: 0, bad: 0, late: 0, jumps: 0, outputs: 0, commits: 0, snapshots: 0, replayed: 0 }
  #totals: JobTotals = { ...NO_COMMIT.totals }
  readonly #scans = new Map<string, ScanInput[]>()
  readonly #input: JobInput
  /** Topics whose records may be gone when they are wanted again, other than by age. */
  readonly #compacted = new Set<string>()
  readonly #inputTime: JobTime
  readonly #meta = new BatchMeta()
  #pending: JobOutput[] = []
  /** Rows that the last life has written: not to be written again. */
  #skip = 0
  #replaying = false
  /** Of the record taken in last: what a row without a time gets. */
  #time = 0
  /** Time spent in the query, ms. */
  #evaluation = 0

  private constructor(options: BusJobOptions, query = options.create()) {
    this.#o = options
    this.#query = query
    this.#commits = new JobCommits(options, query)
    this.#records = new OutputRecords(options.job)
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
    this.#commits.begin()
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
      const batch = await inbox.next(this.#commits.patience(this.#inputTime.every))
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
        if (!this.#o.ephemeral) this.#commits.note(entry)
        this.#pass(entry)
      }
      if (inbox.empty || this.#o.full?.()) await this.#o.flush?.()
      if (this.#o.enough?.()) return
      if (this.#commits.isDue(this.#pending.length, inbox.empty)) await this.#save(false)
    }
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
    if (found && before) this.#follow(before, found.commit.plan === this.#commits.plan)
    else if (found) await this.#restore(found.commit, found.state)
    await this.#input.begin()
    for (const [topic, scans] of this.#scans) {
      const partitions = (await this.#input.offsets(topic)).map(({ partition }) => partition)
      for (const scan of scans) scan.watermarks.expect(partitions)
    }
    // From here on the journal is that of this text.
    if (found?.commit.text !== this.#commits.text) await this.#save(true)
  }

  /**
   * Where the last life of the job had come to with the query that it had, where this is another one and that makes a difference: there is something
   * to be taken in again, or the state does not fit. State of another plan would give wrong answers.
   */
  async #before({ commit, state, source }: Restored): Promise<Ended | undefined> {
    const { plan, text } = this.#commits
    const [fits, same, settled] = [commit.plan === plan, commit.text === text, commit.journal.length === 0]
    if (fits && (same || settled)) {
      if (!same) this.#o.onChanged?.('kept')
      return undefined
    }
    const { revive, onChanged } = this.#o
    if (!revive || (!fits && !this.#query.carried)) throw ofAnotherQuery(this.#o.job, fits)
    const ended = settled && state ? endOf(commit, state as PipelineState) : await this.#relived({ commit, state }, source, revive)
    onChanged?.(fits ? 'kept' : 'anew')
    return ended
  }

  /** What the old query makes of what it took in since its last snapshot. */
  async #relived({ commit, state }: Restored, source: string | undefined, revive: (source: string) => Promise<JobQuery>): Promise<Ended> {
    const refusal = (cause?: unknown) => ofAnotherQuery(this.#o.job, commit.plan === this.#commits.plan, cause)
    if (source === undefined) throw refusal()
    const query = await revive(source).catch((cause: unknown) => {
      throw refusal(cause)
    })
    const last = new BusJob(this.#o, query)
    if (last.#commits.plan !== commit.plan || last.#commits.text !== commit.text) throw refusal()
    await last.#restore(commit, state)
    return {
      commit: last.#commits.commit,
      given: last.#commits.given,
      time: last.#time,
      totals: last.#totals,
      positions: last.#input.positions,
      state: savePipeline(last.#query.pipeline),
    }
  }

  /** Go on from where another query has come to. */
  #follow(last: Ended, fits: boolean): void {
    const { pipeline, carried = [] } = this.#query
    this.#commits.follow(last.commit, last.given)
    this.#time = last.time
    this.#totals = { ...last.totals }
    for (const [key, offset] of last.positions) if (this.#scans.has(topicOf(key))) this.#input.positions.set(key, offset)
    loadPipeline(pipeline, fits ? last.state : { steps: last.state.steps.filter(([id]) => carried.includes(id)), scans: [] })
    if (!fits) for (const values of pipeline.values) values.run()
    this.#inputTime.rest()
    this.#collect()
  }

  async #restore(commit: Commit, state: unknown): Promise<void> {
    this.#commits.follow(commit, 0)
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
    this.#commits.settled()
    if (this.#skip > 0 || this.#pending.length > 0) throw inputGone(this.#o.job, 'the rows that it has written do not come out again')
    // What another text makes of the state at once.
    if (commit.text !== this.#commits.text) this.#give(first)
  }

  async #replay(entry: JournalEntry): Promise<void> {
    if (!('from' in entry)) {
      // As what is read: the next life takes in again what this one has.
      this.#commits.note(entry)
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
      if (!this.#o.ephemeral) this.#commits.took(batch, this.#compacted.has(topic))
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
      const row = this.#commits.gave()
      if (output.late) this.#count('late', 1)
      if (this.#skip > 0) this.#skip--
      else this.#pending.push(this.#o.ephemeral ? output : this.#records.make(output, row, this.#time))
    }
  }

  /** Time passes though no record came. */
  #pass(entry: TimeEntry): void {
    this.#inputTime.apply(entry)
    this.#collect()
  }

  async #save(snapshot: boolean): Promise<void> {
    const { ephemeral, onCommit } = this.#o
    const outputs = this.#pending
    this.#pending = []
    if (ephemeral) this.#commits.begin()
    else {
      this.#count('outputs', outputs.length)
      const whole = await this.#commits.write(outputs, this.#moment(), snapshot || this.#query.impure?.() === true)
      this.#stats.commits++
      if (whole) this.#stats.snapshots++
    }
    if (outputs.length > 0) await onCommit?.(outputs)
  }

  #moment(): Moment {
    return {
      positions: this.#input.positions,
      time: this.#time,
      totals: this.#totals,
      status: { watermark: this.#inputTime.watermark(), evaluation_s: Math.round(this.#evaluation) / 1000 },
      state: () => savePipeline(this.#query.pipeline),
      ...(this.#o.siblings && { metadataOf: (topic: string) => this.#inputTime.markOf(topic) }),
    }
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
    if (drained || this.#commits.unsettled || this.#pending.length > 0) await this.#save(true)
  }
}

/** A job that has nothing to take in again. */
function endOf(commit: Commit, state: PipelineState): Ended {
  const { outputs, time, totals, positions } = commit
  return { commit, given: outputs, time, totals, positions: new Map(Object.entries(positions)), state }
}
