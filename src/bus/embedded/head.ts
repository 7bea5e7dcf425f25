import { META, numberKey } from './keys.ts'
import type { MetaTable } from './meta-table.ts'

/** What the store knows of one partition, as one entry of doubles under `h` in `meta`. */
export interface Head {
  /** First offset still held. */
  start: number
  /** Offset the next record will get: the high watermark. */
  end: number
  /** Highest record time ever appended, ms; -Infinity before the first. */
  maxTimestamp: number
  /** Stored bytes of all batches. */
  bytes: number
  /** Records held. */
  records: number
  /** Bytes appended since the last entry of the time index. */
  unindexed: number
  /** Offsets below this have been compacted. */
  cleaned: number
  /** Bytes appended since the last compaction. */
  dirty: number
}

export function headKey(topicId: number, partition: number): Buffer {
  return numberKey(META.head, topicId, partition)
}

/** The head of a partition; that of one that was never written to. */
export function readHead(meta: MetaTable, key: Buffer): Head {
  const doubles = meta.doubles(key)
  if (doubles) return decodeHead(doubles)
  return { start: 0, end: 0, maxTimestamp: Number.NEGATIVE_INFINITY, bytes: 0, records: 0, unindexed: 0, cleaned: 0, dirty: 0 }
}

export function writeHead(meta: MetaTable, key: Buffer, head: Head): void {
  const { start, end, maxTimestamp, bytes, records, unindexed, cleaned, dirty } = head
  meta.putDoubles(key, start, end, maxTimestamp, bytes, records, unindexed, cleaned, dirty)
}

export function decodeHead(doubles: Buffer): Head {
  const field = (i: number) => doubles.readDoubleLE(8 * i)
  return {
    start: field(0),
    end: field(1),
    maxTimestamp: field(2),
    bytes: field(3),
    records: field(4),
    unindexed: field(5),
    cleaned: field(6),
    dirty: field(7),
  }
}
