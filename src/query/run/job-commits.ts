import { createHash } from 'node:crypto'
import type { OffsetCommit, OutRecord, RecordBatch } from '../../bus/bus.ts'
import type { BusJobOptions, JobOutput, JobQuery } from './bus-job-options.ts'
import { BesideTopics, byTopic } from './job-outputs.ts'
import {
  type Commit,
  commitRecord,
  JOB_STATE,
  type JobStatus,
  type JobTotals,
  type JournalEntry,
  NO_COMMIT,
  snapshotRecords,
  sourceRecord,
} from './job-state.ts'
import type { TimeEntry } from './job-time.ts'
import { Journal } from './journal.ts'

/** A commit at least so often while records come, ms. */
const COMMIT_EVERY = 1000
/** A commit when so many rows wait, even while there is more to read. */
const MAX_PENDING = 5000
/** A new snapshot when the journal has become so long, or has so many records. */
const JOURNAL_ENTRIES = 200
const JOURNAL_RECORDS = 200_000
/** Snapshots may take one part in so many of the time. */
const SNAPSHOT_SHARE = 20

/** Where a job is when it commits. */
export interface Moment {
  /** `topic/partition` → the next offset. */
  readonly positions: ReadonlyMap<string, number>
  /** Timestamp of the record taken in last, ms. */
  readonly time: number
  readonly totals: JobTotals
  readonly status: JobStatus
  /** State of the steps, as plain data; asked for where there is a snapshot. */
  state(): unknown
  /** What is kept beside the place in a topic. */
  metadataOf?(topic: string): string
}

/**
 * What a job has committed, and when it does so again: what was read, what is remembered and what was written, in one transaction. Not every commit has a
 * snapshot of the state in it: in between it has the journal of what was taken in since, in its order.
 */
export class JobCommits {
  /** The newest one. */
  commit: Commit = NO_COMMIT
  /** Rows given out since the snapshot. */
  given = 0
  readonly plan: string
  readonly text: string
  readonly #o: Pick<BusJobOptions, 'bus' | 'job' | 'clock'>
  readonly #source: string | undefined
  readonly #beside: BesideTopics
  readonly #journal = new Journal()
  /** What is in the journal cannot be taken in again with the same result. */
  #onlyOnce = false
  #committedAt = 0
  #snapshotCost = 0
  #snapshotAt = 0

  constructor(options: Pick<BusJobOptions, 'bus' | 'job' | 'clock'>, { shape, text = shape, source }: JobQuery) {
    this.#o = options
    this.plan = hashOf(shape)
    this.text = hashOf(text)
    this.#source = source
    this.#beside = new BesideTopics(options.bus)
  }

  /** Whether anything was taken in since the snapshot. */
  get unsettled(): boolean {
    return this.#journal.length > 0
  }

  /** Time counts from now on. */
  begin(): void {
    this.#committedAt = this.#o.clock.now()
    this.#snapshotAt = this.#committedAt
  }

  /** Goes on from a commit. @param given rows given out since its snapshot */
  follow(commit: Commit, given: number): void {
    this.commit = commit
    this.given = given
  }

  /** What the newest commit has in its journal was taken in again. */
  settled(): void {
    this.#journal.changed = false
  }

  /** A row is given out. @returns how many that makes since the job first ran */
  gave(): number {
    return this.commit.before + ++this.given
  }

  /** @param once whether records of it may be gone when they are wanted again */
  took(batch: RecordBatch, once: boolean): void {
    this.#journal.took(batch.topic, batch.partition, batch.offset(0), batch.nextOffset, batch.count)
    this.#onlyOnce ||= once
  }

  note(entry: TimeEntry): void {
    this.#journal.note(entry)
  }

  /** How long there is nothing to do where nothing comes, ms. @param most of that for other reasons */
  patience(most: number): number {
    if (!this.#journal.changed) return Math.min(COMMIT_EVERY, most)
    return Math.max(2, Math.min(most, this.#committedAt + COMMIT_EVERY - this.#o.clock.now()))
  }

  /**
   * What waits in the inbox is taken in first: one commit for several batches under load, at once when there is nothing to wait for.
   * @param rows that wait to be written
   * @param empty whether nothing waits in the inbox
   */
  isDue(rows: number, empty: boolean): boolean {
    const now = this.#o.clock.now()
    const wanted = (rows > 0 && (empty || rows > MAX_PENDING)) || (this.#journal.changed && now - this.#committedAt >= COMMIT_EVERY)
    return wanted && (!this.#onlyOnce || this.#rested(now) || rows > MAX_PENDING)
  }

  #rested(now: number): boolean {
    return now - this.#snapshotAt >= this.#snapshotCost * SNAPSHOT_SHARE
  }

  /**
   * All of it, or nothing. @param snapshot there must be one; otherwise there is where the journal asks for it. @returns whether there is
   * @throws SHITOPS_E_FENCED
   */
  async write(outputs: readonly JobOutput[], moment: Moment, snapshot: boolean): Promise<boolean> {
    const { bus, job, clock } = this.#o
    const now = clock.now()
    const long = this.#journal.length > JOURNAL_ENTRIES || this.#journal.records > JOURNAL_RECORDS
    const whole = snapshot || this.#onlyOnce || (long && this.#rested(now)) || this.#journal.length > 20 * JOURNAL_ENTRIES
    const records = whole ? this.#snapshot(moment, now) : []
    const journal: JournalEntry[] = this.#journal.copy()
    this.commit = { ...this.commit, journal, outputs: this.given, totals: { ...moment.totals }, status: moment.status }
    this.#journal.changed = false
    const state = [...records, commitRecord(job, this.commit, now)]
    const commits = placesOf(moment)
    await this.#beside.create(outputs)
    await bus.transact({ id: job, appends: [...byTopic(outputs), { topic: JOB_STATE, records: state }], offsets: { group: job, commits } })
    this.#committedAt = clock.now()
    if (whole) {
      this.#snapshotCost = this.#committedAt - now
      this.#snapshotAt = this.#committedAt
    }
    return whole
  }

  #snapshot({ positions, time, state }: Moment, now: number): OutRecord[] {
    const before = this.commit
    const next = before.snapshot + 1
    const records = snapshotRecords(this.#o.job, state(), { snapshot: next }, before, now)
    const parts = records.filter(({ value }) => value !== null).length
    if (this.#source !== undefined && before.text !== this.text) records.push(sourceRecord(this.#o.job, this.#source, now))
    this.commit = {
      ...before,
      snapshot: next,
      parts,
      plan: this.plan,
      text: this.text,
      before: before.before + this.given,
      positions: Object.fromEntries(positions),
      time,
    }
    this.#journal.clear()
    this.#onlyOnce = false
    this.given = 0
    return records
  }
}

function placesOf({ positions, metadataOf }: Moment): OffsetCommit[] {
  return [...positions].map(([key, offset]) => {
    const slash = key.lastIndexOf('/')
    const topic = key.slice(0, slash)
    return { topic, partition: Number(key.slice(slash + 1)), offset, ...(metadataOf && { metadata: metadataOf(topic) }) }
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
