import type { Naming } from './naming.ts'

/** One partition of a mirrored topic. */
export interface MirrorPartition {
  partition: number
  /** Offset that the next record of the source gets. */
  latest: number
  /** Offset of the source up to which the mirror has everything; null where it cannot be told. */
  mirrored: number | null
  /** Records that the mirror is behind; null is unknown, which is not 0. */
  lag: number | null
  /** ms between the newest record of the source and that of the mirror; null where one of them has none. */
  behindMs: number | null
}

export interface MirrorTopic {
  topic: string
  mirror: string
  /** null where there is no mirror. */
  partitions: MirrorPartition[] | null
}

/** Where a group of the source would go on at the mirror. */
export interface MirrorGroup {
  group: string
  topic: string
  partition: number
  /** Next offset to read on the source. */
  committed: number
  /** Next offset to read of the mirror, by MirrorMaker's checkpoint; null where there is none. */
  translated: number | null
  /** Offset that the group has on the target cluster, where MirrorMaker (sync.group.offsets.enabled) or somebody else has set one. */
  synced: number | null
  /** Records that it would read a second time; null is unknown. */
  again: number | null
}

export type MirrorProblem =
  | 'silent'
  | 'topic-missing'
  | 'partitions-missing'
  | 'policy-differs'
  | 'behind'
  | 'lag-unknown'
  | 'mirror-replaced'
  | 'not-translated'
  | 'translated-too-far'

export interface MirrorFinding {
  problem: MirrorProblem
  severity: 'error' | 'warning'
  /** The topic, `topic/partition` or `group on topic/partition` that it is about. */
  subject: string
  message: string
  /** What to do. */
  advice: string
}

export interface MirrorReport {
  naming: Naming
  /** ms since MirrorMaker last gave a sign of life; null where it never has. */
  silentMs: number | null
  topics: MirrorTopic[]
  groups: MirrorGroup[]
  findings: MirrorFinding[]
}
