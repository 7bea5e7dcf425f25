import type { ObservedCluster, ObservedTopic } from '../admin.ts'
import type { UnthrottleStep } from './steps.ts'

/** Lists of `partition:broker` that a throttle holds back; `*` is all, which nobody sets for one move. */
export const THROTTLED = ['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas'] as const
export const RATES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'] as const

export const isMoving = ({ partitions }: ObservedTopic) => partitions.some(({ adding, removing }) => adding.length + removing.length > 0)

const listsOf = ({ own, config }: ObservedTopic) => THROTTLED.flatMap((name) => (own.includes(name) && config[name] ? [config[name]] : []))

/**
 * Throttles of moves that have ended: whoever began the move was killed before it could take them away, and the next broker that falls
 * behind would catch up no faster. Of a cluster where something moves only the lists of topics that do not; rates only where no list is left.
 */
export function leftThrottles({ topics, brokers }: ObservedCluster): UnthrottleStep[] {
  const listed = topics.filter((topic) => listsOf(topic).length > 0)
  const left = listed.filter((topic) => !isMoving(topic) && !listsOf(topic).includes('*'))
  const inUse = topics.some(isMoving) || left.length < listed.length
  const limited = brokers.filter(({ throttle }) => throttle.leader !== null || throttle.follower !== null)
  const step: UnthrottleStep = {
    kind: 'unthrottle',
    topics: left.map(({ name }) => name),
    brokers: inUse ? [] : limited.map(({ id }) => id),
    risk: null,
  }
  return step.topics.length + step.brokers.length > 0 ? [step] : []
}
