/**
 * What an operator does to a bus: look at the whole of it, change settings and partitions, and, where it has brokers, say where copies lie.
 * Both buses have it beside {@link Bus}; collectors, queries and servers need none of it.
 */

import { ShitopsError } from '../base/errors.ts'
import type { Bus, TopicConfig, TopicPartition } from './bus.ts'

/** Bytes a second that a broker lets pass for moves, as leader and as follower; null: no limit is set. */
export interface BrokerThrottle {
  leader: number | null
  follower: number | null
}

export interface ObservedBroker {
  id: number
  host: string
  port: number
  /** `broker.rack`: the data centre. */
  rack: string | null
  /** Registered, but not taking part: down, or starting. */
  fenced: boolean
  /** Bytes of all its replicas, and left on its disks; null where it does not tell. */
  bytes: number | null
  freeBytes: number | null
  throttle: BrokerThrottle
  /** Its own settings by their Kafka names; empty where they may not be seen. */
  settings: TopicConfig
  /** What it speaks; null where it could not be asked. */
  versions: BrokerVersions | null
}

export interface BrokerVersions {
  /** Newest version of the Fetch API, which grows with releases. */
  fetch: number
  /** Level of `metadata.version` that it could run; 0 where it has none (ZooKeeper). */
  metadataMax: number
}

export interface ObservedPartition {
  partition: number
  leader: number | null
  /** The first is the preferred leader. While a move runs, with those that come and those that go. */
  replicas: readonly number[]
  inSync: readonly number[]
  /** Of a move that runs. */
  adding: readonly number[]
  removing: readonly number[]
  /** On disk, by broker; one that did not tell is not in it. */
  bytes: Readonly<Record<number, number>>
}

export interface ObservedTopic {
  name: string
  /** Of the bus itself: groups' offsets, transactions. */
  internal: boolean
  /** Every setting, those of the cluster included. */
  config: TopicConfig
  /** Names of the settings made for this topic. */
  own: readonly string[]
  partitions: readonly ObservedPartition[]
}

/** The controllers, which keep what the cluster knows of itself (KRaft). */
export interface ObservedQuorum {
  leader: number
  voters: ReadonlyArray<{ id: number; lag: number }>
}

export interface ObservedCluster {
  kind: 'kafka' | 'embedded'
  id: string
  /** null where brokers do not say (no right, or ZooKeeper). */
  quorum: ObservedQuorum | null
  /** Level of `metadata.version` that the cluster runs; 0 where it has none. */
  metadataLevel: number
  brokers: readonly ObservedBroker[]
  /** By name. */
  topics: readonly ObservedTopic[]
}

/** A name with null goes back to the cluster's own value. */
export type ConfigChanges = Readonly<Record<string, string | null>>

export interface Move extends TopicPartition {
  /** Broker ids, the preferred leader first. */
  replicas: readonly number[]
}

/** What was asked for one partition and what the cluster said to it; null: done. */
export type PartitionOutcome = TopicPartition & { refusal: string | null }

/** Where copies lie. */
export interface PlacementAdmin {
  /** Begins; copies are on their way when it resolves. A move of a partition that is moving takes its place. */
  move(moves: readonly Move[]): Promise<PartitionOutcome[]>
  /** Back to where the partition was. */
  cancel(partitions: readonly TopicPartition[]): Promise<PartitionOutcome[]>
  /** The moves that run. */
  moving(): Promise<Array<TopicPartition & { replicas: number[]; adding: number[]; removing: number[] }>>
  /** Bytes of each replica on these brokers: `bytes.get(broker)?.get("topic/partition")`. */
  sizes(brokers: readonly number[]): Promise<Map<number, Map<string, number>>>
  /** The preferred replica leads, where it is in sync. */
  electPreferred(partitions: readonly TopicPartition[]): Promise<PartitionOutcome[]>
  setBrokerConfig(broker: number, changes: ConfigChanges): Promise<void>
}

export interface BusAdmin {
  /** The whole, or of the topics only those named. */
  observe(options?: { topics?: readonly string[] }): Promise<ObservedCluster>
  /** @param replicas of each partition, where copies have a place: broker ids, the preferred leader first */
  createTopic(name: string, partitions: number, config: TopicConfig, replicas: ReadonlyArray<readonly number[]> | null): Promise<void>
  deleteTopic(name: string): Promise<void>
  /** Changes these settings and no others. */
  setTopicConfig(topic: string, changes: ConfigChanges): Promise<void>
  /** @param total partitions afterwards @param replicas of each new one, in order */
  addPartitions(topic: string, total: number, replicas: ReadonlyArray<readonly number[]> | null): Promise<void>
  /** null where there are no brokers. */
  readonly placement: PlacementAdmin | null
}

/** A bus that has an operator's side. */
interface Administered {
  admin(): BusAdmin
}

/** @throws SHITOPS_E_BUS_UNSUPPORTED */
export function adminOf(bus: Bus): BusAdmin {
  if ('admin' in bus) return (bus as Bus & Administered).admin()
  throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `${bus.url} has no settings that could be changed`)
}

/** @throws SHITOPS_E_BUS_UNSUPPORTED on a bus without brokers */
export function placementOf(bus: Bus, what: string): PlacementAdmin {
  const { placement } = adminOf(bus)
  if (placement) return placement
  throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `${bus.url} is embedded: it has no brokers, and so no ${what}`, {
    suggestions: ['--bus kafka://HOST:PORT'],
  })
}
