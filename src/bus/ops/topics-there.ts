import { hasCode } from '../../base/errors.ts'
import type { Bus } from '../bus.ts'

/**
 * Which of these topics the bus has. A cluster leaves topics that this user may not see out of its list, so what is not listed is asked for by name:
 * what may not be seen must not be taken for what is not there.
 * @throws SHITOPS_E_BUS_AUTH for one that this user may not see
 */
export async function topicsThere(bus: Bus, names: readonly string[]): Promise<Set<string>> {
  const listed = new Set(await bus.listTopics())
  const wanted = [...new Set(names)]
  // At once: a cluster is asked more than once before it is believed that it has no such topic.
  const there = await Promise.all(wanted.map((name) => listed.has(name) || isThere(bus, name)))
  return new Set(wanted.filter((_, i) => there[i]))
}

/** By its name, whatever the list of topics says. @throws SHITOPS_E_BUS_AUTH for one that this user may not see */
export async function isThere(bus: Bus, name: string): Promise<boolean> {
  try {
    await bus.offsets(name)
    return true
  } catch (error) {
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) return false
    throw error
  }
}
