import { CODE } from './codes.ts'
import type { MetadataAnswer } from './protocol.ts'
import type { Address } from './settings.ts'

export interface BrokerInfo extends Address {
  id: number
  rack: string | null
}

export interface PartitionInfo {
  partition: number
  /** null while there is none. */
  leader: number | null
  replicas: readonly number[]
  inSync: readonly number[]
  offline: readonly number[]
}

export interface TopicInfo {
  name: string
  internal: boolean
  /** By partition number, without gaps. */
  partitions: readonly PartitionInfo[]
}

/** What the brokers last said about the cluster. */
export class ClusterMap {
  clusterId = ''
  controller = -1
  readonly brokers = new Map<number, BrokerInfo>()
  readonly #topics = new Map<string, { info: TopicInfo; readAt: number }>()

  /** Takes an answer in. Returns the topics that it says do not exist or may not be seen, with the code. */
  take(answer: MetadataAnswer, now: number): Map<string, number> {
    this.clusterId = answer.clusterId ?? ''
    this.controller = answer.controllerId
    if (answer.brokers.length > 0) this.brokers.clear()
    for (const { nodeId, host, port, rack } of answer.brokers) this.brokers.set(nodeId, { id: nodeId, host, port, rack })
    const refused = new Map<string, number>()
    for (const topic of answer.topicMetadata) {
      if (topic.topicErrorCode === CODE.NONE && topic.partitionMetadata.length > 0) this.#take(topic, now)
      else {
        this.#topics.delete(topic.topic)
        refused.set(topic.topic, topic.topicErrorCode || CODE.LEADER_NOT_AVAILABLE)
      }
    }
    return refused
  }

  #take(topic: MetadataAnswer['topicMetadata'][number], now: number): void {
    const partitions = topic.partitionMetadata
      .map(({ partitionId, leader, replicas, isr, offlineReplicas }) => ({
        partition: partitionId,
        leader: leader < 0 ? null : leader,
        replicas,
        inSync: isr,
        offline: offlineReplicas,
      }))
      .sort((a, b) => a.partition - b.partition)
    this.#topics.set(topic.topic, { info: { name: topic.topic, internal: topic.isInternal, partitions }, readAt: now })
  }

  topic(name: string, readAfter = Number.NEGATIVE_INFINITY): TopicInfo | undefined {
    const known = this.#topics.get(name)
    return known && known.readAt >= readAfter ? known.info : undefined
  }

  leader(topic: string, partition: number): number | null {
    return this.topic(topic)?.partitions[partition]?.leader ?? null
  }

  copy(): ClusterMap {
    const copy = new ClusterMap()
    copy.clusterId = this.clusterId
    copy.controller = this.controller
    for (const [id, info] of this.brokers) copy.brokers.set(id, info)
    for (const [name, known] of this.#topics) copy.#topics.set(name, known)
    return copy
  }
}
