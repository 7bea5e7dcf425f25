import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import type { TopicConfig, TopicSpec } from '../bus.ts'
import { META, partsOfTextKey, pastPrefix, textKey } from './keys.ts'
import type { MetaTable } from './meta-table.ts'
import { refresh, type Store, topicEpoch } from './store.ts'

/** A topic as stored, in JSON. Its id is never used again, so old batches can never appear under a new topic of the same name. */
export interface Topic {
  id: number
  name: string
  partitions: number
  config: TopicConfig
}

/** What Kafka takes as a topic name (org.apache.kafka.common.internals.Topic). */
const NAME = /^[a-zA-Z0-9._-]{1,249}$/
const MAX_PARTITIONS = 10_000
/** The settings that mean something here; any other of Kafka's is kept and shown, so that a topic file fits both buses. */
const NUMBERS = ['retention.ms', 'retention.bytes', 'delete.retention.ms', 'min.cleanable.dirty.ratio']

/** Rejects with SHITOPS_E_TOPIC_INVALID what Kafka would refuse. */
export function checkTopicSpec(spec: TopicSpec): void {
  if (!NAME.test(spec.name) || spec.name === '.' || spec.name === '..') {
    throw invalid(`"${spec.name}" is not a topic name: letters, digits, ".", "_" and "-", at most 249 of them, and not "." or ".."`)
  }
  if (!Number.isInteger(spec.partitions) || spec.partitions < 1 || spec.partitions > MAX_PARTITIONS) {
    throw invalid(`topic ${spec.name} cannot have ${spec.partitions} partitions: 1 to ${MAX_PARTITIONS}`)
  }
  checkTopicConfig(`topic ${spec.name}`, spec.config ?? {})
}

/** Rejects with SHITOPS_E_TOPIC_INVALID a setting whose value cannot be meant. */
export function checkTopicConfig(whose: string, config: TopicConfig): void {
  for (const name of NUMBERS) {
    const value = config[name]
    if (value !== undefined && (value.trim() === '' || !Number.isFinite(Number(value))))
      throw invalid(`${whose}: ${name} must be a number, not "${value}"`)
  }
  const policy = config['cleanup.policy']
  if (policy !== undefined && !policy.split(',').every((part) => part.trim() === 'delete' || part.trim() === 'compact')) {
    throw invalid(`${whose}: cleanup.policy must be delete, compact or compact,delete, not "${policy}"`)
  }
}

function invalid(message: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_TOPIC_INVALID', message)
}

/** Read-side view of the topics, cached until the topic epoch moves. */
export class Topics {
  readonly #store: Store
  readonly #cache = new Map<string, Topic>()
  #epoch = -1

  constructor(store: Store) {
    this.#store = store
  }

  /** The topic, as of now. Throws SHITOPS_E_TOPIC_UNKNOWN, naming the nearest one. */
  get(name: string): Topic {
    refresh(this.#store)
    const { meta } = this.#store
    const epoch = topicEpoch(meta)
    if (epoch !== this.#epoch) {
      this.#cache.clear()
      this.#epoch = epoch
    }
    const cached = this.#cache.get(name)
    if (cached) return cached
    const topic = readTopic(meta, name)
    if (!topic) throw unknownTopic(name, this.names())
    this.#cache.set(name, topic)
    return topic
  }

  names(): string[] {
    refresh(this.#store)
    return readTopicNames(this.#store.meta)
  }
}

export function readTopic(meta: MetaTable, name: string): Topic | undefined {
  return meta.json<Topic>(textKey(META.topic, name))
}

export function readTopicNames(meta: MetaTable): string[] {
  const prefix = textKey(META.topic)
  return meta.keys({ start: prefix, end: pastPrefix(prefix) }).map((key) => partsOfTextKey(key)[0] ?? '')
}

export function unknownTopic(name: string, names: readonly string[]): ShitopsError {
  const like = nearest(name, names)
  return new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `there is no topic "${name}"`, {
    suggestions: [like ? `did you mean ${like}?` : 'shitops topic list', `shitops topic create ${name}`],
  })
}

export function unknownPartition(topic: Topic, partition: number): ShitopsError {
  return new ShitopsError(
    'SHITOPS_E_TOPIC_UNKNOWN',
    `topic ${topic.name} has no partition ${partition}: it has 0 to ${topic.partitions - 1}`,
    {
      suggestions: [`shitops topic describe ${topic.name}`],
    },
  )
}
