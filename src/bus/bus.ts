/**
 * The bus: topics, partitions, offsets, groups, timestamps, headers, compaction and retention mean what they mean in Kafka.
 * Two implementations (embedded/, kafka/), one contract suite (test/bus/contract.ts). Values travel as bytes: the bus never parses them.
 */

import type { OutHeaders } from './header-template.ts'

/** Header names may repeat, as in Kafka; values are bytes (text is UTF-8). */
export type Headers = ReadonlyArray<readonly [name: string, value: Buffer]>

/** A record to write. */
export interface OutRecord {
  key: Buffer | string | null
  /** null is a tombstone: on a compacted topic it deletes the key. */
  value: Buffer | string | null
  /** Event time in ms since the epoch; the bus's clock when absent. */
  timestamp?: number
  headers?: OutHeaders
  /** Chosen from the key (murmur2, as Kafka's default partitioner) when absent. */
  partition?: number
}

/** A record as read. */
export interface BusRecord {
  topic: string
  partition: number
  offset: number
  /** ms since the epoch */
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: Headers
}

/**
 * Records of one partition as they lay together in the log. The accessors decode nothing but what is asked for, so a reader
 * that needs only values pays only for values; buffers are views, valid for as long as they are referenced.
 */
export interface RecordBatch extends Iterable<BusRecord> {
  readonly topic: string
  readonly partition: number
  /** 0 where a group member is only told that the position has moved: over transaction markers, aborted or compacted records. */
  readonly count: number
  /** Next offset to read after this batch. */
  readonly nextOffset: number
  /** First offset not yet readable in this partition when the batch was read. */
  readonly highWatermark: number
  offset(i: number): number
  timestamp(i: number): number
  key(i: number): Buffer | null
  value(i: number): Buffer | null
  headers(i: number): Headers
  record(i: number): BusRecord
  /**
   * The values from `from` up to but not including `to`, each with a line break behind it (a tombstone is an empty line), in one piece or several,
   * made in place out of the batch's own memory: those records cannot be asked for any more. Only where the read was
   * {@link ReadOptions.transient}, and null or absent where the bus has no such memory. Each piece is made when it is asked for, and stays as it is; what
   * is found damaged only then is thrown behind what is good.
   */
  takeLines?(from: number, to: number): Iterable<Buffer> | null
}

export interface TopicPartition {
  topic: string
  partition: number
}

/**
 * When an append counts as done: `none`: handed over; `commit`: readable by every process and safe against kill -9 of any
 * of them; `flushed`: on disk, safe against power loss. On Kafka `none` is acks=0 and the other two are acks=all.
 */
export type Acks = 'none' | 'commit' | 'flushed'

export interface AppendResult extends TopicPartition {
  baseOffset: number
  count: number
}

/** `offset` is the next one to read; `metadata` is free text of at most 4,096 bytes. */
export interface OffsetCommit extends TopicPartition {
  offset: number
  metadata?: string
}

/** Records and group offsets that become visible together, or not at all. */
export interface Transaction {
  /** Stable name of the writer: on Kafka the transactional.id, so that a newer instance fences an older one. */
  id: string
  appends: ReadonlyArray<{ topic: string; records: readonly OutRecord[] }>
  offsets?: { group: string; commits: readonly OffsetCommit[]; claim?: Claim }
}

/** What somebody who takes over has to know of what was before. */
export interface TakeOver {
  /** Topics in which that lies: how far have they to be read? */
  topics?: readonly string[]
  /**
   * A group whose positions are part of it, and a topic that is there and may be read: Kafka wants one to be named. Without one they are what the coordinator
   * tells once nothing is under way any more; one that was frozen may tell of older ones.
   */
  group?: { name: string; anchor?: string }
  /** By whoever has taken over already: how far have the topics to be read now? Nobody is fenced; who was fenced meanwhile is told so. */
  again?: boolean
}

export interface TakenOver {
  /** By topic what is to be read: all that was acknowledged in it before. Read it with `follow`, or it ends where a broker says that the topic ends. */
  standing: ReadonlyMap<string, readonly PartitionRange[]>
  /** What the group has committed. */
  commits: readonly OffsetCommit[]
}

export interface PartitionRange {
  partition: number
  /** First offset to read; raised to the earliest still held. */
  from: number
  /** Offset to stop before; the high watermark at the time of the call when absent and not following. */
  to?: number
}

/** Offsets from `from` up to but not including `to` that cannot be read. */
export interface Damage extends TopicPartition {
  from: number
  to: number
  /** In words: a checksum, records that are missing. */
  why: string
}

export interface ReadOptions {
  topic: string
  partitions: readonly PartitionRange[]
  /** Go on past the end as records arrive, until the signal aborts (partitions with a `to` still end there). */
  follow?: boolean
  signal?: AbortSignal
  /** Most bytes in one batch, about; default 1 MiB. */
  maxBatchBytes?: number
  /** A batch, and what came out of it, is good only until the next one is asked for: the bus may use its memory again. */
  transient?: boolean
  /** Told of damaged offsets that the read goes past. Kafka does not go past them: there the read rejects with SHITOPS_E_BUS_CORRUPT. */
  onDamage?(damage: Damage): void
  /** Told where a read that does not follow ends before its range does: from `offset` on, records wait for a transaction to be decided. Kafka only. */
  onUndecided?(partition: number, offset: number): void
}

/** A group member's hold on the partition it is reading. */
export interface Claim {
  readonly group: string
  readonly memberId: string
  readonly generation: number
  /** Commit the position; rejects with SHITOPS_E_FENCED once the partition has gone to another member. */
  commit(nextOffset: number, metadata?: string): Promise<void>
  /** Say "still here" inside a long batch. */
  heartbeat(): Promise<void>
  /** False once stopping or fenced: leave the batch without committing. */
  active(): boolean
}

