import { ShitopsError } from '../../base/errors.ts'
import type { PartitionRange, ReadOptions, RecordBatch } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { toShitopsError } from './failures.ts'
import { FetchPump } from './fetch-pump.ts'
import { EARLIEST, LATEST, listOffsets, type OffsetQuery } from './offsets.ts'
import { PartitionCursor } from './partition-cursor.ts'

export const DEFAULT_BATCH_BYTES = 1024 * 1024
/** Most bytes of a partition in an answer whose memory is used again, where nobody asked for small batches. */
const TRANSIENT_FETCH_BYTES = 4 * 1024 * 1024
/** How long a range waits for transactions that are committed but not yet marked so, ms. */
const MARKER_WAIT_MS = 1_000
const MARKER_POLL_MS = 10

/** The way records come in. Whatever implements it joins no group and commits nothing. */
export interface RecordReader {
  read(options: ReadOptions): AsyncIterable<RecordBatch>
}

/** Reads by Fetch requests of our own. */
export class FetchReader implements RecordReader {
  readonly #cluster: Cluster

  /** @param cluster asked where the ranges begin and end; the reading itself has connections of its own */
  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async *read(options: ReadOptions): AsyncGenerator<RecordBatch> {
    const { signal, follow = false, transient = false, maxBatchBytes = DEFAULT_BATCH_BYTES } = options
    const fetchBytes = transient && options.maxBatchBytes === undefined ? TRANSIENT_FETCH_BYTES : maxBatchBytes
    let pump: FetchPump | undefined
    const stop = () => pump?.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const cursors = await this.#cursorsFor(options)
      if (signal?.aborted) return
      pump = new FetchPump(this.#cluster.fork(), cursors, { follow, maxBatchBytes, fetchBytes, transient })
      for (let batch = await pump.next(); batch !== null; batch = await pump.next()) {
        // Ranges end by themselves: only members of a group need to hear of what holds no records.
        if (batch.count > 0) yield batch
        pump.release(batch)
      }
    } catch (error) {
      if (!signal?.aborted) throw toShitopsError(error)
    } finally {
      signal?.removeEventListener('abort', stop)
      pump?.close()
    }
  }

  async #cursorsFor(options: ReadOptions): Promise<PartitionCursor[]> {
    const { topic, partitions: ranges, follow = false } = options
    const { partitions } = await this.#cluster.topic(topic)
    for (const { partition } of ranges) if (!partitions[partition]) throw unknownPartition(topic, partition, partitions.length)
    const earliest = await listOffsets(this.#cluster, queries(topic, ranges, EARLIEST))
    const ends = ranges.map(({ to = Number.POSITIVE_INFINITY }) => to)
    const readable = follow ? ends : await this.#readableEnds(options)
    return ranges.map(({ partition, from }, i) => {
      const end = Math.min(ends[i] ?? 0, readable[i] ?? 0)
      return new PartitionCursor(topic, partition, Math.max(from, earliest[i] ?? 0), end)
    })
  }

  /**
   * Where the ranges of a read that does not follow end: at what is there now and can be read. A transaction that has just been
   * committed takes the brokers some milliseconds to make readable, and is waited for; one that stays open is told of.
   */
  async #readableEnds({ topic, partitions: ranges, signal, onUndecided }: ReadOptions): Promise<number[]> {
    const { clock, settings } = this.#cluster.context
    const latest = await this.#latest(topic, ranges, false)
    if (settings.isolation === 'read_uncommitted') return latest
    const deadline = clock.now() + MARKER_WAIT_MS
    for (;;) {
      const decided = await this.#latest(topic, ranges, true)
      const waiting = (i: number, to = Number.POSITIVE_INFINITY) => (decided[i] ?? 0) < Math.min(to, latest[i] ?? 0)
      if (!ranges.some(({ to }, i) => waiting(i, to)) || clock.now() > deadline || signal?.aborted) {
        for (const [i, { partition, to }] of ranges.entries()) if (waiting(i, to)) onUndecided?.(partition, decided[i] ?? 0)
        return decided.map((offset, i) => Math.min(offset, latest[i] ?? 0))
      }
      await clock.sleep(MARKER_POLL_MS, signal)
    }
  }

  async #latest(topic: string, ranges: readonly PartitionRange[], committed: boolean): Promise<number[]> {
    return (await listOffsets(this.#cluster, queries(topic, ranges, LATEST), { committed })).map((offset) => offset ?? 0)
  }
}

function queries(topic: string, ranges: readonly PartitionRange[], timestamp: number): OffsetQuery[] {
  return ranges.map(({ partition }) => ({ topic, partition, timestamp }))
}

/** For a topic that has no such partition. */
export function unknownPartition(topic: string, partition: number, count: number): ShitopsError {
  return new ShitopsError('SHITOPS_E_TOPIC_UNKNOWN', `"${topic}" has no partition ${partition}; it has 0 to ${count - 1}`, {
    suggestions: [`shitops topic describe ${topic}`],
  })
}
