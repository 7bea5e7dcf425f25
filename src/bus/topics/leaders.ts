import type { Load } from './load.ts'
import { leastBy } from './load.ts'

/** How often each broker comes first, 0 for the others that could. */
export function leaderCounts(places: ReadonlyArray<readonly number[]>, open: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const replicas of places) for (const id of replicas) if (open.includes(id)) counts.set(id, counts.get(id) ?? 0)
  for (const [first] of places) if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1)
  return counts
}

/**
 * The same places with preferred leaders shared out as evenly as the places allow: no broker leads two more than another that it could hand
 * a partition to, over however many hands. Copies stay where they are; what is even stays as it is.
 */
export function evenLeaders(places: ReadonlyArray<readonly number[]>, open: readonly number[]): number[][] {
  const result = places.map((replicas) => [...replicas])
  for (let path = handOver(result, open); path; path = handOver(result, open)) {
    for (const { partition, to } of path) result[partition] = ledBy(result[partition] ?? [], to)
  }
  return result
}

/** Brokers that lead nothing yet take new partitions first, those with the least to lead in the whole cluster before others. */
export function chooseLeader(replicas: readonly number[], topic: Load, cluster: Load): number[] {
  const first = leastBy(
    replicas,
    (id) => topic.leaders(id),
    (id) => cluster.leaders(id),
    (id) => id,
  )
  return first === undefined ? [] : ledBy(replicas, first)
}

export function ledBy(replicas: readonly number[], first: number): number[] {
  return [first, ...replicas.filter((id) => id !== first)]
}

/** The shortest way from a broker that leads the most to one that leads two less or fewer: who hands which partition to whom. */
function handOver(places: ReadonlyArray<readonly number[]>, open: readonly number[]): Array<{ partition: number; to: number }> | undefined {
  const counts = leaderCounts(places, open)
  const busiest = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b)
  for (const start of busiest) {
    const most = counts.get(start) ?? 0
    const reached = new Map<number, { from: number; partition: number }>()
    const queue = [start]
    for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
      for (const [partition, replicas] of places.entries()) {
        if (replicas[0] !== from) continue
        for (const to of replicas) {
          if (to === start || reached.has(to) || !open.includes(to)) continue
          reached.set(to, { from, partition })
          if ((counts.get(to) ?? 0) <= most - 2) return pathTo(to, start, reached)
          queue.push(to)
        }
      }
    }
  }
  return undefined
}

function pathTo(
  end: number,
  start: number,
  reached: ReadonlyMap<number, { from: number; partition: number }>,
): Array<{ partition: number; to: number }> {
  const path: Array<{ partition: number; to: number }> = []
  for (let to = end; to !== start; ) {
    const step = reached.get(to)
    if (!step) break
    path.unshift({ partition: step.partition, to })
    to = step.from
  }
  return path
}
