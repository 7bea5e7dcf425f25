import type { PlacementRule } from './desired.ts'
import { ledBy } from './leaders.ts'
import { Load, leastBy } from './load.ts'
import { misplaced, type Sites } from './racks.ts'

/** A partition that may be moved for the sake of balance. */
export interface Movable {
  topic: string
  partition: number
  replicas: number[]
  rule: PlacementRule
  /** What a move of one copy costs. */
  bytes: number
}

/**
 * Move copies, the smallest first, from brokers with many to brokers with two less or fewer, without breaking a placement rule. Each step
 * makes the counts more even, so that there is an end, and where it ends nothing is left to do: asked again it moves nothing. Changes
 * `partitions` and `load`.
 */
export function evenCopies(partitions: readonly Movable[], load: Load, sites: Sites): void {
  const bySize = [...partitions].sort((a, b) => a.bytes - b.bytes)
  while (moveOneCopy(bySize, load, sites)) {}
}

/** The same with preferred leaders over all topics, never at the price of one topic's own balance. No copy moves. */
export function evenLeadersOverall(partitions: readonly Movable[], load: Load, sites: Sites): void {
  while (handOneOver(partitions, load, sites)) {}
}

function moveOneCopy(partitions: readonly Movable[], load: Load, sites: Sites): boolean {
  const byLoad = [...sites.open].sort((a, b) => load.copies(b) - load.copies(a) || a - b)
  for (const from of byLoad) {
    for (const to of [...byLoad].reverse()) {
      if (load.copies(from) - load.copies(to) < 2) break
      for (const each of partitions) {
        if (!each.replicas.includes(from) || each.replicas.includes(to)) continue
        const after = each.replicas.map((id) => (id === from ? to : id))
        if (misplaced(after, each.rule, sites)) continue
        load.replace(each.replicas, after)
        each.replicas = after
        return true
      }
    }
  }
  return false
}

function handOneOver(partitions: readonly Movable[], load: Load, sites: Sites): boolean {
  const topics = new Map<string, Load>()
  for (const { topic, replicas } of partitions) {
    const own = topics.get(topic) ?? new Load()
    own.add(replicas)
    topics.set(topic, own)
  }
  for (const each of partitions) {
    const own = topics.get(each.topic)
    const [first] = each.replicas
    if (!own || first === undefined) continue
    const takers = each.replicas.filter(
      (id) =>
        id !== first && sites.open.includes(id) && own.leaders(first) > own.leaders(id) && load.leaders(first) - load.leaders(id) >= 2,
    )
    const to = leastBy(
      takers,
      (id) => load.leaders(id),
      (id) => id,
    )
    if (to === undefined) continue
    const after = ledBy(each.replicas, to)
    load.replace(each.replicas, after)
    each.replicas = after
    return true
  }
  return false
}
