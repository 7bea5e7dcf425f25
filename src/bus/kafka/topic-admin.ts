import { ShitopsError } from '../../base/errors.ts'
import type { PartitionOffsets, TopicConfig, TopicDescription, TopicSpec } from '../bus.ts'
import { alterConfigsCall, TOPIC_RESOURCE } from './alter-configs-call.ts'
import type { Cluster } from './cluster.ts'
import { CODE } from './codes.ts'
import type { BrokerConnection } from './connection.ts'
import { BrokerRefusal, checkCode, mayPass } from './failures.ts'
import { logDirsCall } from './log-dirs.ts'
import { metadataCall } from './metadata-call.ts'
import { EARLIEST, LATEST, listOffsets } from './offsets.ts'

/** Where the broker's controller may take long (a quorum that elects a new leader), ms. */
const ADMIN_MS = 10_000
/** The source of a setting that was made for the topic itself (DescribeConfigs, config source). */
const TOPIC_SOURCE = 1
/** The first version that takes -1 for "the broker's default replication" (KIP-464); kafkajs's v3 has the same shape. */
const CREATE_VERSION = 4

/** Names of all topics but Kafka's own, sorted. */
export async function listTopics(cluster: Cluster): Promise<string[]> {
  const topics = await cluster.allTopics()
  return topics
    .filter((topic) => !topic.internal)
    .map((topic) => topic.name)
    .sort()
}

/** Earliest offset and high watermark of each partition. */
export async function partitionOffsets(cluster: Cluster, topic: string): Promise<PartitionOffsets[]> {
  const { partitions } = await cluster.topic(topic)
  const query = (timestamp: number) => partitions.map(({ partition }) => ({ topic, partition, timestamp }))
  const earliest = await listOffsets(cluster, query(EARLIEST))
  const latest = await listOffsets(cluster, query(LATEST))
  return partitions.map(({ partition }, i) => ({ partition, earliest: earliest[i] ?? 0, latest: latest[i] ?? 0 }))
}

/** Per partition the first offset whose record time is `timestamp` (ms) or later; the high watermark where there is none. */
export async function offsetsAt(cluster: Cluster, topic: string, timestamp: number): Promise<Array<{ partition: number; offset: number }>> {
  const { partitions } = await cluster.topic(topic)
  // Negative times are commands to ListOffsets; every record is at or after 0.
  const query = (time: number) => partitions.map(({ partition }) => ({ topic, partition, timestamp: time }))
  const found = await listOffsets(cluster, query(Math.max(0, Math.ceil(timestamp))))
  const latest = found.includes(null) ? await listOffsets(cluster, query(LATEST)) : []
  return partitions.map(({ partition }, i) => ({ partition, offset: found[i] ?? latest[i] ?? 0 }))
}

/** Settings are those that differ from the cluster's; bytes are the leader's replica's, null where brokers do not tell us. */
export async function describeTopic(cluster: Cluster, name: string): Promise<TopicDescription> {
  const info = await cluster.topic(name, 0)
  const [config, offsets, sizes] = await Promise.all([
    topicConfig(cluster, name),
    partitionOffsets(cluster, name),
    leaderSizes(cluster, name),
  ])
  return {
    name,
    config,
    partitions: info.partitions.map(({ partition, leader, replicas, inSync }) => ({
      ...(offsets[partition] ?? { partition, earliest: 0, latest: 0 }),
      ...{ leader, replicas, inSync, bytes: sizes.get(partition) ?? null },
    })),
  }
}

async function topicConfig(cluster: Cluster, name: string): Promise<TopicConfig> {
  return cluster.patiently(async () => {
    const resources = [{ type: TOPIC_RESOURCE, name }]
    const [answer] = (await (await cluster.any()).call('DescribeConfigs', { resources, includeSynonyms: false })).resources
    if (!answer) return {}
    checkCode(answer.errorCode, `settings of "${name}"`, answer.errorMessage)
    const own = answer.configEntries.filter((entry) => entry.configSource === TOPIC_SOURCE)
    return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue ?? '']))
  })
}

async function leaderSizes(cluster: Cluster, name: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>()
  const partitions = cluster.map.topic(name)?.partitions ?? []
  const leaders = new Set(partitions.flatMap(({ leader }) => leader ?? []))
  await Promise.all(
    [...leaders].map(async (id) => {
      const led = partitions.filter(({ leader }) => leader === id).map(({ partition }) => partition)
      try {
        const answer = await (await cluster.broker(id)).send(logDirsCall(name, led))
        for (const { partition, bytes } of answer.replicas) sizes.set(partition, bytes)
      } catch (error) {
        if (!mayPass(error) && !(error instanceof BrokerRefusal)) throw error
      }
    }),
  )
  return sizes
}

