import { setMaxListeners } from 'node:events'
import { deserialize, serialize } from 'node:v8'
import type { Clock } from '../../base/clock.ts'
import type { Bus, OutRecord } from '../../bus/bus.ts'
import { readStanding } from '../../bus/ops/read-standing.ts'

/** Where jobs keep what they remember: compacted, written in one transaction with their outputs. */
export const JOB_STATE = 'job_state'
export const JOB_STATE_SPEC = { name: JOB_STATE, partitions: 1, config: { 'cleanup.policy': 'compact' } } as const

/** Bytes of a snapshot in one record: below what brokers take by default. */
const PART_BYTES = 512 * 1024

/**
 * Something that a job took in, in order: so many records of a partition, that a partition is taken for idle from here on, or that time has come
 * to `mark` in the partitions that other units of the job read.
 */
export type JournalEntry =
  | { readonly topic: string; readonly partition: number; readonly from: number; to: number; count: number }
  | { readonly topic: string; readonly partition: number; readonly idle: true }
  | { readonly topic: string; readonly mark: number }

/** What a job has done since it first ran. */
export interface JobTotals {
  records: number
  bad: number
  late: number
  jumps: number
  outputs: number
}

/**
 * The newest commit of a job: the snapshot it builds on, and what came after that. Whoever takes over loads the snapshot and takes in the journal
 * again: the same entries give the same rows, of which the first `outputs` are on the bus already.
 */
export interface Commit {
  /** Counts snapshots: part of their keys. */
  readonly snapshot: number
  readonly parts: number
  /** Hash of the shape of the plan; a job whose plan has another does not take the state over. */
  readonly plan: string
  /** Hash of the plan in every detail: only the same one gives the same rows for the journal. */
  readonly text: string
  readonly journal: readonly JournalEntry[]
  /** Rows given out since the snapshot. */
  readonly outputs: number
  /** Rows given out since the job first ran, up to the snapshot. */
  readonly before: number
  /** `topic/partition` → the next offset, at the snapshot. */
  readonly positions: Readonly<Record<string, number>>
  /** Timestamp of the record taken in last, at the snapshot, ms. */
  readonly time: number
  readonly totals: JobTotals
  /** For those who look on; nothing depends on it. */
  readonly status?: JobStatus
}

/** How a job is doing, as of a commit. */
export interface JobStatus {
  /** Event time up to which all of its input has come, ms since the epoch; null before that can be told. */
  readonly watermark: number | null
  /** Time spent in the query since the job first ran, s. */
  readonly evaluation_s: number
}

export const NO_COMMIT: Commit = {
  snapshot: 0,
  parts: 0,
  plan: '',
  text: '',
  journal: [],
  outputs: 0,
  before: 0,
  positions: {},
  time: 0,
  totals: { records: 0, bad: 0, late: 0, jumps: 0, outputs: 0 },
}

export interface Restored {
  readonly commit: Commit
  /** The query itself, for one that can be made again of its text (see JobQuery.source). */
  readonly source?: string
  /** Plain data, as `save()` of the steps gave it; undefined for a job that has no snapshot yet. */
  readonly state: unknown
}

const commitKey = (job: string): string => `${job}/commit`
const sourceKey = (job: string): string => `${job}/query`
const partKey = (job: string, snapshot: number, part: number): string => `${job}/snapshot/${snapshot}/${part}`

/**
 * Fences whoever ran a job before, and reads what that one has left: the newest commit of the job and its snapshot, or undefined for a job that never ran.
 */
export async function takeOverJob(bus: Bus, job: string, signal?: AbortSignal): Promise<Restored | undefined> {
  const { standing } = await bus.takeOver(job, { topics: [JOB_STATE] })
  const upTo = standing.get(JOB_STATE)?.[0]?.to ?? 0
  const records = await readState(bus, { wanted: (key) => belongsTo(key, job), upTo }, signal)
  const found = records.get(commitKey(job))
  if (!found || signal?.aborted) return undefined
  const commit = { ...NO_COMMIT, ...(JSON.parse(found.toString()) as Partial<Commit>) }
  const parts = Array.from({ length: commit.parts }, (_, i) => records.get(partKey(job, commit.snapshot, i)))
  if (parts.some((part) => part === undefined)) throw new Error(`the snapshot of job ${job} is not whole in ${JOB_STATE}`)
  const source = records.get(sourceKey(job))?.toString()
  const state = commit.parts > 0 ? deserialize(Buffer.concat(parts as Buffer[])) : undefined
  return { commit, ...(source !== undefined && { source }), state }
}

type Wanted = (key: string) => boolean

interface Question {
  readonly wanted: Wanted
  /** Offset up to which at least is read. */
  readonly upTo: number
}

interface Request extends Question {
  readonly signal: AbortSignal | undefined
  readonly resolve: (records: Map<string, Buffer>) => void
  readonly reject: (error: unknown) => void
}

/** Who waits to read the state, by bus: the many parts of a job begin at once, and need not each go through the topic. */
const waiting = new WeakMap<Bus, Request[]>()

/**
 * What is kept under the keys that are wanted, as of now or later: what is asked for while the topic is read is read together in the next pass, which begins
 * after it was asked for.
 */
function readState(bus: Bus, question: Question, signal?: AbortSignal): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const request = { ...question, signal, resolve, reject }
    const queue = waiting.get(bus)
    if (queue) queue.push(request)
    else {
      waiting.set(bus, [request])
      void readAll(bus)
    }
  })
}

