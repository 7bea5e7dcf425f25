import type { TopicPartition } from '../bus.ts'

/** A group member and the topics that it wants. */
export interface Subscriber {
  memberId: string
  topics: readonly string[]
}

/**
 * Kafka's default: per topic, neighbouring partitions to members in the order of their ids, the first ones get one more. Partition n of
 * topics with equal counts goes to the same member, which joins by key need. The same as the Java client's RangeAssignor, so that
 * members of either kind can share a group.
 */
export function assignRanges(members: readonly Subscriber[], partitionCounts: ReadonlyMap<string, number>): Map<string, TopicPartition[]> {
  const assigned = new Map(members.map(({ memberId }) => [memberId, [] as TopicPartition[]]))
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const takers = members.flatMap(({ memberId, topics }) => (topics.includes(topic) ? memberId : [])).sort()
    let partition = 0
    for (const [i, memberId] of takers.entries()) {
      const share = Math.floor(count / takers.length) + (i < count % takers.length ? 1 : 0)
      for (const end = partition + share; partition < end; partition++) assigned.get(memberId)?.push({ topic, partition })
    }
  }
  return assigned
}
