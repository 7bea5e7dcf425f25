import type { Bus, OutRecord } from '../../src/bus/bus.ts'
import { type Gaps, Stream } from './ledger.ts'
import { keepWriting, type Write } from './write.ts'

export const MEASURED = 12
const SPREAD = 12
const BOOKED = 6
/** The topics that are written to here, with their partitions; `copied` is written by copiers. */
export const WRITTEN = { measured: MEASURED, spread: SPREAD, booked: BOOKED, copied: SPREAD } as const
/** Records of one append to one partition, and the pause after it, ms. */
const CHUNK = 10
const PAUSE_MS = 40
/** Records of one append to all partitions, by key. */
const WIDE = 60
/** Records of one transaction, two to a partition. */
const TOGETHER = 2 * BOOKED
/** Records of one append of the collector, some for each partition, and the pause after it, ms. */
const COLLECT = 60
const COLLECT_PAUSE_MS = 150

/** What the writers write, each its own: `m0` to `m11`, `s`, `b`, and `c` of the collector. */
export function writtenStreams(): Stream[] {
  const measured = Array.from({ length: MEASURED }, (_, i) => new Stream(`m${i}`))
  return [...measured, new Stream('s', { copied: true }), new Stream('b', { together: TOGETHER }), new Stream('c')]
}

export interface Writing {
  topic(name: string): string
  stream(name: string): Stream
  /** For the writers of partitions; the first also for appends by key; the third for transactions. */
  readonly buses: readonly [Bus, Bus, Bus]
  readonly collector: Bus
  readonly writeGaps: Gaps
  readonly collectGaps: Gaps
  readonly refusals: string[]
  readonly signal: AbortSignal
}

/** All writers, until the signal. */
export function writeAll({ topic, stream, buses: [first, second, booker], collector, ...rest }: Writing): Promise<unknown> {
  const { writeGaps, collectGaps, refusals, signal } = rest
  const keep = (name: string, size: { count: number; pauseMs: number }, write: Write) =>
    keepWriting({ ...size, stream: stream(name), gaps: name === 'c' ? collectGaps : writeGaps, refusals, signal, write })
  const at = (partitionOf: (i: number) => number, records: readonly OutRecord[]) =>
    records.map((record, i) => ({ ...record, partition: partitionOf(i) }))
  return Promise.all([
    ...Array.from({ length: MEASURED }, (_, partition) =>
      keep(`m${partition}`, { count: CHUNK, pauseMs: PAUSE_MS }, (records) =>
        (partition % 2 === 0 ? first : second).append(
          topic('measured'),
          at(() => partition, records),
        ),
      ),
    ),
    keep('s', { count: WIDE, pauseMs: PAUSE_MS }, (records) => first.append(topic('spread'), records)),
    keep('b', { count: TOGETHER, pauseMs: PAUSE_MS }, (records) =>
      booker.transact({ id: topic('booker'), appends: [{ topic: topic('booked'), records: at((i) => i % BOOKED, records) }] }),
    ),
    keep('c', { count: COLLECT, pauseMs: COLLECT_PAUSE_MS }, (records) => collector.append(topic('collected'), records)),
  ])
}
