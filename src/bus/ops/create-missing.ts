import { topicSpec } from '../../events/topics.ts'
import type { Bus } from '../bus.ts'

/** Create those of the named topics that are not there, as the design has them; a topic that is there keeps its settings. */
export async function createMissing(bus: Bus, names: readonly string[]): Promise<void> {
  const there = new Set(await bus.listTopics())
  for (const name of new Set(names)) {
    if (!there.has(name)) await bus.createTopic(topicSpec(name) ?? { name, partitions: 1 })
  }
}
