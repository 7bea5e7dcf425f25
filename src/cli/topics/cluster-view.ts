import type { ObservedBroker, ObservedCluster, ObservedPartition, ObservedTopic } from '../../bus/admin.ts'
import { formatBytes, plural } from '../amounts.ts'
import { paint } from '../color.ts'
import { type Column, formatTable } from '../table.ts'

const BAR = 20

export interface BrokerRow {
  broker: number
  rack: string | null
  address: string
  state: 'up' | 'down' | 'silent'
  controller: 'leader' | 'voter' | null
  leaders: number
  copies: number
  bytes: number | null
  free_bytes: number | null
}

export function brokerRows({ brokers, topics, quorum }: ObservedCluster): BrokerRow[] {
  const partitions = topics.flatMap((topic) => topic.partitions)
  return brokers.map(({ id, rack, host, port, fenced, bytes, freeBytes, versions }) => ({
    ...{ broker: id, rack, address: `${host}:${port}`, state: fenced ? 'down' : versions === null ? 'silent' : 'up' },
    controller: quorum?.leader === id ? 'leader' : quorum?.voters.some((voter) => voter.id === id) ? 'voter' : null,
    leaders: partitions.filter(({ leader }) => leader === id).length,
    copies: partitions.filter(({ replicas }) => replicas.includes(id)).length,
    ...{ bytes, free_bytes: freeBytes },
  }))
}

const bytesOf = (bytes: number | null) => (bytes === null ? '-' : formatBytes(bytes))

export const BROKER_COLUMNS: ReadonlyArray<Column<BrokerRow>> = [
  { name: 'broker', value: ({ broker }) => broker, right: true },
  { name: 'rack', value: ({ rack }) => rack },
  { name: 'address', value: ({ address }) => address },
  { name: 'state', value: ({ state }) => state },
  { name: 'controller', value: ({ controller }) => controller },
  { name: 'leaders', value: ({ leaders }) => leaders, right: true },
  { name: 'copies', value: ({ copies }) => copies, right: true },
  { name: 'bytes', value: ({ bytes }) => bytes, shown: ({ bytes }) => bytesOf(bytes), right: true },
  { name: 'free_bytes', value: ({ free_bytes }) => free_bytes, shown: ({ free_bytes }) => bytesOf(free_bytes), right: true },
]

/** Racks with their brokers, and below where each partition lies. Each line with its break. @param internal Kafka's own topics too */
export function formatCluster(cluster: ObservedCluster, internal: boolean): string {
  const topics = cluster.topics.filter((topic) => internal || !topic.internal)
  const lines = [...head(cluster), ...racks(cluster), ...(topics.length > 0 ? ['', ...placement(cluster.brokers, topics)] : [])]
  return `${lines.join('\n')}\n`
}

function head({ id, brokers, topics, quorum, metadataLevel }: ObservedCluster): string[] {
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions.length, 0)
  const sizes = brokers.map(({ bytes }) => bytes)
  const bytes = sizes.includes(null) ? 'size unknown' : formatBytes(sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0))
  const voters = quorum
    ? quorum.voters.map((voter) => `${voter.id}${voter.id === quorum.leader ? ' (leads)' : voter.lag > 0 ? ` (${voter.lag} behind)` : ''}`)
    : []
  return [
    `${paint.strong(`cluster ${id}`)}  ${plural(brokers.length, 'broker')}, ${plural(topics.length, 'topic')}, ${plural(partitions, 'partition')}, ${bytes}`,
    `controllers  ${voters.length > 0 ? voters.join(', ') : 'unknown'}${metadataLevel > 0 ? `; metadata.version ${metadataLevel}` : ''}`,
  ]
}

function racks(cluster: ObservedCluster): string[] {
  const rows = brokerRows(cluster)
  const most = Math.max(1, ...rows.map(({ bytes }) => bytes ?? 0))
  const columns: ReadonlyArray<Column<BrokerRow>> = [
    { name: 'broker', value: ({ broker }) => broker, shown: ({ broker }) => `  broker ${broker}` },
    { name: 'address', value: ({ address }) => address },
    { name: 'state', value: ({ state, controller }) => [state, ...(controller ? ['controller'] : [])].join(', ') },
    { name: 'leaders', value: ({ leaders }) => leaders, shown: ({ leaders }) => `leads ${leaders}` },
    { name: 'copies', value: ({ copies }) => copies, shown: ({ copies }) => plural(copies, 'copy').replace('copys', 'copies') },
    { name: 'bytes', value: ({ bytes }) => bytes, shown: ({ bytes }) => bytesOf(bytes), right: true },
    { name: 'bar', value: ({ bytes }) => bytes, shown: ({ bytes }) => '#'.repeat(Math.round((BAR * (bytes ?? 0)) / most)) },
  ]
  const text = formatTable(rows, columns, { header: false }).split('\n')
  return [...new Set(rows.map(({ rack }) => rack))]
    .sort()
    .flatMap((rack) => ['', paint.strong(rack === null ? 'no rack' : `rack ${rack}`), ...text.filter((_, i) => rows[i]?.rack === rack)])
}

/** One column a broker, in the order of their racks; one row a partition. */
function placement(brokers: readonly ObservedBroker[], topics: readonly ObservedTopic[]): string[] {
  const ordered = [...brokers].sort((a, b) => ((a.rack ?? '') < (b.rack ?? '') ? -1 : (a.rack ?? '') > (b.rack ?? '') ? 1 : a.id - b.id))
  const rows = topics.flatMap(({ name, partitions }) => partitions.map((each, i) => ({ topic: i === 0 ? name : '', each })))
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { name: 'topic', value: ({ topic }) => topic },
    { name: 'partition', value: ({ each }) => each.partition, right: true },
    ...ordered.map(({ id, rack }) => ({
      name: `${rack ?? ''}${rack === null ? '' : ':'}${id}`,
      value: ({ each }: { each: ObservedPartition }) => markOf(each, id),
    })),
  ]
  const key = 'L leads  l leads, not preferred  o in sync  x missing or behind  + comes  - goes  . none'
  return [...formatTable(rows, columns, { header: true }).split('\n'), paint.dim(key)]
}

function markOf({ leader, replicas, inSync, adding, removing }: ObservedPartition, id: number): string {
  if (!replicas.includes(id)) return '.'
  if (adding.includes(id)) return '+'
  if (leader === id) return replicas[0] === id ? 'L' : 'l'
  if (removing.includes(id)) return '-'
  return inSync.includes(id) ? 'o' : 'x'
}

/** The cluster as `--json` prints it. */
export function clusterDocument(cluster: ObservedCluster) {
  const { id, quorum, metadataLevel, topics } = cluster
  const shown = topics.map(({ name, internal, partitions }) => ({ topic: name, internal, partitions }))
  return { cluster: id, metadata_version: metadataLevel, quorum, brokers: brokerRows(cluster), topics: shown }
}
