import type { Bus, OffsetCommit } from '../bus/bus.ts'

/** What a group has committed, as `topic/partition` → the next offset to read. */
export async function committedPositions(bus: Bus, group: string, topics: readonly string[]): Promise<Map<string, number>> {
  const committed = await bus.fetchOffsets(group, topics)
  return new Map(committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]))
}

/** A position as a commit. */
export function commitOf([partition, offset]: readonly [string, number]): OffsetCommit {
  const slash = partition.lastIndexOf('/')
  return { topic: partition.slice(0, slash), partition: Number(partition.slice(slash + 1)), offset }
}
