import { deserialize, serialize } from 'node:v8'
import type { Bus, OutRecord } from '../../bus/bus.ts'

/** Where jobs keep what they remember: compacted, written in one transaction with their outputs. */
export const JOB_STATE = 'job_state'
export const JOB_STATE_SPEC = { name: JOB_STATE, partitions: 1, config: { 'cleanup.policy': 'compact' } } as const

/** Bytes of a snapshot in one record: below what brokers take by default. */
const PART_BYTES = 512 * 1024

/** Something that a job took in, in order: records of a partition, or that a partition is taken for idle from here on. */
export type JournalEntry =
  | { readonly topic: string; readonly partition: number; readonly from: number; to: number }
  | { readonly topic: string; readonly partition: number; readonly idle: true }

/**
 * The newest commit of a job: the snapshot it builds on, and what came after that. Whoever takes over loads the snapshot and takes in the journal
 * again: the same entries give the same rows, of which the first `outputs` are on the bus already.
 */
export interface Commit {
  /** Counts snapshots: part of their keys. */
  readonly snapshot: number
  readonly parts: number
  /** What the plan was; a job whose plan is another does not take the state over. */
  readonly plan: string
  readonly journal: readonly JournalEntry[]
  /** Rows given out since the snapshot. */
  readonly outputs: number
  /** Rows given out since the job first ran, up to the snapshot. */
  readonly before: number
  /** `topic/partition` → the next offset, at the snapshot. */
  readonly positions: Readonly<Record<string, number>>
}

export interface Restored {
  readonly commit: Commit
  /** Plain data, as `save()` of the steps gave it; undefined for a job that has no snapshot yet. */
  readonly state: unknown
}

const commitKey = (job: string): string => `${job}/commit`
const partKey = (job: string, snapshot: number, part: number): string => `${job}/snapshot/${snapshot}/${part}`

/** The newest commit of a job and its snapshot, or undefined for a job that never ran. */
export async function readJob(bus: Bus, job: string): Promise<Restored | undefined> {
  const records = new Map<string, Buffer>()
  for await (const batch of bus.read({ topic: JOB_STATE, partitions: [{ partition: 0, from: 0 }] })) {
    for (let i = 0; i < batch.count; i++) {
      const key = batch.key(i)?.toString() ?? ''
      if (!key.startsWith(`${job}/`)) continue
      const value = batch.value(i)
      // A copy: the batch's memory would be held by it.
      if (value) records.set(key, Buffer.from(value))
      else records.delete(key)
    }
  }
  const found = records.get(commitKey(job))
  if (!found) return undefined
  const commit = JSON.parse(found.toString()) as Commit
  const parts = Array.from({ length: commit.parts }, (_, i) => records.get(partKey(job, commit.snapshot, i)))
  if (parts.some((part) => part === undefined)) return undefined
  return { commit, state: commit.parts > 0 ? deserialize(Buffer.concat(parts as Buffer[])) : undefined }
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

/** Forgets what a job remembers: it begins anew. @returns false when there was nothing */
export async function forgetJob(bus: Bus, job: string, now: number): Promise<boolean> {
  const keys = new Set<string>()
  for await (const batch of bus.read({ topic: JOB_STATE, partitions: [{ partition: 0, from: 0 }] })) {
    for (let i = 0; i < batch.count; i++) {
      const key = batch.key(i)?.toString() ?? ''
      if (!key.startsWith(`${job}/`)) continue
      if (batch.value(i)) keys.add(key)
      else keys.delete(key)
    }
  }
  const records = [...keys].map((key): OutRecord => ({ key, value: null, timestamp: now }))
  // In the job's name: an instance of it that still runs can write no more.
  await bus.transact({ id: job, appends: records.length > 0 ? [{ topic: JOB_STATE, records }] : [] })
  return records.length > 0
}
