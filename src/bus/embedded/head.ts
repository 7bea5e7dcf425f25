/** What the store knows of one partition, as one fixed record of eight doubles (64 bytes, little-endian) under `h` in `meta`. */
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

const FIELDS = ['start', 'end', 'maxTimestamp', 'bytes', 'records', 'unindexed', 'cleaned', 'dirty'] as const

export function newHead(): Head {
  return { start: 0, end: 0, maxTimestamp: Number.NEGATIVE_INFINITY, bytes: 0, records: 0, unindexed: 0, cleaned: 0, dirty: 0 }
}

export function encodeHead(head: Head): Buffer {
  const bytes = Buffer.allocUnsafe(8 * FIELDS.length)
  FIELDS.forEach((field, i) => {
    bytes.writeDoubleLE(head[field], 8 * i)
  })
  return bytes
}

export function decodeHead(bytes: Buffer): Head {
  const head = newHead()
  FIELDS.forEach((field, i) => {
    head[field] = bytes.readDoubleLE(8 * i)
  })
  return head
}
