import type { Bus, GroupDescription, OffsetCommit, PartitionOffsets, ReadOptions } from '../../src/bus/bus.ts'

/** What a broker knew when it was frozen. */
export interface Past {
  readonly ends?: ReadonlyMap<string, PartitionOffsets[]>
  readonly group?: { readonly commits: OffsetCommit[]; readonly description: GroupDescription | Error }
  /** Until it learns that it leads no more, it has nothing new for those who follow without an end; those who know an end have found out by then. */
  readonly learns?: Promise<unknown>
}

/** How things are now, for later. */
export async function pastOf(bus: Bus, { topics = [], group }: { topics?: readonly string[]; group?: string }): Promise<Past> {
  const ends = new Map<string, PartitionOffsets[]>()
  for (const topic of topics) ends.set(topic, await bus.offsets(topic))
  if (group === undefined) return { ends }
  const description = await bus.describeGroup(group).catch((error: Error) => error)
  return { ends, group: { commits: await bus.fetchOffsets(group, await bus.listTopics()), description } }
}

/**
 * A bus whose broker has thawed and takes itself for the leader, and the coordinator of a group, that it was: what came meanwhile is not in its log, and
 * a read that ends, ends there. Whatever is written goes to those who lead now.
 */
export function thawed(bus: Bus, { ends, group, learns }: Past): Bus {
  const told: Partial<Bus> = {
    offsets: async (topic) => ends?.get(topic) ?? bus.offsets(topic),
    read: (options) => readTold(bus, options, ends?.get(options.topic), learns),
    fetchOffsets: async (name, topics) => group?.commits.filter(({ topic }) => topics.includes(topic)) ?? bus.fetchOffsets(name, topics),
    describeGroup: async (name) => {
      if (!group) return bus.describeGroup(name)
      if (group.description instanceof Error) throw group.description
      return group.description
    },
  }
  return new Proxy(bus, {
    get(target, name) {
      const value = Reflect.get(name in told ? told : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function* readTold(bus: Bus, options: ReadOptions, ends: PartitionOffsets[] | undefined, learns: Promise<unknown> | undefined) {
  const told = (partition: number) => ends?.find((end) => end.partition === partition)?.latest ?? Number.POSITIVE_INFINITY
  const partitions = options.partitions.map(({ partition, from, to = Number.POSITIVE_INFINITY }) => {
    const end = Math.min(to, told(partition))
    return { partition, from, ...(end < Number.POSITIVE_INFINITY && { to: end }) }
  })
  if (!ends || !options.follow) yield* bus.read(ends ? { ...options, partitions } : options)
  else {
    if (options.partitions.some(({ to }) => to === undefined)) await learns
    yield* bus.read(options)
  }
}
