import type { ConsumeOptions, OffsetCommit, TopicPartition } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { EARLIEST, LATEST, listOffsets } from './offsets.ts'
import { PartitionCursor } from './partition-cursor.ts'

/** So long an end before what the group has read is doubted: brokers take 9 s (`broker.session.timeout.ms`) to see that one of them is gone. */
const BELIEF_MS = 15_000
const BELIEF_PAUSE_MS = 500

export interface GroupShare extends Pick<ConsumeOptions, 'group' | 'start'> {
  partitions: readonly TopicPartition[]
  committed: readonly OffsetCommit[]
}

/**
 * Where a group member reads on in each partition: at the committed offset; at the start that the caller wants where there is none, or
 * where it lies beyond the end (the topic was made anew). A committed offset that retention has overtaken is moved by the reader.
 * One that lies behind an open transaction is right where it is: whoever committed it has seen the end of the log.
 */
export async function startPositions(
  cluster: Cluster,
  { partitions, committed, group, start }: GroupShare,
  signal: AbortSignal,
): Promise<PartitionCursor[]> {
  if (partitions.length === 0) return []
  const query = (timestamp: number) => partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }))
  const commits = partitions.map(
    ({ topic, partition }) => committed.find((commit) => commit.topic === topic && commit.partition === partition)?.offset,
  )
  const ends = await believableEnds()
  const fresh = await freshPositions()
  return partitions.map(({ topic, partition }, i) => {
    const known = commits[i]
    const end = ends[i] ?? 0
    const otherwise = fresh[i] ?? 0
    if (known !== undefined && known > end) {
      cluster.context.logger.warn(
        `group "${group}" had read "${topic}" partition ${partition} up to ${known}, but it ends at ${end}; going on at ${otherwise}`,
      )
    }
    return new PartitionCursor(topic, partition, known === undefined || known > end ? otherwise : known, Number.POSITIVE_INFINITY)
  })

  /**
   * The ends of the partitions. Where a commit lies beyond one, a leader that was frozen or cut off may tell of an end that is long past: the
   * others have another one by then, and are asked who leads.
   */
  async function believableEnds(): Promise<Array<number | null>> {
    const { clock } = cluster.context
    for (const until = clock.now() + BELIEF_MS; ; ) {
      const found = await listOffsets(cluster, query(LATEST), { signal })
      const beyond = commits.some((offset, i) => offset !== undefined && offset > (found[i] ?? 0))
      if (!beyond || clock.now() >= until || signal.aborted) return found
      await clock.sleep(BELIEF_PAUSE_MS, signal)
      cluster.askElsewhere()
      for (const topic of new Set(partitions.map((each) => each.topic))) await cluster.topic(topic, 0)
    }
  }

  /** What an open transaction has written is still to come for a reader of committed records. */
  function freshPositions(): Promise<Array<number | null>> {
    if (start === 'earliest') return listOffsets(cluster, query(EARLIEST), { signal })
    return listOffsets(cluster, query(LATEST), { committed: cluster.context.settings.isolation === 'read_committed', signal })
  }
}
