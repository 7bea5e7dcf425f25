import type { ObservedCluster, ObservedPartition, ObservedTopic } from '../admin.ts'
import type { DesiredTopic } from './desired.ts'
import { chooseLeader, evenLeaders } from './leaders.ts'
import { Load, made, settled } from './load.ts'
import { placeNew, repaired } from './place.ts'
import type { Sites } from './racks.ts'
import { evenCopies, evenLeadersOverall, type Movable } from './rebalance.ts'
import type { Obstacle } from './steps.ts'

/** A topic that ought to be, with the place that each of its partitions is to have. */
export interface Draft {
  desired: DesiredTopic
  /** null: it is to be created. */
  observed: ObservedTopic | null
  /** It has more partitions than it ought to have: no topic can lose one, so it is deleted and made anew. */
  remade: boolean
  /** By partition. Empty where there are no brokers, or too few. */
  places: number[][]
}

export interface DraftContext {
  observed: ObservedCluster
  sites: Sites
  /** Of the cluster as the drafts so far leave it. */
  load: Load
  obstacles: Obstacle[]
}

/** Places for every partition that ought to be: new ones, and those there are, moved no more than the rules want. */
export function draftTopic(desired: DesiredTopic, context: DraftContext): Draft {
  const observed = context.observed.topics.find(({ name }) => name === desired.name) ?? null
  const remade = observed !== null && observed.partitions.length > desired.partitions
  const draft = { desired, observed, remade, places: [] }
  if (context.observed.kind === 'embedded') return draft
  if (observed && remade) for (const each of observed.partitions) context.load.remove(settled(each))
  const present = remade ? [] : (observed?.partitions ?? [])
  const topic = new Load(present.map(settled))
  const places = present.map((each) => keep(each, desired, context, topic))
  const { sites, load: cluster, obstacles } = context
  if (present.length < desired.partitions && sites.open.length < desired.replication) {
    obstacles.push({ topic: desired.name, message: tooFew(desired, sites) })
    return { ...draft, places }
  }
  for (let partition = present.length; partition < desired.partitions; partition++) {
    const place = chooseLeader(placeNew(desired.replication, { sites, cluster, topic }), topic, cluster)
    for (const load of [topic, cluster]) load.add(place)
    places.push(place)
  }
  return { ...draft, places: even(places, context) }
}

function even(places: number[][], { sites, load }: DraftContext): number[][] {
  const evened = evenLeaders(places, sites.open)
  for (const [i, place] of places.entries()) load.replace(place, evened[i] ?? place)
  return evened
}

/** The place of a partition that is there, by the rules, unless that would take away copies that are needed. */
function keep(each: ObservedPartition, desired: DesiredTopic, { sites, load: cluster, obstacles }: DraftContext, topic: Load): number[] {
  const before = settled(each)
  const after = repaired({ ...each, replicas: before }, desired, { sites, cluster, topic })
  const where = `partition ${each.partition}`
  if (after.length < desired.replication) {
    obstacles.push({ topic: desired.name, message: `${where}: ${tooFew(desired, sites)}` })
    if (after.length < before.length) return before
  }
  if (sameSet(after, before)) return before
  const why = whyNotMoved(each, after, desired.replication)
  if (why !== null) {
    obstacles.push({ topic: desired.name, message: `${where} stays where it is: ${why}` })
    return before
  }
  for (const load of [topic, cluster]) load.replace(before, after)
  return after
}

const tooFew = ({ replication }: DesiredTopic, { open }: Sites) =>
  `${replication} copies need ${replication} brokers, and ${open.length} can take any`

export const sameSet = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((id) => b.includes(id))

/** The brokers moved to are in sync when the others go; those that stay must be so by then too. */
export function whyNotMoved(each: ObservedPartition, after: readonly number[], replication: number): string | null {
  if (each.leader === null) return 'it has no leader to copy from'
  const there = made(each)
  const added = after.filter((id) => !there.includes(id)).length
  const left = after.filter((id) => there.includes(id) && each.inSync.includes(id)).length + added
  if (left >= Math.min(each.inSync.length, replication)) return null
  const behind = after.filter((id) => !each.inSync.includes(id) && there.includes(id))
  return `broker ${behind.join(', ')} must catch up first`
}

/** Spread load over the whole cluster; moves copies that no rule wants moved. Changes the drafts. Not while a copy is missed: that comes first. */
export function rebalanceDrafts(drafts: readonly Draft[], { sites, load, obstacles }: DraftContext): void {
  const unwell = drafts.filter(({ observed }) =>
    observed?.partitions.some((each) => each.leader === null || each.inSync.length < each.replicas.length),
  )
  for (const { desired } of unwell) obstacles.push({ topic: desired.name, message: 'load is not spread while copies are not in sync' })
  if (unwell.length > 0) return
  const entries = drafts.flatMap((draft) =>
    draft.places.map((replicas, partition) => ({ draft, movable: movableOf(draft, replicas, partition) })),
  )
  evenCopies(
    entries.map(({ movable }) => movable),
    load,
    sites,
  )
  for (const draft of drafts) {
    const own = entries.filter((entry) => entry.draft === draft).map(({ movable }) => movable)
    const evened = evenLeaders(
      own.map(({ replicas }) => replicas),
      sites.open,
    )
    own.forEach((movable, i) => {
      load.replace(movable.replicas, evened[i] ?? movable.replicas)
      movable.replicas = evened[i] ?? movable.replicas
    })
  }
  evenLeadersOverall(
    entries.map(({ movable }) => movable),
    load,
    sites,
  )
  for (const { draft, movable } of entries) draft.places[movable.partition] = movable.replicas
}

function movableOf({ desired, observed }: Draft, replicas: number[], partition: number): Movable {
  const bytes = Math.max(0, ...Object.values(observed?.partitions[partition]?.bytes ?? {}))
  return { topic: desired.name, partition, replicas, rule: desired.placement, bytes }
}
