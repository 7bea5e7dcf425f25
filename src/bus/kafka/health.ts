import type { BusHealth } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import type { PartitionInfo, TopicInfo } from './metadata.ts'

/** What a fail-over test on three racks showed to be enough: any one broker may go without a write being refused. */
const SAFE_BROKERS = 3
const FETCH_KEY = 1

/** Facts about the cluster and what an operator would want to know before relying on it. */
export async function health(cluster: Cluster): Promise<BusHealth> {
  const topics = await cluster.allTopics()
  const { settings, security } = cluster.context
  const { brokers, controller, clusterId } = cluster.map
  const racks = new Set([...brokers.values()].flatMap(({ rack }) => rack ?? []))
  const list = [...brokers.values()].map(({ id, host, port, rack }) => `${id} ${host}:${port}${rack ? ` (${rack})` : ''}`)
  const facts: Array<readonly [string, string]> = [
    ['cluster', clusterId],
    ['brokers', list.join(', ')],
    ['controller', String(controller)],
    ['racks', racks.size > 0 ? [...racks].sort().join(', ') : 'none'],
    ['protocol', await spoken(cluster)],
    ['topics', String(topics.filter(({ internal }) => !internal).length)],
    [
      'connection',
      `${security.tls ? 'TLS' : 'not encrypted'}, ${security.sasl ? `${settings.sasl} as ${settings.saslUsername}` : 'no login'}`,
    ],
  ]
  return { facts, warnings: warningsOf(cluster, topics, racks) }
}

/** Brokers do not tell their release; what they speak tells about which it is. */
async function spoken(cluster: Cluster): Promise<string> {
  const newest = (await cluster.any()).newest(FETCH_KEY)
  const release = RELEASES.find(([fetch]) => newest >= fetch)?.[1] ?? 'before 2.5'
  return `Fetch v${newest} (Kafka ${release})`
}

/** The newest Fetch version by release (clients/src/main/resources/common/message/FetchRequest.json). */
const RELEASES: ReadonlyArray<readonly [fetch: number, release: string]> = [
  [18, '4.1 or newer'],
  [17, '3.9 or 4.0'],
  [16, '3.7 or 3.8'],
  [15, '3.5 or 3.6'],
  [13, '3.1 to 3.4'],
  [12, '2.7 to 3.0'],
  [11, '2.3 to 2.6'],
]

function warningsOf(cluster: Cluster, topics: readonly TopicInfo[], racks: ReadonlySet<string>): string[] {
  const { brokers } = cluster.map
  const { settings } = cluster.context
  const warnings: string[] = []
  const partitions = topics.flatMap((topic) => topic.partitions.map((partition) => ({ topic: topic.name, ...partition })))
  const name = (of: readonly (PartitionInfo & { topic: string })[]) => {
    const names = of.slice(0, 3).map(({ topic, partition }) => `${topic}/${partition}`)
    return `${names.join(', ')}${of.length > names.length ? ` and ${of.length - names.length} more` : ''}`
  }
  const leaderless = partitions.filter(({ leader }) => leader === null)
  const behind = partitions.filter(({ replicas, inSync }) => inSync.length < replicas.length)
  if (leaderless.length > 0) warnings.push(`nobody can read or write ${name(leaderless)}: no leader`)
  if (behind.length > 0) warnings.push(`replicas are missing or behind: ${name(behind)}`)
  if (brokers.size < SAFE_BROKERS)
    warnings.push(`${brokers.size} ${brokers.size === 1 ? 'broker' : 'brokers'}: writes stop, or are lost, with the first that fails`)
  if (settings.rack && !racks.has(settings.rack)) warnings.push(`no broker is in rack "${settings.rack}": reads go to the leaders`)
  return warnings
}
