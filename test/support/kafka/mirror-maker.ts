import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KafkaCluster } from './index.ts'

export interface MirrorMakerOptions {
  /** What is copied from A to B, as topics= takes it. */
  topics: string
  /** Further settings by their names in mm2.properties. */
  properties?: Readonly<Record<string, string>>
}

const SINGLE_NODE = ['replication.factor', 'checkpoints.topic.replication.factor', 'heartbeats.topic.replication.factor']
const SINGLE_NODE_MORE = ['offset-syncs.topic.replication.factor', 'offset.storage.replication.factor', 'status.storage.replication.factor']
const EVERY_SECOND = ['refresh.topics.interval', 'refresh.groups.interval', 'emit.checkpoints.interval', 'emit.heartbeats.interval']

/** A real MirrorMaker 2 that copies from one cluster, A, to another, B, and looks for what is new every second. It dies with this process. */
export function startMirrorMaker(a: KafkaCluster, b: KafkaCluster, options: MirrorMakerOptions): Promise<{ stop(): Promise<void> }> {
  return start(a, {
    clusters: 'A, B',
    'A.bootstrap.servers': a.ids.map((id) => a.address(id)).join(','),
    'B.bootstrap.servers': b.ids.map((id) => b.address(id)).join(','),
    'A->B.enabled': 'true',
    'A->B.topics': options.topics,
    'B->A.enabled': 'false',
    'A.consumer.auto.offset.reset': 'earliest',
    ...Object.fromEntries([...SINGLE_NODE, ...SINGLE_NODE_MORE, 'config.storage.replication.factor'].map((name) => [name, '1'])),
    ...Object.fromEntries([...EVERY_SECOND, 'sync.group.offsets.interval'].map((name) => [`${name}.seconds`, '1'])),
    'sync.group.offsets.enabled': 'true',
    // Smaller distances between offset syncs: translation is tested with few records.
    'offset.lag.max': '10',
    ...options.properties,
  })
}

async function start(a: KafkaCluster, properties: Readonly<Record<string, string>>): Promise<{ stop(): Promise<void> }> {
  const file = join(a.folder, 'mm2.properties')
  const lines = Object.entries(properties).map(([name, value]) => `${name} = ${value}\n`)
  await writeFile(file, lines.join(''))
  return a.startTool('org.apache.kafka.connect.mirror.MirrorMaker', [file])
}
