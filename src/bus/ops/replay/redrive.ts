import { ShitopsError } from '../../../base/errors.ts'
import { DLQ_HEADER_PREFIX, DLQ_SUFFIX } from '../../../events/index.ts'
import { type Validator, validatorOf } from '../../../events/validate.ts'
import type { BusRecord } from '../../bus.ts'

/** The topic that a dead letter is for; undefined when it does not say. */
export const destinationOf = ({ headers }: BusRecord): string | undefined =>
  headers.findLast(([name]) => name === `${DLQ_HEADER_PREFIX}topic`)?.[1].toString()

/** The checks of the topics that have a schema, for {@link redriveRoute}. */
export async function validatorsOf(topics: readonly string[]): Promise<Map<string, Validator>> {
  const found = await Promise.all(topics.map(async (topic) => [topic, await validatorOf(topic)] as const))
  return new Map(found.filter((entry): entry is [string, Validator] => entry[1] !== null))
}

/**
 * {@link destinationOf}, where the topic must be there: SHITOPS_E_TOPIC_UNKNOWN. A letter that still does not fit its topic's schema has
 * nowhere to go: it was refused once, and nobody has mended it.
 */
export function redriveRoute(
  topics: ReadonlySet<string>,
  validators: ReadonlyMap<string, Validator>,
): (record: BusRecord) => string | undefined {
  return (record) => {
    const topic = destinationOf(record)
    if (topic === undefined) return undefined
    if (topics.has(topic)) return validators.get(topic)?.(record.value) ? undefined : topic
    throw new ShitopsError(
      'SHITOPS_E_TOPIC_UNKNOWN',
      `the dead letter at ${record.partition}@${record.offset} is for "${topic}", which the bus does not have`,
      { suggestions: [`shitops topic create ${topic}`, 'then go on with --resume'], side: 'target' },
    )
  }
}

/** The topic whose dead letters these are; a topic that is no dead-letter topic is SHITOPS_E_USAGE. */
export function topicOfDeadLetters(topic: string): string {
  if (topic.endsWith(DLQ_SUFFIX)) return topic.slice(0, -DLQ_SUFFIX.length)
  throw new ShitopsError('SHITOPS_E_USAGE', `--redrive sends dead letters again, and ${topic} is not a dead-letter topic`, {
    suggestions: [`shitops replay ${topic}${DLQ_SUFFIX} --redrive`, `shitops replay ${topic} --to-topic OTHER`],
  })
}
