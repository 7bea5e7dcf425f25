import type { PartitionRange, ReadOptions, RecordBatch } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { toShitopsError } from './failures.ts'
import { FetchPump } from './fetch-pump.ts'
import { EARLIEST, LATEST, listOffsets } from './offsets.ts'
import { PartitionCursor } from './partition-cursor.ts'

export const DEFAULT_BATCH_BYTES = 1024 * 1024

/** The way records come in. Whatever implements it joins no group and commits nothing. */
export interface RecordReader {
  read(options: ReadOptions): AsyncIterable<RecordBatch>
}

/** Reads by Fetch requests of our own over kafkajs connections. */
export class FetchReader implements RecordReader {
  readonly #cluster: Cluster

  /** @param cluster asked where the ranges begin and end; the reading itself has connections of its own */
  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  async *read(options: ReadOptions): AsyncGenerator<RecordBatch> {
    const { topic, signal, follow = false, maxBatchBytes = DEFAULT_BATCH_BYTES } = options
    let pump: FetchPump | undefined
    const stop = () => pump?.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const cursors = await this.#cursorsFor(topic, options.partitions, follow)
      if (signal?.aborted) return
      pump = new FetchPump(this.#cluster.fork(), cursors, { follow, maxBatchBytes })
      for (let batch = await pump.next(); batch !== null; batch = await pump.next()) {
        yield batch
        pump.release(batch)
      }
    } catch (error) {
      if (!signal?.aborted) throw toShitopsError(error)
    } finally {
      signal?.removeEventListener('abort', stop)
      pump?.close()
    }
  }

  /** Absent ends are what a reader can have now: open transactions are waited for only when following. */
  async #cursorsFor(topic: string, ranges: readonly PartitionRange[], follow: boolean): Promise<PartitionCursor[]> {
    await this.#cluster.topic(topic)
    const queries = (timestamp: number) => ranges.map(({ partition }) => ({ topic, partition, timestamp }))
    const committed = this.#cluster.context.settings.isolation === 'read_committed'
    const earliest = await listOffsets(this.#cluster, queries(EARLIEST))
    const latest = follow ? [] : await listOffsets(this.#cluster, queries(LATEST), { committed })
    return ranges.map(({ partition, from, to = Number.POSITIVE_INFINITY }, i) => {
      const end = follow ? to : Math.min(to, latest[i] ?? 0)
      return new PartitionCursor(topic, partition, Math.max(from, earliest[i] ?? 0), end)
    })
  }
}
