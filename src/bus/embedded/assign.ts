/** A member of a group and what it reads. */
export interface Subscriber {
  id: string
  topics: readonly string[]
}

/** Topic -> the member that is to read each partition, or null where nobody subscribes. */
export type Targets = Record<string, Array<string | null>>

/**
 * Share partitions among members: every member that may gets as many as any other, give or take one, and as few partitions as
 * possible change hands. The same input gives the same answer in every process.
 */
export function assignPartitions(members: readonly Subscriber[], partitions: ReadonlyMap<string, number>, current: Targets): Targets {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const load = new Map(sorted.map(({ id }) => [id, 0]))
  const readers = (topic: string) => sorted.filter(({ topics }) => topics.includes(topic)).map(({ id }) => id)
  const targets: Targets = {}
  for (const topic of [...partitions.keys()].sort()) {
    const eligible = new Set(readers(topic))
    targets[topic] = Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) => {
      const holder = current[topic]?.[partition] ?? null
      if (holder === null || !eligible.has(holder)) return null
      load.set(holder, (load.get(holder) ?? 0) + 1)
      return holder
    })
  }
  const least = (ids: readonly string[]) =>
    ids.reduce<string | null>((best, id) => (best === null || (load.get(id) ?? 0) < (load.get(best) ?? 0) ? id : best), null)
  for (const [topic, holders] of Object.entries(targets)) {
    const eligible = readers(topic)
    holders.forEach((holder, partition) => {
      const taker = holder ?? least(eligible)
      if (holder === null && taker !== null) load.set(taker, (load.get(taker) ?? 0) + 1)
      holders[partition] = taker
    })
  }
  while (moveOne(targets, load, readers, least)) {}
  return targets
}

/** Move one partition from the member that has the most to one that has at least two less. */
function moveOne(
  targets: Targets,
  load: Map<string, number>,
  readers: (topic: string) => string[],
  least: (ids: readonly string[]) => string | null,
): boolean {
  let best: { holders: Array<string | null>; partition: number; holder: string; taker: string; gain: number } | undefined
  for (const [topic, holders] of Object.entries(targets)) {
    const taker = least(readers(topic))
    if (taker === null) continue
    holders.forEach((holder, partition) => {
      const gain = holder === null ? 0 : (load.get(holder) ?? 0) - (load.get(taker) ?? 0)
      if (holder !== null && gain >= Math.max(2, best?.gain ?? 0)) best = { holders, partition, holder, taker, gain }
    })
  }
  if (!best) return false
  best.holders[best.partition] = best.taker
  load.set(best.holder, (load.get(best.holder) ?? 0) - 1)
  load.set(best.taker, (load.get(best.taker) ?? 0) + 1)
  return true
}
