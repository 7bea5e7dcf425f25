import type { Bus, PartitionRange, RecordBatch, TakenOver } from '../bus.ts'

/**
 * All of a topic that was acknowledged before {@link Bus.takeOver}. It is waited for: where a broker tells of less, because it was frozen and does not know yet
 * that it leads no more, or where a transaction of somebody else is not decided, to read what there is would be to go on from an old state.
 */
export function readStanding(
  bus: Pick<Bus, 'read'>,
  topic: string,
  { standing }: Pick<TakenOver, 'standing'>,
  signal?: AbortSignal,
): AsyncIterable<RecordBatch> {
  return bus.read({ topic, partitions: standing.get(topic) ?? [], follow: true, ...(signal && { signal }) })
}

/** As {@link Bus.takeOver} says it, without taking anything over: what is to be read by somebody for whom it is good enough to read as far as brokers tell. */
export async function toldStanding(bus: Pick<Bus, 'offsets'>, topics: Iterable<string>): Promise<TakenOver['standing']> {
  const standing = new Map<string, PartitionRange[]>()
  for (const topic of topics) {
    const partitions = await bus.offsets(topic)
    standing.set(
      topic,
      partitions.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest })),
    )
  }
  return standing
}
