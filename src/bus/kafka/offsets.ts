import type { Cluster } from './cluster.ts'
import { CODE } from './codes.ts'
import { checkCode } from './failures.ts'
import { listOffsetsCall } from './list-offsets-call.ts'

/** Instead of a time: the first offset still held, or the one after the last. */
export const EARLIEST = -2
export const LATEST = -1

export interface OffsetQuery {
  topic: string
  partition: number
  /** ms since the epoch, {@link EARLIEST} or {@link LATEST} */
  timestamp: number
}

/**
 * ListOffsets at the leaders. A time without a record at or after it gives null.
 * @param committed LATEST is then the last stable offset: the first one that a read_committed reader cannot have yet
 */
export async function listOffsets(
  cluster: Cluster,
  queries: readonly OffsetQuery[],
  options: { committed?: boolean; signal?: AbortSignal } = {},
): Promise<Array<number | null>> {
  const answers = new Map<OffsetQuery, number | null>()
  const topics = [...new Set(queries.map((query) => query.topic))]
  const attempt = async () => {
    const byLeader = new Map<Awaited<ReturnType<Cluster['leader']>>, OffsetQuery[]>()
    for (const query of queries) {
      if (answers.has(query)) continue
      const leader = await cluster.leader(query.topic, query.partition)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), query])
    }
    await Promise.all(
      [...byLeader].map(async ([leader, asked]) => {
        const { offsets } = await leader.send(listOffsetsCall(asked, options.committed ?? false))
        for (const { topic, partition, errorCode, offset } of offsets) {
          const query = asked.find((one) => one.topic === topic && one.partition === partition)
          checkListed(errorCode, topic, partition)
          if (query) answers.set(query, offset < 0 ? null : offset)
        }
      }),
    )
  }
  await cluster.patiently(attempt, { topics, ...(options.signal ? { signal: options.signal } : {}) })
  return queries.map((query) => answers.get(query) ?? null)
}

function checkListed(code: number, topic: string, partition: number): void {
  // A leader that has just been told of the topic, or no longer leads it, may not know it: that passes, the topic itself was looked up.
  const passing = code === CODE.UNKNOWN_TOPIC_OR_PARTITION ? CODE.NOT_LEADER_OR_FOLLOWER : code
  checkCode(passing, `offsets of "${topic}" partition ${partition}`)
}
