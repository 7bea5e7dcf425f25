import type { ObservedBroker, ObservedCluster, ObservedPartition, ObservedQuorum, ObservedTopic } from '../../admin.ts'
import type { TopicConfig } from '../../bus.ts'
import { BROKER_RESOURCE, TOPIC_RESOURCE } from '../alter-configs-call.ts'
import type { Cluster } from '../cluster.ts'
import { CODE } from '../codes.ts'
import type { BrokerConnection } from '../connection.ts'
import { BrokerRefusal, checkCode, mayPass } from '../failures.ts'
import type { TopicInfo } from '../metadata.ts'
import { describeClusterCall } from './describe-cluster.ts'
import { describeQuorumCall } from './describe-quorum.ts'
import { type Disks, disksCall } from './disks.ts'
import { featuresCall } from './features.ts'
import { askMoving } from './moving.ts'
import type { Moving } from './reassign.ts'

const FETCH_KEY = 1
const API_VERSIONS_KEY = 18
const DESCRIBE_LOG_DIRS_KEY = 35
const DESCRIBE_QUORUM_KEY = 55
const DESCRIBE_CLUSTER_KEY = 60
const QUORUM_VERSION = 1
const FEATURES_VERSION = 3
/** Topics in one request for settings. */
const TOPICS_AT_ONCE = 50
/** Sources of a setting (DescribeConfigs): made for the topic, for one broker at run time. */
const TOPIC_SOURCE = 1
const BROKER_SOURCE = 2

const LEADER_RATE = 'leader.replication.throttled.rate'
const FOLLOWER_RATE = 'follower.replication.throttled.rate'

/** The whole cluster, as its brokers tell it now. What one of them does not answer is null; rights that lack are refused. */
export async function observe(cluster: Cluster, only?: readonly string[]): Promise<ObservedCluster> {
  return cluster.patiently(async () => {
    const topics = (await cluster.allTopics()).filter(({ name }) => !only || only.includes(name))
    const connection = await cluster.any()
    const { id, brokers } = await registered(cluster, connection)
    const asked = await Promise.all(brokers.map((broker) => askBroker(cluster, broker)))
    const configs = await topicConfigs(
      connection,
      topics.map(({ name }) => name),
    )
    const moving = await askMoving(cluster)
    const sizes = asked.map(({ state, disks }) => ({ id: state.id, disks }))
    return {
      kind: 'kafka',
      id,
      quorum: await askQuorum(connection),
      metadataLevel: Math.max(0, ...asked.map(({ level }) => level)),
      brokers: asked.map(({ state }) => state).sort((a, b) => a.id - b.id),
      topics: topics
        .map((topic) => observedTopic(topic, configs.get(topic.name), moving, sizes))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    }
  })
}

type Registered = Pick<ObservedBroker, 'id' | 'host' | 'port' | 'rack' | 'fenced'>

async function registered(cluster: Cluster, connection: BrokerConnection): Promise<{ id: string; brokers: Registered[] }> {
  const newest = connection.newest(DESCRIBE_CLUSTER_KEY)
  const alive = [...cluster.map.brokers.values()].map((broker) => ({ ...broker, fenced: false }))
  if (newest < 0) return { id: cluster.map.clusterId, brokers: alive }
  const answer = await connection.send(describeClusterCall(newest))
  checkCode(answer.code, 'describing the cluster', answer.message)
  return { id: answer.clusterId, brokers: answer.brokers }
}

interface Asked {
  state: ObservedBroker
  disks: Disks | null
  /** Of `metadata.version`, as this broker has it. */
  level: number
}

/** What only the broker itself can tell. One that cannot be reached is told of all the same: that is news too. */
async function askBroker(cluster: Cluster, broker: Registered): Promise<Asked> {
  const silent: ObservedBroker = {
    ...broker,
    ...{ bytes: null, freeBytes: null, throttle: { leader: null, follower: null }, settings: {}, versions: null },
  }
  if (broker.fenced) return { state: silent, disks: null, level: 0 }
  try {
    const connection = await cluster.broker(broker.id)
    const disks = await connection.send(disksCall(connection.newest(DESCRIBE_LOG_DIRS_KEY)))
    const { settings, own } = await brokerSettings(connection, broker.id)
    const rate = (name: string) => (own[name] === undefined ? null : Number(own[name]))
    const levels = connection.newest(API_VERSIONS_KEY) >= FEATURES_VERSION ? await connection.send(featuresCall()) : null
    // A broker that stores something names it; one without the right to ask names nothing, and that is not 0 bytes.
    const told = disks.replicas.size > 0 || disks.freeBytes !== null
    const state = {
      ...silent,
      bytes: told ? [...disks.replicas.values()].reduce((sum, bytes) => sum + bytes, 0) : null,
      freeBytes: disks.freeBytes,
      throttle: { leader: rate(LEADER_RATE), follower: rate(FOLLOWER_RATE) },
      settings,
      versions: { fetch: connection.newest(FETCH_KEY), metadataMax: levels?.supported ?? 0 },
    }
    return { state, disks: told ? disks : null, level: levels?.finalized ?? 0 }
  } catch (error) {
    if (!mayPass(error)) throw error
    return { state: silent, disks: null, level: 0 }
  }
}

