import { hasCode, ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import { DLQ_SUFFIX } from '../../events/topics.ts'
import type { Bus, PartitionOffsets } from '../bus.ts'

/** The offsets of a topic; SHITOPS_E_TOPIC_UNKNOWN names the nearest topic there is. */
export async function topicOffsets(bus: Bus, topic: string): Promise<PartitionOffsets[]> {
  return bus.offsets(topic).catch((error) => helpful(bus, topic, error))
}

/** SHITOPS_E_TOPIC_UNKNOWN with the nearest name that the bus has; any other failure as it is. */
export async function helpful(bus: Bus, topic: string, error: unknown): Promise<never> {
  if (!hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) throw error
  const names = await bus.listTopics()
  if (topic.endsWith(DLQ_SUFFIX)) throw noDeadLetters(bus, topic, names, error)
  const guess = nearest(topic, names)
  throw new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `the bus ${bus.url} has no topic "${topic}"`, {
    suggestions: guess ? [`did you mean ${guess}?`] : ['shitops topic list', `shitops topic create ${topic}`],
    cause: error,
  })
}

/** The topic that the letters would be of is no substitute for them, however like its name is. */
function noDeadLetters(bus: Bus, topic: string, names: readonly string[], cause: unknown): ShitopsError {
  const of = topic.slice(0, -DLQ_SUFFIX.length)
  const guess = nearest(
    topic,
    names.filter((name) => name.endsWith(DLQ_SUFFIX)),
  )
  const none = names.includes(of) ? `: there are no dead letters of ${of}` : ''
  return new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `the bus ${bus.url} has no topic "${topic}"${none}`, {
    suggestions: guess ? [`did you mean ${guess}?`] : ['shitops topic list'],
    cause,
  })
}

/** The chosen partitions of a topic, all when none is chosen; one that is not there is SHITOPS_E_USAGE. */
export function choosePartitions(
  topic: string,
  all: readonly PartitionOffsets[],
  chosen: readonly number[] | undefined,
): PartitionOffsets[] {
  if (!chosen || chosen.length === 0) return [...all]
  return [...new Set(chosen)].map((partition) => {
    const found = all.find((offsets) => offsets.partition === partition)
    if (found) return found
    throw new ShitopsError('SHITOPS_E_USAGE', `topic ${topic} has no partition ${partition}; it has 0 to ${all.length - 1}`, {
      suggestions: [`shitops topic describe ${topic}`],
    })
  })
}