async function readAll(bus: Bus): Promise<void> {
  for (;;) {
    // Those of this turn of the event loop together.
    await Promise.resolve()
    const requests = waiting.get(bus) ?? []
    if (requests.length === 0) break
    waiting.set(bus, [])
    try {
      const found = await readOnce(bus, requests)
      for (const [i, { resolve }] of requests.entries()) resolve(found[i] as Map<string, Buffer>)
    } catch (error) {
      for (const { reject } of requests) reject(error)
    }
  }
  waiting.delete(bus)
}

/**
 * On Kafka another job's transaction that is still open may hide the newest of what is wanted: that is waited for, since an older commit would be taken for
 * the newest.
 */
async function readOnce(bus: Bus, requests: readonly Request[]): Promise<Array<Map<string, Buffer>>> {
  const found = requests.map(() => new Map<string, Buffer>())
  // Not further than now: other jobs go on committing, and there would always be a transaction that is not decided.
  const to = Math.max((await bus.offsets(JOB_STATE))[0]?.latest ?? 0, ...requests.map(({ upTo }) => upTo))
  const gone = new AbortController()
  // One for each who asks: a command may run dozens of jobs.
  setMaxListeners(0, gone.signal)
  const look = () => {
    if (requests.every(({ signal }) => signal?.aborted)) gone.abort()
  }
  for (const { signal } of requests) signal?.addEventListener('abort', look, { signal: gone.signal })
  look()
  const standing = new Map([[JOB_STATE, [{ partition: 0, from: 0, to }]]])
  for await (const batch of readStanding(bus, JOB_STATE, { standing }, gone.signal)) {
    for (let i = 0; i < batch.count; i++) {
      const key = batch.key(i)?.toString() ?? ''
      for (const [r, { wanted }] of requests.entries()) {
        if (!wanted(key)) continue
        const value = batch.value(i)
        // A copy: the batch's memory would be held by it.
        if (value) found[r]?.set(key, Buffer.from(value))
        else found[r]?.delete(key)
      }
    }
  }
  gone.abort()
  return found
}

/** The name of one of `count` units into which a job is split by partitions; the job's own where it is not split. */
export function unitName(job: string, index: number, count: number): string {
  return count === 1 ? job : `${job}@${index}of${count}`
}

/** The newest commit of each job that has state, by name. */
export async function readCommits(bus: Bus): Promise<Map<string, Commit>> {
  const records = await readState(bus, { wanted: (key) => key.endsWith('/commit'), upTo: 0 })
  return new Map([...records].map(([key, value]) => [key.slice(0, -'/commit'.length), { ...NO_COMMIT, ...JSON.parse(value.toString()) }]))
}

/** The names under which a job has state: its own, or those of its units. */
export function namesOf(names: Iterable<string>, job: string): string[] {
  return [...names].filter((name) => name === job || (name.startsWith(`${job}@`) && /^@\d+of\d+$/.test(name.slice(job.length))))
}

/** Forgets a job and its units: what they remember, and their places in the input. Who runs them is fenced. */
export async function forgetJob(bus: Bus, job: string, clock: Clock): Promise<void> {
  for (const name of namesOf((await readCommits(bus)).keys(), job)) {
    const { commit } = (await takeOverJob(bus, name)) ?? { commit: NO_COMMIT }
    await bus.transact({ id: name, appends: [{ topic: JOB_STATE, records: forgetRecords(name, commit, clock.now()) }] })
    const groups = await bus.listGroups()
    if (groups.some(({ group }) => group === name)) await bus.deleteGroup(name)
  }
}

/** A job may be named as the beginning of another one's path: `close` and `close/late`. */
function belongsTo(key: string, job: string): boolean {
  return key === commitKey(job) || key === sourceKey(job) || key.startsWith(`${job}/snapshot/`)
}

/** The query of a job as a record, so that a successor with another one can still take in again what this one did. */
export function sourceRecord(job: string, source: string, timestamp: number): OutRecord {
  return { key: sourceKey(job), value: source, timestamp }
}

/** A commit as a record. */
export function commitRecord(job: string, commit: Commit, timestamp: number): OutRecord {
  return { key: commitKey(job), value: JSON.stringify(commit), timestamp, headers: [['content-type', 'application/json']] }
}

/** A snapshot as records, and tombstones for the one before. */
export function snapshotRecords(
  job: string,
  state: unknown,
  now: { snapshot: number },
  before: { snapshot: number; parts: number },
  timestamp: number,
): OutRecord[] {
  const bytes = serialize(state)
  const records: OutRecord[] = []
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    records.push({ key: partKey(job, now.snapshot, records.length), value: bytes.subarray(at, at + PART_BYTES), timestamp })
  }
  const old = Array.from({ length: before.parts }, (_, i): OutRecord => ({ key: partKey(job, before.snapshot, i), value: null, timestamp }))
  return [...records, ...old]
}

/** Tombstones for all that is kept of a job. */
function forgetRecords(job: string, commit: Commit, timestamp: number): OutRecord[] {
  const parts = Array.from(
    { length: commit.parts },
    (_, i): OutRecord => ({ key: partKey(job, commit.snapshot, i), value: null, timestamp }),
  )
  return [{ key: commitKey(job), value: null, timestamp }, { key: sourceKey(job), value: null, timestamp }, ...parts]
}
