import type { ObservedCluster, ObservedPartition, ObservedTopic } from '../../admin.ts'
import { MIN_INSYNC } from '../desired.ts'
import { made, settled } from '../load.ts'
import { type Finding, finding, partitionsText } from './finding.ts'

const noLeader = finding('no_leader', 'error')
const belowMinInSync = finding('below_min_insync', 'error')
const underReplicated = finding('under_replicated', 'error')
const aboveFactor = finding('min_insync_above_factor', 'error')
const equalsFactor = finding('min_insync_equals_factor', 'warning')
const oneInSync = finding('min_insync_one', 'warning')
const oneCopy = finding('replication_one', 'warning')
const moving = finding('moving', 'note')

/** Are the copies there, and do they suffice for what is asked of a write? */
export function checkCopies({ topics, brokers }: ObservedCluster): Finding[] {
  return topics.flatMap((topic) => [...checkNow(topic), ...checkNext(topic, brokers.length)])
}

function checkNow({ name, config, partitions }: ObservedTopic): Finding[] {
  const needed = neededInSync(config)
  const where = (holds: (each: ObservedPartition) => boolean) => partitions.filter(holds).map(({ partition }) => partition)
  const dead = where(({ leader }) => leader === null)
  const refused = where((each) => each.leader !== null && each.inSync.length < needed && settled(each).length >= needed)
  const behind = where((each) => each.leader !== null && made(each).some((id) => !each.inSync.includes(id)))
  const onTheirWay = where(({ adding, removing }) => adding.length + removing.length > 0)
  const findings: Finding[] = []
  if (dead.length > 0)
    findings.push(noLeader(name, `${partitionsText(dead)}: nobody can read or write, no leader`, 'start the brokers of its copies'))
  if (refused.length > 0) {
    findings.push(
      belowMinInSync(name, `${partitionsText(refused)}: acks=all is refused, fewer copies in sync than ${MIN_INSYNC}=${needed}`),
    )
  }
  if (behind.length > 0) {
    const brokers = new Set(partitions.flatMap((each) => made(each).filter((id) => !each.inSync.includes(id))))
    const late = `copies on broker ${[...brokers].sort((a, b) => a - b).join(', ')} are missing or behind`
    findings.push(underReplicated(name, `${partitionsText(behind)}: ${late}`, 'shitops cluster describe'))
  }
  if (onTheirWay.length > 0)
    findings.push(moving(name, `${partitionsText(onTheirWay)}: copies are being moved`, 'shitops topic apply follows them'))
  return findings
}

function checkNext({ name, config, partitions }: ObservedTopic, brokers: number): Finding[] {
  const needed = neededInSync(config)
  const copies = Math.min(...partitions.map((each) => settled(each).length))
  if (!Number.isFinite(copies)) return []
  if (needed > copies) {
    return [aboveFactor(name, `${MIN_INSYNC}=${needed}, but there are ${copies} copies: no acks=all can be met`, 'shitops topic plan')]
  }
  if (copies === 1) return brokers > 1 ? [oneCopy(name, `one copy: what its broker holds is lost with it`, 'shitops topic plan')] : []
  if (needed === copies) {
    return [
      equalsFactor(name, `${MIN_INSYNC}=${needed} of ${copies} copies: writes stop with the first broker that fails`, 'shitops topic plan'),
    ]
  }
  return needed === 1 && !name.startsWith('__consumer_offsets')
    ? [oneInSync(name, `${MIN_INSYNC}=1: an acknowledged record may lie on one broker only`, 'shitops topic plan')]
    : []
}

/** min.insync.replicas; Kafka's own default is 1. */
export const neededInSync = (config: ObservedTopic['config']) => Number(config[MIN_INSYNC] ?? 1)
