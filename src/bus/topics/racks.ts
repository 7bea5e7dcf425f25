import type { ObservedBroker } from '../admin.ts'
import type { PlacementRule } from './desired.ts'

/** The racks of a cluster, and which brokers may be given copies. */
export interface Sites {
  /** Brokers that may be given copies: up, and not to be drained. By id. */
  readonly open: readonly number[]
  /** All racks with open brokers. */
  readonly racks: readonly string[]
  /** The rack of a broker. Brokers without a rack share one; one that is not registered any more is a rack of its own, where nothing can be put. */
  rackOf(id: number): string
  isDrained(id: number): boolean
}

export function sitesOf(brokers: readonly ObservedBroker[], drain: readonly number[] = []): Sites {
  const racks = new Map(brokers.map(({ id, rack }) => [id, rack ?? '']))
  const open = brokers.filter(({ id, fenced }) => !fenced && !drain.includes(id)).map(({ id }) => id)
  const rackOf = (id: number) => racks.get(id) ?? `gone:${id}`
  return {
    open: open.sort((a, b) => a - b),
    racks: [...new Set(open.map(rackOf))].sort(),
    rackOf,
    isDrained: (id) => drain.includes(id),
  }
}

/** How many of these brokers are in each rack. */
export function perRack(ids: readonly number[], { rackOf }: Pick<Sites, 'rackOf'>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(rackOf(id), (counts.get(rackOf(id)) ?? 0) + 1)
  return counts
}

/** Racks that have an open broker which holds no copy yet. */
export function racksWithRoom(ids: readonly number[], sites: Sites): string[] {
  return sites.racks.filter((rack) => sites.open.some((id) => sites.rackOf(id) === rack && !ids.includes(id)))
}

/**
 * The rack that a copy ought to leave and the one that it ought to go to, by the rule; undefined where the copies lie well, or as well as
 * they can. Each such step makes the copies lie more evenly, so that there is an end to them.
 */
export function misplaced(ids: readonly number[], rule: PlacementRule, sites: Sites): { from: string; to: string } | undefined {
  if (rule === 'any' || ids.length === 0) return undefined
  const counts = perRack(ids, sites)
  const count = (rack: string) => counts.get(rack) ?? 0
  if (rule !== 'even' && counts.size >= rule.racks) return undefined
  const from = [...counts.keys()].sort().reduce((most, rack) => (count(rack) > count(most) ? rack : most))
  const room = racksWithRoom(ids, sites).filter((rack) => count(from) - count(rack) >= 2 && (rule === 'even' || count(rack) === 0))
  const [to] = room.sort((a, b) => count(a) - count(b))
  return to === undefined ? undefined : { from, to }
}
