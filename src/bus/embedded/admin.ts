import type { BusAdmin, ObservedCluster, ObservedTopic } from '../admin.ts'
import type { Bus } from '../bus.ts'
import { headKey, readHead } from './head.ts'
import type { Store } from './store.ts'
import { addPartitions, partitionOffsets, setTopicConfig } from './topic-admin.ts'
import { readTopic, readTopicNames, type Topic } from './topics.ts'
import type { Tx } from './tx.ts'

export interface AdminContext {
  bus: Bus
  url: string
  look<T>(work: (store: Store) => T): Promise<T>
  submit(run: (tx: Tx) => void): Promise<void>
}

/** Settings and partitions of the topics of a store. There are no brokers: every copy there is lies here. */
export function embeddedAdmin({ bus, url, look, submit }: AdminContext): BusAdmin {
  return {
    observe: ({ topics } = {}) => look((store) => observe(store, url, topics)),
    createTopic: (name, partitions, config) => bus.createTopic({ name, partitions, config }),
    deleteTopic: (name) => bus.deleteTopic(name),
    setTopicConfig: (topic, changes) => submit(setTopicConfig(topic, changes)),
    addPartitions: (topic, total) => submit(addPartitions(topic, total)),
    placement: null,
  }
}

function observe(store: Store, url: string, only: readonly string[] | undefined): ObservedCluster {
  const names = readTopicNames(store.meta).filter((name) => !only || only.includes(name))
  const topics = names.sort().flatMap((name) => readTopic(store.meta, name) ?? [])
  return {
    kind: 'embedded',
    id: url,
    quorum: null,
    metadataLevel: 0,
    brokers: [],
    topics: topics.map((topic) => observedTopic(store, topic)),
  }
}

function observedTopic(store: Store, topic: Topic): ObservedTopic {
  return {
    name: topic.name,
    internal: false,
    config: topic.config,
    own: Object.keys(topic.config).sort(),
    partitions: partitionOffsets(store, topic).map(({ partition }) => ({
      ...{ partition, leader: 0, replicas: [0], inSync: [0], adding: [], removing: [] },
      bytes: { 0: readHead(store.meta, headKey(topic.id, partition)).bytes },
    })),
  }
}
