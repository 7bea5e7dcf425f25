import type { ObservedCluster } from '../../admin.ts'
import { type Finding, finding } from './finding.ts'

const mixed = finding('version_mixed', 'warning')
const notFinalized = finding('version_not_finalized', 'note')
const zookeeper = finding('zookeeper', 'warning')
const tooOld = finding('version_old', 'warning')
const oneController = finding('one_controller', 'warning')
const evenControllers = finding('even_controllers', 'note')
const laggingController = finding('controller_behind', 'warning')

/** Fetch v11 (Kafka 2.3) has reads from the nearest copy; v12 came with 2.7. */
const NEAREST_READS = 11
/** Records of the metadata log that a controller may be behind while all is well: heartbeats of one are some a second. */
const CONTROLLER_LAG = 1_000
const SEVERAL = 3

/** Hazards of releases: brokers of different ones, a level that was never raised, what Kafka 4 has no more. */
export function checkVersions({ brokers, metadataLevel, quorum }: ObservedCluster): Finding[] {
  const known = brokers.flatMap(({ id, versions }) => (versions ? [{ id, ...versions }] : []))
  if (known.length === 0) return []
  const findings: Finding[] = []
  const oldest = Math.min(...known.map(({ fetch }) => fetch))
  const spoken = new Set(known.map(({ fetch, metadataMax }) => `${fetch}/${metadataMax}`))
  if (spoken.size > 1) {
    const list = known.map(({ id, fetch, metadataMax }) => `${id}: Fetch v${fetch}${metadataMax > 0 ? `, level ${metadataMax}` : ''}`)
    findings.push(mixed('cluster', `brokers of different releases (${list.join('; ')})`, 'finish the upgrade'))
  }
  if (oldest < NEAREST_READS)
    findings.push(tooOld('cluster', `Fetch v${oldest}: brokers too old for reads from the nearest rack`, 'upgrade to 2.5 or newer'))
  const newest = Math.min(...known.map(({ metadataMax }) => metadataMax))
  if (metadataLevel === 0) {
    findings.push(
      zookeeper(
        'cluster',
        'no metadata.version: ZooKeeper keeps its metadata, which Kafka 4 cannot',
        'migrate to KRaft with 3.9 before 4.x',
      ),
    )
  } else if (metadataLevel < newest && spoken.size === 1) {
    const fix = 'kafka-features.sh upgrade, once nobody wants to go back'
    findings.push(notFinalized('cluster', `metadata.version is ${metadataLevel}, these brokers can run ${newest}`, fix))
  }
  return [...findings, ...checkQuorum(quorum, brokers.length)]
}

function checkQuorum(quorum: ObservedCluster['quorum'], brokers: number): Finding[] {
  if (!quorum) return []
  const { voters } = quorum
  const behind = voters.filter(({ lag }) => lag > CONTROLLER_LAG).map(({ id, lag }) => `${id} (${lag} records)`)
  const findings: Finding[] = []
  if (voters.length === 1 && brokers >= SEVERAL)
    findings.push(oneController('cluster', 'one controller: the cluster stands still without it', 'run three'))
  if (voters.length > 1 && voters.length % 2 === 0) {
    findings.push(evenControllers('cluster', `${voters.length} controllers survive no more losses than ${voters.length - 1} would`))
  }
  if (behind.length > 0) findings.push(laggingController('cluster', `controllers are behind: ${behind.join(', ')}`, 'look at their logs'))
  return findings
}
