import type { Clock } from '../../base/clock.ts'
import type { Bus, OutRecord, RecordBatch } from '../../bus/bus.ts'
import type { Pipeline } from './build.ts'
import type { ScanInput } from './scan-input.ts'

/** A record that a job writes, and where. Without a timestamp it gets that of the record that brought it about. */
export interface JobOutput extends OutRecord {
  readonly topic: string
  /** A row that came behind the watermark and is kept beside the result: counted as such. */
  readonly late?: boolean
}

/** A query as a job runs it: its pipeline, and what it gives out. */
export interface JobQuery {
  readonly pipeline: Pipeline
  /** What its state is, in words: state of another shape is not taken over (plan/shape.ts). */
  readonly shape: string
  /** What it is in every detail. Where it has changed and the shape has not, the state of a job that was stopped in order is taken over. */
  readonly text?: string
  /** What {@link BusJobOptions.revive} makes the query of again, once another one has taken its place. */
  readonly source?: string
  /** Steps whose state means the same whatever the others do: kept where the plan has changed and the job begins anew. */
  readonly carried?: readonly string[]
  /** Records given out since the last call, in order. Called after each record. */
  take(): JobOutput[]
  /** The input has come to the end that it had: told once, behind the last record. */
  finish?(): void
  /** Whether it has looked at the clock or at chance: the same input then need not give the same rows, and each commit takes a snapshot. */
  impure?(): boolean
}

/** A record that cannot be read. */
export interface BadRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly reason: string
  readonly batch: RecordBatch
  readonly index: number
}

/** A record so far ahead of its partition that the watermark did not follow it. */
export interface Jump {
  readonly topic: string
  readonly partition: number
  /** What the watermark would have become, ms. */
  readonly mark: number
  /** What it is, ms. */
  readonly current: number
}

export interface BusJobOptions {
  readonly bus: Bus
  readonly clock: Clock
  /** Stable name of the job: its state and its place in the input belong to it. */
  readonly job: string
  readonly create: () => JobQuery
  /**
   * The query that the job had before, of its {@link JobQuery.source}: it takes in again what it read since its last snapshot, so that another text may
   * go on from there, and the job begins anew where the state does not fit. Absent: such changes are refused. Rejects where it can be made no more.
   */
  readonly revive?: (source: string) => Promise<JobQuery>
  /** Told that the job had another query: its state is kept, or it begins anew at its place in the input. */
  readonly onChanged?: (what: 'kept' | 'anew') => void
  /** The topic of a scan; undefined for one whose table lies elsewhere ({@link prepare}). */
  readonly topicOf: (scan: ScanInput) => string | undefined
  /** Only these partitions of every topic; all where absent. */
  readonly partitions?: (partition: number) => boolean
  /**
   * Jobs that run the same query over the other partitions. A job all of whose partitions are idle follows their watermarks, as it would if it read
   * theirs too.
   */
  readonly siblings?: readonly string[]
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
  /** With `untilEnd`: up to where time has come for all jobs that end together, ms, of where it has come for this one. */
  readonly drainTo?: (newest: number) => Promise<number>
  readonly signal: AbortSignal
  /** A partition with nothing new for so long (ms) holds back the watermark no longer. */
  readonly idleTimeout: number
  /** How far one record may carry the watermark of its partition, ms; default {@link MAX_ADVANCE}, Infinity for as far as it says. */
  readonly maxAdvance?: number
  /** What becomes of a record that cannot be read: its dead letter, or nothing. Asked once per record, in its place among the rows. */
  readonly onBad: (bad: BadRecord) => JobOutput | undefined
  readonly onJump?: (jump: Jump) => void
  /** Its place in the input is known: what is appended from here on will be read. */
  readonly onStarted?: () => void
  /** What was written, or for an ephemeral job what came out; it is waited for. */
  readonly onCommit?: (outputs: readonly JobOutput[]) => Promise<void> | void
}

/** One day: a record that says it is from 2087 does not close the windows of today. */
export const MAX_ADVANCE = 86_400_000

/** What one life of a job has done. What a successor takes in again is not counted again. */
export interface BusJobStats {
  records: number
  bad: number
  late: number
  /** Records that were ahead of their partition by more than `maxAdvance`. */
  jumps: number
  outputs: number
  commits: number
  snapshots: number
  /** Rows of the last life of the job that were made again and not written again. */
  replayed: number
}
