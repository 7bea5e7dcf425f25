import type { Cluster } from './cluster.ts'
import { EARLIEST, LATEST, listOffsets } from './offsets.ts'
import type { PartitionCursor } from './partition-cursor.ts'

/** How often a position past the end is tried again, ms. */
const PAST_THE_END_MS = 1_000

/** The offset is gone (retention) or not there yet: go to the first one held, or wait a moment for the log to reach it. */
export async function reposition(cluster: Cluster, cursor: PartitionCursor, signal: AbortSignal): Promise<void> {
  const { clock, logger } = cluster.context
  const { topic, partition, position } = cursor
  const [earliest] = await listOffsets(cluster, [{ topic, partition, timestamp: EARLIEST }], { signal })
  const [latest] = await listOffsets(cluster, [{ topic, partition, timestamp: LATEST }], { signal })
  if (earliest != null && position < earliest) {
    logger.warn(`${cursor.place}: offsets ${position} to ${earliest - 1} are gone by retention; reading on at ${earliest}`)
    cursor.position = earliest
  } else if (latest != null && position > latest) await clock.sleep(PAST_THE_END_MS, signal)
}