/**
 * Created, and known to all brokers that answer: a client that asks another one must not be told that it does not exist.
 * @param replicas broker ids of each partition; null: where the cluster likes
 */
export async function createTopic(
  cluster: Cluster,
  { name, partitions, replication = -1, config = {} }: TopicSpec,
  replicas: ReadonlyArray<readonly number[]> | null = null,
): Promise<void> {
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new ShitopsError('SHITOPS_E_TOPIC_INVALID', `a topic has one partition or more, not ${partitions}`)
  }
  const configEntries = Object.entries(config).map(([setting, value]) => ({ name: setting, value }))
  const counts = replicas ? { numPartitions: -1, replicationFactor: -1 } : { numPartitions: partitions, replicationFactor: replication }
  const replicaAssignment = (replicas ?? []).map((ids, partition) => ({ partition, replicas: ids }))
  const topics = [{ topic: name, ...counts, replicaAssignment, configEntries }]
  const { clock, settings } = cluster.context
  let attempts = 0
  await cluster.patiently(async () => {
    attempts++
    const broker = await cluster.any()
    const timeoutMs = ADMIN_MS + settings.requestTimeout
    const args = { topics, validateOnly: false, timeout: ADMIN_MS }
    const [answer] = (await broker.call('CreateTopics', args, { version: CREATE_VERSION, timeoutMs })).topicErrors
    // An attempt whose answer was lost may have created it.
    if (answer?.errorCode === CODE.TOPIC_ALREADY_EXISTS && attempts === 1) {
      throw new ShitopsError('SHITOPS_E_TOPIC_EXISTS', `there is a topic "${name}" already`, {
        suggestions: [`shitops topic describe ${name}`],
      })
    }
    if (answer && answer.errorCode !== CODE.TOPIC_ALREADY_EXISTS) checkCode(answer.errorCode, `creating "${name}"`, answer.errorMessage)
  })
  await everywhere(cluster, clock.now() + ADMIN_MS, async (broker) => (await leaderCount(broker, name)) === partitions)
  await cluster.refresh([name])
}

/** Changes these settings of a topic and no others; null puts one back to its default. With `validateOnly` it is checked and not done. */
export async function alterTopic(
  cluster: Cluster,
  name: string,
  changes: Readonly<Record<string, string | null>>,
  options: { validateOnly?: boolean } = {},
): Promise<void> {
  await cluster.topic(name, 0)
  await cluster.patiently(async () => {
    const { resources } = await (await cluster.any()).send(alterConfigsCall({ type: TOPIC_RESOURCE, name }, changes, options), ADMIN_MS)
    for (const { errorCode, errorMessage } of resources) checkCode(errorCode, `changing settings of "${name}"`, errorMessage)
  })
}

/** Deleted, and forgotten by all brokers that answer. */
export async function deleteTopic(cluster: Cluster, name: string): Promise<void> {
  await cluster.topic(name, 0)
  const { clock, settings } = cluster.context
  await cluster.patiently(async () => {
    const broker = await cluster.any()
    const answer = await broker.call(
      'DeleteTopics',
      { topics: [name], timeout: ADMIN_MS },
      { timeoutMs: ADMIN_MS + settings.requestTimeout },
    )
    const code = answer.topicErrors[0]?.errorCode ?? CODE.NONE
    if (code !== CODE.UNKNOWN_TOPIC_OR_PARTITION) checkCode(code, `deleting "${name}"`)
  })
  await everywhere(cluster, clock.now() + ADMIN_MS, async (broker) => (await leaderCount(broker, name)) === 0)
  await cluster.refresh([name])
}

/** Asks each broker until it agrees. One that cannot be reached is not waited for. */
async function everywhere(cluster: Cluster, deadline: number, agrees: (broker: BrokerConnection) => Promise<boolean>): Promise<void> {
  const { clock } = cluster.context
  await Promise.all(
    [...cluster.map.brokers.keys()].map(async (id) => {
      try {
        const broker = await cluster.broker(id)
        for (let pauseMs = 5; !(await agrees(broker)) && clock.now() < deadline; pauseMs *= 2) await clock.sleep(Math.min(pauseMs, 500))
      } catch (error) {
        if (!mayPass(error)) throw error
      }
    }),
  )
}

/** How many partitions of a topic have a leader, as this broker knows it; 0 where it knows no such topic. */
async function leaderCount(broker: BrokerConnection, topic: string): Promise<number> {
  const { topicMetadata } = await broker.send(metadataCall([topic]))
  return topicMetadata.flatMap(({ partitionMetadata }) => partitionMetadata).filter(({ leader }) => leader >= 0).length
}
