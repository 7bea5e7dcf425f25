import type { Clock } from '../../../base/clock.ts'
import type { Bus, RecordBatch } from '../../bus.ts'
import { DamageCount } from '../damage-count.ts'
import { type Pace, Pacer } from '../pacer.ts'
import type { TopicRange } from '../range.ts'
import { readRuns } from '../read-runs.ts'
import type { Matches } from '../select.ts'

/** Where replayed records go. */
export interface ReplayTarget {
  /** Take a record into the batch that the next flush lets out; false when it has nowhere to go. */
  take(batch: RecordBatch, i: number): boolean
  /** Let out what was taken, with the position that then holds: the next offset of each partition that has moved. */
  flush(positions: ReadonlyMap<number, number>): Promise<void>
  /** True when enough is waiting to be let out. */
  readonly full: boolean
  /** True once nobody takes any more. */
  readonly closed: boolean
}

export interface ReplayRequest {
  range: TopicRange
  matches?: Matches | undefined
  max?: number | undefined
  pace: Pace
  signal: AbortSignal
  clock: Clock
  /** Takes account of what cannot be read. */
  damage?: DamageCount | undefined
  /** Told after every flush. */
  onProgress?(summary: ReplaySummary): void
}

/** A record's place and time. */
export interface Place {
  partition: number
  offset: number
  /** ms since the epoch */
  timestamp: number
}

export interface ReplaySummary {
  records: number
  /** Of keys and values. */
  bytes: number
  /** Matched, but had nowhere to go. */
  skipped: number
  first: Place | null
  last: Place | null
  /** Offsets of the range that could not be read. */
  damaged: number
  /** The range (or `max`) was read to its end, and all of it could be: no damage, no transaction still open. */
  complete: boolean
}

/**
 * Read a range once, merged by record time, at a pace, into a target. Reads no group and commits nothing on the source.
 * When the signal aborts, what was taken is let out and the summary says `complete: false`. Where reading fails, what was taken before is let out as well.
 */
export async function replay(bus: Bus, request: ReplayRequest, target: ReplayTarget): Promise<ReplaySummary> {
  const { range, matches, max = Number.POSITIVE_INFINITY, signal, clock, damage = new DamageCount() } = request
  const pacer = new Pacer(request.pace, clock)
  const summary: ReplaySummary = { records: 0, bytes: 0, skipped: 0, first: null, last: null, damaged: 0, complete: max <= 0 }
  const positions = new Map<number, number>()
  const flush = async () => {
    await target.flush(positions)
    request.onProgress?.(summary)
  }
  const stopped = () => signal.aborted || target.closed || summary.records >= max
  const onDamage = damage.add.bind(damage)
  const cut = new Set<number>()
  const onUndecided = (partition: number) => void cut.add(partition)
  const runs = readRuns(bus, { ranges: [range], follow: false, order: 'time', signal, onDamage, onUndecided })
  try {
    for await (const { batch, from, to } of runs) {
      for (let i = from; i < to && !stopped(); i++) {
        if (!matches || matches(batch, i)) {
          const wait = pacer.wait(batch.timestamp(i))
          if (wait > 0) {
            await flush()
            await clock.sleep(wait, signal)
            if (signal.aborted) break
          }
          count(summary, batch, i, target.take(batch, i))
        }
        positions.set(batch.partition, batch.offset(i) + 1)
        if (target.full) await flush()
      }
      if (stopped()) break
    }
  } catch (error) {
    // Whoever goes on behind damage must find that all before it was written. Where it was the writing that failed, this is nothing more.
    await flush().catch(() => {})
    throw error
  }
  const atEnd = !signal.aborted && !target.closed
  summary.damaged = damage.offsets
  const all = summary.records >= max || cut.size === 0
  summary.complete = atEnd && damage.offsets === 0 && all
  // Gaps at the end of a compacted range were read as well; where a transaction is open, a resumed run reads on when it is decided.
  const ended = atEnd && summary.records < max ? range.partitions.filter(({ partition }) => !cut.has(partition)) : []
  for (const { partition, to } of ended) positions.set(partition, to ?? 0)
  await flush()
  return summary
}

function count(summary: ReplaySummary, batch: RecordBatch, i: number, taken: boolean): void {
  if (!taken) {
    summary.skipped++
    return
  }
  summary.records++
  summary.bytes += (batch.key(i)?.length ?? 0) + (batch.value(i)?.length ?? 0)
  summary.last = { partition: batch.partition, offset: batch.offset(i), timestamp: batch.timestamp(i) }
  summary.first ??= summary.last
}
