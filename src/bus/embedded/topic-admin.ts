import { ShitopsError } from '../../base/errors.ts'
import type { ConfigChanges } from '../admin.ts'
import type { PartitionOffsets, TopicConfig, TopicDescription, TopicSpec } from '../bus.ts'
import { headKey, readHead } from './head.ts'
import { META, numberKey, partsOfTextKey, pastPrefix, textKey } from './keys.ts'
import type { Store } from './store.ts'
import { checkTopicConfig, checkTopicSpec, readTopicNames, type Topic, type Topics, unknownTopic } from './topics.ts'
import type { Tx } from './tx.ts'

/** Create a topic; settings that it leaves open come from the bus URL. Rejects with SHITOPS_E_TOPIC_INVALID, SHITOPS_E_TOPIC_EXISTS. */
export function createTopic(spec: TopicSpec, defaults: TopicConfig): (tx: Tx) => void {
  checkTopicSpec(spec)
  const config = { ...defaults, ...spec.config }
  checkTopicConfig(`topic ${spec.name}`, config)
  return (tx) => {
    if (tx.topic(spec.name)) {
      throw new ShitopsError('SHITOPS_E_TOPIC_EXISTS', `there is a topic "${spec.name}" already`, {
        suggestions: [`shitops topic describe ${spec.name}`],
      })
    }
    const counter = Buffer.from(META.nextTopicId)
    const id = tx.meta.number(counter, 1)
    tx.meta.putDoubles(counter, id + 1)
    const topic: Topic = { id, name: spec.name, partitions: spec.partitions, config }
    tx.meta.putJson(textKey(META.topic, spec.name), topic)
    tx.topicsChanged()
  }
}

/** Change these settings and no others; null takes one away. Rejects with SHITOPS_E_TOPIC_INVALID, SHITOPS_E_TOPIC_UNKNOWN. */
export function setTopicConfig(name: string, changes: ConfigChanges): (tx: Tx) => void {
  const set = Object.fromEntries(Object.entries(changes).flatMap(([setting, value]) => (value === null ? [] : [[setting, value]])))
  checkTopicConfig(`topic ${name}`, set)
  const gone = new Set(Object.keys(changes).filter((setting) => changes[setting] === null))
  return changed(name, (topic) => {
    const kept = Object.entries(topic.config).filter(([setting]) => !gone.has(setting))
    return { ...topic, config: { ...Object.fromEntries(kept), ...set } }
  })
}

/** More partitions; the new ones are empty. Rejects with SHITOPS_E_TOPIC_INVALID where there would be fewer. */
export function addPartitions(name: string, total: number): (tx: Tx) => void {
  checkTopicSpec({ name, partitions: total })
  return changed(name, (topic) => {
    if (total >= topic.partitions) return { ...topic, partitions: total }
    throw new ShitopsError('SHITOPS_E_TOPIC_INVALID', `topic ${name} has ${topic.partitions} partitions, and cannot lose any`)
  })
}

function changed(name: string, change: (topic: Topic) => Topic): (tx: Tx) => void {
  return (tx) => {
    const topic = tx.topic(name)
    if (!topic) throw unknownTopic(name, readTopicNames(tx.meta))
    tx.meta.putJson(textKey(META.topic, name), change(topic))
    tx.topicsChanged()
  }
}

/** Forget a topic and what groups committed on it. Its batches go later, a few at a time (maintenance.ts). */
export function deleteTopic(name: string): (tx: Tx) => void {
  return (tx) => {
    const topic = tx.topic(name)
    if (!topic) throw unknownTopic(name, readTopicNames(tx.meta))
    tx.meta.remove(textKey(META.topic, name))
    tx.meta.putJson(numberKey(META.deleted, topic.id), topic)
    const prefix = textKey(META.offset)
    for (const key of tx.meta.keys({ start: prefix, end: pastPrefix(prefix) })) if (partsOfTextKey(key)[1] === name) tx.meta.remove(key)
    tx.topicsChanged()
  }
}

export function partitionOffsets(store: Store, topic: Topic): PartitionOffsets[] {
  return Array.from({ length: topic.partitions }, (_, partition) => {
    const { start, end } = readHead(store.meta, headKey(topic.id, partition))
    return { partition, earliest: start, latest: end }
  })
}

export function describeTopic(store: Store, topics: Topics, name: string): TopicDescription {
  const topic = topics.get(name)
  return {
    name,
    config: topic.config,
    partitions: Array.from({ length: topic.partitions }, (_, partition) => {
      const { start, end, bytes } = readHead(store.meta, headKey(topic.id, partition))
      return { partition, earliest: start, latest: end, leader: 0, replicas: [0], inSync: [0], bytes }
    }),
  }
}