export interface ConsumeOptions {
  group: string
  topics: readonly string[]
  /** Where to start where the group has no committed offset. */
  start: 'earliest' | 'latest'
  signal: AbortSignal
  /** One batch at a time per partition, in order. Offsets are committed only through the claim. A rejection ends consume() with it. */
  onBatch(batch: RecordBatch, claim: Claim): Promise<void>
  onAssigned?(partitions: readonly TopicPartition[]): void
  onRevoked?(partitions: readonly TopicPartition[]): void
  maxBatchBytes?: number
  /** A member not heard of for this long loses its partitions; default 6,000 ms embedded, 30,000 ms Kafka. */
  sessionTimeoutMs?: number
}

export interface PartitionOffsets {
  partition: number
  /** First offset still held. */
  earliest: number
  /** The high watermark: the offset the next record will get. */
  latest: number
}

/** Topic settings by their Kafka names and text values: cleanup.policy, retention.ms, retention.bytes, … */
export type TopicConfig = Readonly<Record<string, string>>

export interface TopicSpec {
  name: string
  partitions: number
  /** Kafka only; ignored embedded. Absent: the broker's default. */
  replication?: number
  config?: TopicConfig
}

export interface TopicDescription {
  name: string
  config: TopicConfig
  partitions: ReadonlyArray<
    PartitionOffsets & {
      /** Broker ids; embedded has one "broker", 0. */
      leader: number | null
      replicas: readonly number[]
      inSync: readonly number[]
      /** On-disk bytes where the bus can tell. */
      bytes: number | null
    }
  >
}

export interface GroupSummary {
  group: string
  state: string
  members: number
}

export interface GroupDescription extends GroupSummary {
  memberList: ReadonlyArray<{ id: string; clientId: string; host: string; partitions: readonly TopicPartition[] }>
  /** Lag is null where it is unknown (no commit, or the topic is gone): unknown is not 0. */
  offsets: ReadonlyArray<TopicPartition & { committed: number | null; latest: number | null; lag: number | null; metadata: string }>
}

export interface BusHealth {
  /** Facts for `doctor`, in words: version, size, brokers, … */
  facts: ReadonlyArray<readonly [name: string, value: string]>
  warnings: readonly string[]
}

/** Takes lines for a topic, see {@link Bus.appendLines}: a source puts its bytes where they are wanted, and says how many it put there. */
export interface LineAppender {
  /** Where the next bytes go, one at least. Waits for room while what came before is on its way; throws, or rejects, when that could not be written. */
  space(): Buffer | Promise<Buffer>
  /** So many bytes were put there. They may end anywhere. */
  took(bytes: number): void
  /** Resolves with the number of records when all are written. What comes after the last line break is a line too, unless the input was cut short. */
  end(options?: { cutShort?: boolean }): Promise<number>
  /** Aborts when something could not be written: nobody need wait for more input. */
  readonly failed: AbortSignal
}

export interface Bus {
  /** What was opened, without secrets. */
  readonly url: string

  /** Append in order; per partition the order given is the order of offsets. Missing known topics are created by {@link openBus}'s callers, never here. */
  append(topic: string, records: readonly OutRecord[], options?: { acks?: Acks }): Promise<AppendResult[]>
  /**
   * For a record of each line of what is read: the line is the value, whatever it holds, and an empty one an empty value.
   * Absent where that costs no less than {@link append}. @param key of every record
   */
  appendLines?(topic: string, key: Buffer | null): LineAppender
  /**
   * An empty transaction takes over its `id`: whoever used it before is fenced, and what they had written is settled; also one that was fenced itself
   * takes it back so.
   */
  transact(transaction: Transaction): Promise<AppendResult[]>
  /**
   * As an empty transaction, and says what is to be known then. Not as {@link offsets} and {@link fetchOffsets} say it: a broker that was frozen, and has not
   * been told yet that it leads no more, answers them with what was. What it is asked to write it cannot answer: so something is written, and taken
   * back, that nobody sees.
   */
  takeOver(id: string, what?: TakeOver): Promise<TakenOver>

  /** A range, or a range and what follows. Never joins a group, never commits. Batches of different partitions interleave. */
  read(options: ReadOptions): AsyncIterable<RecordBatch>
  /** Read as a member of a group until the signal aborts; partitions are shared between members and move when one dies. */
  consume(options: ConsumeOptions): Promise<void>

  /** Per partition, ordered by partition. Rejects with SHITOPS_E_TOPIC_UNKNOWN. */
  offsets(topic: string): Promise<PartitionOffsets[]>
  /** First offset whose record time is >= `timestamp`, or the high watermark where there is none. */
  offsetsAt(topic: string, timestamp: number): Promise<Array<{ partition: number; offset: number }>>

  listTopics(): Promise<string[]>
  describeTopic(topic: string): Promise<TopicDescription>
  createTopic(spec: TopicSpec): Promise<void>
  /** Changes these settings and leaves the others; null puts one back to its default. Kafka only. */
  alterTopic?(topic: string, changes: Readonly<Record<string, string | null>>, options?: { validateOnly?: boolean }): Promise<void>
  deleteTopic(topic: string): Promise<void>

  listGroups(): Promise<GroupSummary[]>
  describeGroup(group: string): Promise<GroupDescription>
  fetchOffsets(group: string, topics: readonly string[]): Promise<OffsetCommit[]>
  /** From outside the group: refused with SHITOPS_E_GROUP_ACTIVE while it has members. */
  commitOffsets(group: string, commits: readonly OffsetCommit[]): Promise<void>
  deleteGroup(group: string): Promise<void>

  health(): Promise<BusHealth>
  /** Flush what is pending and let go; idempotent. */
  close(): Promise<void>
}
