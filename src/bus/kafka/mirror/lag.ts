import type { Bus, BusRecord } from '../../bus.ts'
import type { OffsetSync } from './formats.ts'
import type { MirrorPartition } from './report.ts'

/** Behind the last record of a transaction stands its marker, which takes an offset: so far back the last record is looked for. */
const LOOK_BACK = 16

const COUNTED_UP_TO = 10_000

interface Side {
  bus: Bus
  topic: string
  ends: Ends
}

interface Ends {
  partition: number
  earliest: number
  latest: number
}

/**
 * How far the mirror of a partition is behind. MirrorMaker copies records one by one and in order, and writes a sync wherever the source skips
 * offsets: from the last sync on, both sides count alike. What that leaves (markers at the end of the source, no sync at all) the last records
 * decide: the same key, value and time on both sides, and the mirror is in step.
 */
export async function partitionLag(source: Side, target: Side, sync: OffsetSync | undefined): Promise<MirrorPartition> {
  const { partition, latest, earliest } = source.ends
  const known = { partition, latest }
  if (latest === earliest && target.ends.latest === 0) return { ...known, mirrored: latest, lag: 0, behindMs: null }
  const counted = sync && sync.downstream < target.ends.latest ? sync.upstream + target.ends.latest - sync.downstream : null
  if (counted !== null && counted >= latest) return { ...known, mirrored: latest, lag: 0, behindMs: 0 }
  const [ours, theirs] = [await lastRecord(source.bus, source.topic, source.ends), await lastRecord(target.bus, target.topic, target.ends)]
  if (ours && theirs && isSame(ours, theirs)) return { ...known, mirrored: latest, lag: 0, behindMs: 0 }
  const behindMs = ours && theirs ? Math.max(0, ours.timestamp - theirs.timestamp) : null
  // Nothing has been copied, and nothing is there that could have been: all of it is missing.
  const mirrored = counted ?? (target.ends.latest === 0 ? earliest : null)
  return { ...known, mirrored, lag: mirrored === null ? null : await recordsFrom(source, mirrored), behindMs }
}

/** Records to the end: where they are few they are counted, because markers of transactions take offsets too. */
async function recordsFrom({ bus, topic, ends: { partition, latest } }: Side, from: number): Promise<number> {
  if (latest - from > COUNTED_UP_TO) return latest - from
  let count = 0
  for await (const batch of bus.read({ topic, partitions: [{ partition, from, to: latest }] })) count += batch.count
  return count
}

async function lastRecord(bus: Bus, topic: string, { partition, earliest, latest }: Ends): Promise<BusRecord | null> {
  let last: BusRecord | null = null
  const range = { partition, from: Math.max(earliest, latest - LOOK_BACK), to: latest }
  if (range.from >= range.to) return null
  for await (const batch of bus.read({ topic, partitions: [range] })) last = batch.count > 0 ? batch.record(batch.count - 1) : last
  return last
}

function isSame(a: BusRecord, b: BusRecord): boolean {
  return a.timestamp === b.timestamp && isEqual(a.key, b.key) && isEqual(a.value, b.value)
}

function isEqual(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b)
}
