import { plural } from '../../../base/plural.ts'
import type { Bus, TopicDescription } from '../../bus.ts'
import { partitionLag } from './lag.ts'
import type { MirrorFinding, MirrorPartition, MirrorTopic } from './report.ts'
import { type MirrorState, placeOf } from './state.ts'

interface TopicCheck {
  source: Bus
  target: Bus
  topic: string
  mirror: string
  /** Whether the target has the mirror. */
  isThere: boolean
  state: MirrorState
  maxLag: number
}

type Found = (finding: Pick<MirrorFinding, 'problem' | 'severity' | 'message' | 'advice'> & { partition?: number }) => void

/** One topic beside its mirror: is it there, is all of it there, is it in step. */
export async function checkTopic(check: TopicCheck): Promise<{ topic: MirrorTopic; findings: MirrorFinding[] }> {
  const { source, target, topic, mirror, isThere } = check
  const findings: MirrorFinding[] = []
  const found: Found = ({ partition, ...finding }) => {
    findings.push({ ...finding, subject: partition === undefined ? topic : placeOf(topic, partition) })
  }
  if (!isThere) {
    const message = `${topic} has no mirror: the target has no ${mirror}`
    found({
      problem: 'topic-missing',
      severity: 'error',
      message,
      advice: 'add it to topics= in mm2.properties, or wait for refresh.topics.interval',
    })
    return { topic: { topic, mirror, partitions: null }, findings }
  }
  const [ours, theirs] = [await source.describeTopic(topic), await target.describeTopic(mirror)]
  compareSettings(ours, theirs, found)
  const partitions: MirrorPartition[] = []
  for (const ends of ours.partitions) {
    const beside = theirs.partitions.find(({ partition }) => partition === ends.partition)
    if (!beside) continue
    const sync = check.state.syncs.get(placeOf(topic, ends.partition))
    const lag = await partitionLag({ bus: source, topic, ends }, { bus: target, topic: mirror, ends: beside }, sync)
    partitions.push(lag)
    if (sync && sync.downstream >= beside.latest) {
      const message = `${mirror}/${ends.partition} ends at ${beside.latest}, and MirrorMaker had written up to ${sync.downstream}: it was made anew or cut back`
      found({
        problem: 'mirror-replaced',
        severity: 'error',
        partition: ends.partition,
        message,
        advice: 'compare both topics; MirrorMaker does not copy again what it has copied',
      })
    }
    judgeLag(lag, mirror, check.maxLag, found)
  }
  return { topic: { topic, mirror, partitions }, findings }
}

function compareSettings(ours: TopicDescription, theirs: TopicDescription, found: Found): void {
  const missing = ours.partitions.length - theirs.partitions.length
  if (missing > 0) {
    const message = `${theirs.name} has ${theirs.partitions.length} partitions, ${ours.name} has ${ours.partitions.length}: what is in the others is not mirrored`
    found({
      problem: 'partitions-missing',
      severity: 'error',
      message,
      advice: 'MirrorMaker adds them at its next refresh.topics.interval, if it may alter topics',
    })
  }
  const policies = [ours, theirs].map(({ config }) => config['cleanup.policy'] ?? 'delete')
  if (policies[0] !== policies[1]) {
    const message = `${ours.name} has cleanup.policy=${policies[0]}, its mirror ${theirs.name} has ${policies[1]}`
    found({ problem: 'policy-differs', severity: 'warning', message, advice: 'sync.topic.configs.enabled=true, or set it on the target' })
  }
}

function judgeLag({ partition, lag, behindMs }: MirrorPartition, mirror: string, maxLag: number, found: Found): void {
  const place = placeOf(mirror, partition)
  if (lag === null) {
    const message = `how far ${place} is behind is not known: its last record is another one, and MirrorMaker has no offset sync for it`
    found({
      problem: 'lag-unknown',
      severity: 'warning',
      partition,
      message,
      advice: 'see that MirrorMaker may write its mm2-offset-syncs topic',
    })
  } else if (lag > maxLag) {
    const time = behindMs === null ? '' : ` (${Math.round(behindMs / 1000)} s)`
    const message = `${place} is ${plural(lag, 'record')} behind${time}`
    found({ problem: 'behind', severity: 'warning', partition, message, advice: 'more tasks.max, or see what holds MirrorMaker up' })
  }
}