/** All settings of a broker, and those made for it at run time. Without the right to see them: none. */
async function brokerSettings(connection: BrokerConnection, id: number): Promise<{ settings: TopicConfig; own: TopicConfig }> {
  const resources = [{ type: BROKER_RESOURCE, name: String(id) }]
  const [answer] = (await connection.call('DescribeConfigs', { resources, includeSynonyms: false })).resources
  const entries = answer?.errorCode === CODE.NONE ? answer.configEntries : []
  const named = (some: typeof entries) => Object.fromEntries(some.flatMap((entry) => pairOf(entry)))
  return { settings: named(entries), own: named(entries.filter(({ configSource }) => configSource === BROKER_SOURCE)) }
}

/** Sensitive settings have no value. */
function pairOf({ configName, configValue }: { configName: string; configValue: string | null }): Array<[string, string]> {
  return configValue === null ? [] : [[configName, configValue]]
}

interface Settings {
  config: TopicConfig
  own: string[]
}

async function topicConfigs(connection: BrokerConnection, names: readonly string[]): Promise<Map<string, Settings>> {
  const found = new Map<string, Settings>()
  for (let i = 0; i < names.length; i += TOPICS_AT_ONCE) {
    const resources = names.slice(i, i + TOPICS_AT_ONCE).map((name) => ({ type: TOPIC_RESOURCE, name }))
    for (const answer of (await connection.call('DescribeConfigs', { resources, includeSynonyms: false })).resources) {
      // Deleted since it was named.
      if (answer.errorCode === CODE.UNKNOWN_TOPIC_OR_PARTITION) continue
      checkCode(answer.errorCode, `settings of "${answer.resourceName}"`, answer.errorMessage)
      const own = answer.configEntries.filter(({ configSource }) => configSource === TOPIC_SOURCE).map(({ configName }) => configName)
      found.set(answer.resourceName, { config: Object.fromEntries(answer.configEntries.flatMap(pairOf)), own: own.sort() })
    }
  }
  return found
}

function observedTopic(
  { name, internal, partitions }: TopicInfo,
  settings: Settings = { config: {}, own: [] },
  moving: readonly Moving[],
  sizes: ReadonlyArray<{ id: number; disks: Disks | null }>,
): ObservedTopic {
  const observed = partitions.map(({ partition, leader, replicas, inSync }): ObservedPartition => {
    const move = moving.find((each) => each.topic === name && each.partition === partition)
    const bytes: Record<number, number> = {}
    for (const { id, disks } of sizes) {
      const size = disks?.replicas.get(`${name}/${partition}`)
      if (size !== undefined) bytes[id] = size
    }
    return {
      partition,
      leader,
      replicas: move?.replicas ?? replicas,
      inSync,
      adding: move?.adding ?? [],
      removing: move?.removing ?? [],
      bytes,
    }
  })
  return { name, internal, ...settings, partitions: observed }
}

/** null where there is none, or where we may not know. */
async function askQuorum(connection: BrokerConnection): Promise<ObservedQuorum | null> {
  if (connection.newest(DESCRIBE_QUORUM_KEY) < QUORUM_VERSION) return null
  const { code, leader, voters } = await connection.send(describeQuorumCall())
  if (code === CODE.CLUSTER_AUTHORIZATION_FAILED) return null
  if (code !== CODE.NONE) throw new BrokerRefusal(code, 'describing the quorum of controllers')
  const newest = Math.max(...voters.map(({ endOffset }) => endOffset))
  return { leader, voters: voters.map(({ id, endOffset }) => ({ id, lag: newest - endOffset })).sort((a, b) => a.id - b.id) }
}
