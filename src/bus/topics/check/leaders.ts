import type { ObservedCluster, ObservedTopic } from '../../admin.ts'
import { evenLeaders, leaderCounts } from '../leaders.ts'
import { settled } from '../load.ts'
import { sitesOf } from '../racks.ts'
import { type Finding, finding, partitionsText } from './finding.ts'

const notPreferred = finding('leader_not_preferred', 'warning')
const skewedTopic = finding('leaders_skewed', 'warning')
const skewedCluster = finding('leaders_skewed', 'warning')

/** A broker that leads this many times the mean does the work of others. */
const SKEW = 1.5
const FEW = 3

/** Is the work of leading shared out? */
export function checkLeaders(cluster: ObservedCluster): Finding[] {
  if (cluster.brokers.length < 2) return []
  return [...cluster.topics.flatMap((topic) => checkTopic(topic, cluster)), ...checkAll(cluster)]
}

function checkTopic({ name, internal, partitions }: ObservedTopic, { brokers }: ObservedCluster): Finding[] {
  const findings: Finding[] = []
  const others = partitions.filter(
    (each) => each.leader !== null && each.leader !== settled(each)[0] && each.inSync.includes(settled(each)[0] ?? -1),
  )
  if (others.length > 0) {
    const which = partitionsText(others.map(({ partition }) => partition))
    findings.push(notPreferred(name, `${which}: not led by the preferred broker, though it is in sync`, `shitops topic elect ${name}`))
  }
  const { open } = sitesOf(brokers)
  const places = partitions.map(settled)
  const even = evenLeaders(places, open)
  if (!internal && places.some((place, i) => place[0] !== even[i]?.[0])) {
    findings.push(skewedTopic(name, `preferred leaders are skewed: ${countsText(leaderCounts(places, open))}`, 'shitops topic plan'))
  }
  return findings
}

function checkAll({ topics, brokers }: ObservedCluster): Finding[] {
  const counts = new Map(brokers.filter(({ fenced }) => !fenced).map(({ id }) => [id, 0]))
  for (const { leader } of topics.flatMap(({ partitions }) => partitions))
    if (leader !== null) counts.set(leader, (counts.get(leader) ?? 0) + 1)
  const mean = [...counts.values()].reduce((sum, n) => sum + n, 0) / counts.size
  const most = Math.max(...counts.values())
  if (most <= SKEW * mean || most - mean < FEW) return []
  return [
    skewedCluster('cluster', `brokers lead unevenly: ${countsText(counts)}`, 'shitops topic elect, or shitops topic plan --rebalance'),
  ]
}

const countsText = (counts: ReadonlyMap<number, number>) =>
  [...counts]
    .sort(([a], [b]) => a - b)
    .map(([id, count]) => `broker ${id} leads ${count}`)
    .join(', ')
