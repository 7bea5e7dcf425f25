import type { ObservedCluster, ObservedTopic } from '../../admin.ts'
import { MIN_INSYNC } from '../desired.ts'
import { settled } from '../load.ts'
import { perRack, sitesOf } from '../racks.ts'
import { neededInSync } from './copies.ts'
import { type Finding, finding, partitionsText } from './finding.ts'

const noRacks = finding('racks_unset', 'warning')
const blind = finding('rack_blind', 'warning')
const acksInOneRack = finding('acks_in_one_rack', 'warning')
const rackLossStops = finding('rack_loss_stops_writes', 'note')
const quorumInOneRack = finding('quorum_in_one_rack', 'warning')

/** Does what is written survive the loss of a rack, a data centre? Brokers know nothing of it: min.insync.replicas counts copies wherever they lie. */
export function checkRacks(cluster: ObservedCluster): Finding[] {
  const { brokers, topics } = cluster
  if (brokers.length < 2) return []
  const without = brokers.filter(({ rack }) => rack === null).map(({ id }) => id)
  if (without.length > 0) {
    const who = without.length === brokers.length ? 'no broker has' : `broker ${without.join(', ')} has no`
    return [noRacks('cluster', `${who} broker.rack: copies cannot be spread over data centres`, 'set broker.rack in server.properties')]
  }
  const racks = new Set(brokers.map(({ rack }) => rack))
  return racks.size < 2 ? [] : [...topics.flatMap((topic) => checkTopic(cluster, topic)), ...checkQuorum(cluster)]
}

function checkTopic({ brokers }: ObservedCluster, { name, config, partitions }: ObservedTopic): Finding[] {
  const sites = sitesOf(brokers)
  const needed = neededInSync(config)
  const spread = partitions.map((each) => ({
    partition: each.partition,
    copies: settled(each).length,
    counts: perRack(settled(each), sites),
  }))
  const several = spread.filter(({ copies }) => copies > 1)
  const inOne = several.filter(({ counts }) => counts.size === 1)
  const metInOne = several.filter(({ counts }) => counts.size > 1 && Math.max(...counts.values()) >= needed)
  const stopped = several.filter(
    ({ copies, counts }) => counts.size > 1 && copies >= needed && copies - Math.max(...counts.values()) < needed,
  )
  const numbers = (some: typeof spread) => partitionsText(some.map(({ partition }) => partition))
  const findings: Finding[] = []
  if (inOne.length > 0) findings.push(blind(name, `${numbers(inOne)}: all copies in one rack, lost with it`, 'shitops topic plan'))
  if (metInOne.length > 0) {
    const met = `acks=all can be met inside one rack (${MIN_INSYNC}=${needed}): what was acknowledged may be lost with it`
    findings.push(acksInOneRack(name, `${numbers(metInOne)}: ${met}`, 'spread copies over more racks, or raise min_insync'))
  }
  if (stopped.length > 0) {
    findings.push(
      rackLossStops(name, `${numbers(stopped)}: writes stop when the rack with the most copies fails (${MIN_INSYNC}=${needed})`),
    )
  }
  return findings
}

function checkQuorum({ quorum, brokers }: ObservedCluster): Finding[] {
  const racks = (quorum?.voters ?? []).map(({ id }) => brokers.find((broker) => broker.id === id)?.rack)
  // Controllers that are no brokers do not tell where they are.
  if (racks.length < 2 || racks.includes(undefined) || new Set(racks).size > 1) return []
  return [
    quorumInOneRack('cluster', `all controllers are in rack ${racks[0]}: the cluster stops with it`, 'move controllers to other racks'),
  ]
}
