import type { ConsumeOptions, TopicPartition } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { committedOffsets } from './committed-offsets.ts'
import { EARLIEST, LATEST, listOffsets } from './offsets.ts'
import { PartitionCursor } from './partition-cursor.ts'

/**
 * Where a group member reads on in each partition: at the committed offset; at the start that the caller wants where there is none, or
 * where it lies beyond the end (the topic was made anew). A committed offset that retention has overtaken is moved by the reader.
 * One that lies behind an open transaction is right where it is: whoever committed it has seen the end of the log.
 */
export async function startPositions(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { group, start }: Pick<ConsumeOptions, 'group' | 'start'>,
  signal: AbortSignal,
): Promise<PartitionCursor[]> {
  if (partitions.length === 0) return []
  const committed = await committedOffsets(cluster, group, [...new Set(partitions.map(({ topic }) => topic))], signal)
  const query = (timestamp: number) => partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }))
  const ends = await listOffsets(cluster, query(LATEST), { signal })
  const fresh = await freshPositions()
  return partitions.map(({ topic, partition }, i) => {
    const known = committed.find((commit) => commit.topic === topic && commit.partition === partition)?.offset
    const end = ends[i] ?? 0
    const otherwise = fresh[i] ?? 0
    if (known !== undefined && known > end) {
      cluster.context.logger.warn(
        `group "${group}" had read "${topic}" partition ${partition} up to ${known}, but it ends at ${end}; going on at ${otherwise}`,
      )
    }
    return new PartitionCursor(topic, partition, known === undefined || known > end ? otherwise : known, Number.POSITIVE_INFINITY)
  })

  /** What an open transaction has written is still to come for a reader of committed records. */
  function freshPositions(): Promise<Array<number | null>> {
    if (start === 'earliest') return listOffsets(cluster, query(EARLIEST), { signal })
    return listOffsets(cluster, query(LATEST), { committed: cluster.context.settings.isolation === 'read_committed', signal })
  }
}
