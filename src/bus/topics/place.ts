import type { PlacementRule } from './desired.ts'
import { type Load, leastBy } from './load.ts'
import { misplaced, perRack, racksWithRoom, type Sites } from './racks.ts'

/** What decides where copies of one topic go: the load of the cluster, and that of the topic alone. */
export interface PlaceContext {
  sites: Sites
  cluster: Load
  topic: Load
}

/** A place for a new partition: racks with the fewest of its copies first, then brokers with the least of the topic, then of all. */
export function placeNew(replication: number, context: PlaceContext): number[] {
  const replicas: number[] = []
  while (replicas.length < replication) {
    const next = nextSite(replicas, context)
    if (next === undefined) break
    replicas.push(next)
  }
  return replicas
}

function nextSite(
  replicas: readonly number[],
  { sites, cluster, topic }: PlaceContext,
  racks = racksWithRoom(replicas, sites),
): number | undefined {
  const counts = perRack(replicas, sites)
  const candidates = sites.open.filter((id) => !replicas.includes(id) && racks.includes(sites.rackOf(id)))
  return leastBy(
    candidates,
    (id) => counts.get(sites.rackOf(id)) ?? 0,
    (id) => topic.copies(id),
    (id) => cluster.copies(id),
    (id) => id,
  )
}

export interface Present {
  replicas: readonly number[]
  inSync: readonly number[]
  leader: number | null
}

/**
 * The same partition with as many copies as wanted, none on brokers that are drained, in racks by the rule, and as few copies moved as
 * that takes. Copies that stay keep their order, with the preferred leader first; the same where nothing is wrong.
 */
export function repaired(present: Present, wanted: { replication: number; placement: PlacementRule }, context: PlaceContext): number[] {
  const { sites } = context
  const replicas = present.replicas.filter((id) => !sites.isDrained(id))
  while (replicas.length > wanted.replication) take(replicas, superfluous(replicas, present, context))
  while (replicas.length < wanted.replication) {
    const next = nextSite(replicas, context)
    if (next === undefined) break
    replicas.push(next)
  }
  for (let move = misplaced(replicas, wanted.placement, sites); move; move = misplaced(replicas, wanted.placement, sites)) {
    const { from, to } = move
    const leaving = superfluous(
      replicas.filter((id) => sites.rackOf(id) === from),
      present,
      context,
    )
    take(replicas, leaving)
    const next = nextSite(replicas, context, [to])
    if (next === undefined) break
    replicas.push(next)
  }
  return replicas
}

/** The copy that is missed least: of the rack with the most, not yet made, not in sync, not leading, on the busiest broker. */
function superfluous(replicas: readonly number[], present: Present, { sites, cluster, topic }: PlaceContext): number {
  const counts = perRack(replicas, sites)
  const least = leastBy(
    replicas,
    (id) => -(counts.get(sites.rackOf(id)) ?? 0),
    (id) => Number(present.replicas.includes(id)),
    (id) => Number(present.inSync.includes(id)),
    (id) => Number(present.leader === id),
    (id) => -topic.copies(id),
    (id) => -cluster.copies(id),
    (id) => -id,
  )
  if (least === undefined) throw new RangeError('a partition without copies')
  return least
}

function take(ids: number[], id: number): void {
  ids.splice(ids.indexOf(id), 1)
}
