import { checkEntry, doubleAt, sealDoubles } from './entry.ts'

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

export function newHead(): Head {
  return { start: 0, end: 0, maxTimestamp: Number.NEGATIVE_INFINITY, bytes: 0, records: 0, unindexed: 0, cleaned: 0, dirty: 0 }
}

export function encodeHead(head: Head): Buffer {
  const { start, end, maxTimestamp, bytes, records, unindexed, cleaned, dirty } = head
  return sealDoubles(start, end, maxTimestamp, bytes, records, unindexed, cleaned, dirty)
}

/** Throws DamagedEntry (entry.ts). */
export function decodeHead(entry: Buffer): Head {
  checkEntry(entry)
  return {
    start: doubleAt(entry, 0),
    end: doubleAt(entry, 1),
    maxTimestamp: doubleAt(entry, 2),
    bytes: doubleAt(entry, 3),
    records: doubleAt(entry, 4),
    unindexed: doubleAt(entry, 5),
    cleaned: doubleAt(entry, 6),
    dirty: doubleAt(entry, 7),
  }
}
