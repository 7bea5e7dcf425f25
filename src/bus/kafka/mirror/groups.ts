import { plural } from '../../../base/plural.ts'
import type { Bus } from '../../bus.ts'
import type { MirrorFinding, MirrorGroup, MirrorTopic } from './report.ts'
import { checkpointKey, type MirrorState, placeOf } from './state.ts'

interface GroupsCheck {
  source: Bus
  target: Bus
  topics: readonly MirrorTopic[]
  state: MirrorState
}

/**
 * Where each group of the source would go on at the mirror. MirrorMaker translates coarsely: to the last sync before the committed offset, so
 * some records are read again after a change of clusters, and none must be left out.
 */
export async function checkGroups(check: GroupsCheck): Promise<{ groups: MirrorGroup[]; findings: MirrorFinding[] }> {
  const { source, target, topics } = check
  const mirrored = topics.filter(({ partitions }) => partitions !== null)
  const result = { groups: [] as MirrorGroup[], findings: [] as MirrorFinding[] }
  if (mirrored.length === 0) return result
  const mirrorOf = new Map(mirrored.map(({ topic, mirror }) => [topic, mirror]))
  for (const { group } of await source.listGroups()) {
    const commits = await source.fetchOffsets(group, [...mirrorOf.keys()])
    const synced = await target.fetchOffsets(group, [...mirrorOf.values()])
    const held = new Map(synced.map(({ topic, partition, offset }) => [placeOf(topic, partition), offset]))
    for (const { topic, partition, offset } of commits) {
      const mirror = mirrorOf.get(topic) ?? topic
      const checkpoint = check.state.checkpoints.get(checkpointKey(group, mirror, partition))
      const exact = exactly(offset, check.state.syncs.get(placeOf(topic, partition)))
      const translated = checkpoint?.downstream ?? null
      const again = exact === null || translated === null ? null : Math.max(0, exact - translated)
      result.groups.push({
        group,
        topic,
        partition,
        committed: offset,
        translated,
        synced: held.get(placeOf(mirror, partition)) ?? null,
        again,
      })
      const subject = `${group} on ${placeOf(topic, partition)}`
      if (translated === null && offset > 0) result.findings.push(notTranslated(subject))
      if (translated !== null && exact !== null && translated > exact) result.findings.push(tooFar(subject, translated - exact))
    }
  }
  return result
}

/** The offset at the mirror by counting on from the last sync; null where the group stands before it. */
function exactly(committed: number, sync: { upstream: number; downstream: number } | undefined): number | null {
  return sync && committed >= sync.upstream ? sync.downstream + (committed - sync.upstream) : null
}

function notTranslated(subject: string): MirrorFinding {
  return {
    ...{ problem: 'not-translated', severity: 'warning', subject },
    message: `${subject} has committed offsets that are not translated: at the mirror it would begin where its auto.offset.reset says`,
    advice: 'add it to groups= in mm2.properties, or wait for emit.checkpoints.interval; groups that lag far behind are translated late',
  }
}

function tooFar(subject: string, records: number): MirrorFinding {
  return {
    ...{ problem: 'translated-too-far', severity: 'error', subject },
    message: `${subject} would leave out ${plural(records, 'record')} at the mirror: its offset is translated too far`,
    advice: 'do not move it there by its checkpoint; give it a time to begin at: shitops group reset --to @TIME',
  }
}
