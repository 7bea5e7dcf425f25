import { TOPIC_NAMES, topicSpec } from '../../events/topics.ts'

/**
 * Where copies of a partition are to lie. `even`: over as many racks as there are copies, as evenly as goes; `{racks: N}`: in N racks at
 * least; `any`: wherever they are.
 */
export type PlacementRule = 'even' | 'any' | { readonly racks: number }

/** A topic as it ought to be. */
export interface DesiredTopic {
  name: string
  /** It ought not to be. */
  absent: boolean
  partitions: number
  /** Copies of each partition. */
  replication: number
  placement: PlacementRule
  /** By their Kafka names; null: the cluster's own value. Settings that are not named stay as they are. */
  config: Readonly<Record<string, string | null>>
}

/** What a topics.yaml says. Topics that are not in it are left alone. */
export interface DesiredTopics {
  /** The only cluster that it is for, by its id; null: any. */
  cluster: string | null
  /** Brokers that are to hold no copies of these topics. */
  drain: readonly number[]
  topics: readonly DesiredTopic[]
}

export const MIN_INSYNC = 'min.insync.replicas'
export const CLEANUP = 'cleanup.policy'
export const RETENTION_MS = 'retention.ms'
export const RETENTION_BYTES = 'retention.bytes'
export const UNCLEAN = 'unclean.leader.election.enable'

/** Any one broker may fail without a record lost or a write refused. */
const SAFE_COPIES = 3
const SAFE_IN_SYNC = 2

/**
 * The topics of the design, as `src/events` has them, safe to the loss of a broker where there are enough brokers for that.
 * @param brokers how many there are; 3 copies are meant for any cluster of 3 or more, and 0 is the embedded bus, where no setting speaks of copies
 */
export function designedTopics(brokers: number = SAFE_COPIES): DesiredTopics {
  const replication = Math.max(1, Math.min(SAFE_COPIES, brokers))
  const safety = brokers > 0 && {
    [MIN_INSYNC]: String(replication >= SAFE_COPIES ? SAFE_IN_SYNC : 1),
    [UNCLEAN]: 'false',
  }
  const topics = TOPIC_NAMES.flatMap((name): DesiredTopic[] => {
    const spec = topicSpec(name)
    if (!spec) return []
    return [{ name, absent: false, partitions: spec.partitions, replication, placement: 'even', config: { ...spec.config, ...safety } }]
  })
  return { cluster: null, drain: [], topics }
}
