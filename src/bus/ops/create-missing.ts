import { hasCode } from '../../base/errors.ts'
import { topicSpec } from '../../events/topics.ts'
import type { Bus, TopicSpec } from '../bus.ts'
import { isThere } from './topics-there.ts'

/** Create those of the named topics that are not there, as the design has them; a topic that is there keeps its settings. */
export async function createMissing(bus: Bus, names: readonly string[]): Promise<void> {
  await createMissingTopics(
    bus,
    names.map((name) => topicSpec(name) ?? { name, partitions: 1 }),
  )
}

/** Create those topics that are not there. That somebody else creates one at the same time is no failure. */
export async function createMissingTopics(bus: Bus, specs: readonly TopicSpec[]): Promise<void> {
  const there = new Set(await bus.listTopics())
  for (const spec of specs) {
    if (there.has(spec.name)) continue
    there.add(spec.name)
    try {
      await bus.createTopic(spec)
    } catch (error) {
      if (hasCode(error, 'SHITOPS_E_TOPIC_EXISTS')) continue
      // Refused may be that it is made, or that it is seen: where it is there and hidden, that it is seen is what is missing.
      if (hasCode(error, 'SHITOPS_E_BUS_AUTH')) await isThere(bus, spec.name)
      throw error
    }
  }
}
