import type { OutRecord } from '../bus.ts'
import { utf8Bytes, writeUtf8 } from '../utf8.ts'
import { checksum } from './checksum.ts'
import { takeBuffer } from './pack-buffers.ts'

/**
 * A packed batch, little-endian, as it lies in the store. Every field that an accessor needs is at a computed place, so reading
 * the values of a batch touches no key and no header.
 *
 *   0 u32 magic "SHB1"          16 f64 lowest record time, ms
 *   4 u32 crc32 of bytes 8…end  24 f64 highest record time, ms
 *   8 u32 records               32 f64 time after which tombstones may go, ms; 0 = not yet compacted
 *  12 u32 offsets spanned       40 u64 zero
 *  48 24 bytes a record: f64 time, u32 offset - base offset, u32 where its data starts, i32 key bytes, i32 value bytes (-1 = null)
 *     data: key, value, headers of each record; headers are (u16 name bytes, i32 value bytes, name, value)*
 *
 * The base offset is the key in the log: it is known only inside the write transaction, when this is long packed. Then the CRC
 * of the key is added (xor) to that of the batch, so that a batch under a wrong key is a damaged one.
 */
export const MAGIC = 0x31424853
export const HEADER_BYTES = 48
export const RECORD_BYTES = 24

export interface PackedBatch {
  bytes: Buffer
  count: number
  /** Highest record time, ms. */
  maxTimestamp: number
}

/** Where packed records go when they do not simply follow each other: the way of compaction, which leaves gaps. */
export interface Placement {
  /** Offset of each record, counted from the base offset of the batch. */
  deltas: readonly number[]
  /** Offsets that the batch spans. */
  span: number
  deleteHorizon: number
}

/**
 * Pack records of one partition, into a buffer of pack-buffers.ts. Records without a time get `now`. `size` is their
 * {@link packedBytes}, if known.
 */
export function pack(records: readonly OutRecord[], now: number, placement?: Placement, size = packedBytes(records)): PackedBatch {
  const { length: count } = records
  const bytes = takeBuffer(size)
  const words = new Int32Array(bytes.buffer, 0, (HEADER_BYTES + RECORD_BYTES * count) / 4)
  const doubles = new Float64Array(bytes.buffer, 0, words.length / 2)
  let minTimestamp = Number.POSITIVE_INFINITY
  let maxTimestamp = Number.NEGATIVE_INFINITY
  let at = HEADER_BYTES + RECORD_BYTES * count
  for (let i = 0, row = HEADER_BYTES / 4; i < count; i++, row += RECORD_BYTES / 4) {
    const { key, value, headers, timestamp = now } = records[i] as OutRecord
    if (timestamp < minTimestamp) minTimestamp = timestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
    const keyEnd = put(bytes, key, at)
    const valueEnd = put(bytes, value, keyEnd)
    doubles[row / 2] = timestamp
    words[row + 2] = placement?.deltas[i] ?? i
    words[row + 3] = at
    words[row + 4] = key === null ? -1 : keyEnd - at
    words[row + 5] = value === null ? -1 : valueEnd - keyEnd
    at = headers ? putHeaders(bytes, headers, valueEnd) : valueEnd
  }
  words[0] = MAGIC
  words[2] = count
  words[3] = placement?.span ?? count
  doubles[2] = minTimestamp
  doubles[3] = maxTimestamp
  doubles[4] = placement?.deleteHorizon ?? 0
  doubles[5] = 0
  words[1] = checksum(bytes.subarray(8))
  return { bytes, count, maxTimestamp }
}

/** Bytes of a batch of these records. */
export function packedBytes(records: readonly OutRecord[]): number {
  let size = HEADER_BYTES
  for (const record of records) size += recordBytes(record)
  return size
}

/** Bind a packed batch to its key in the log, in place. */
export function sealed(bytes: Buffer, key: Uint8Array): Buffer {
  bytes.writeUInt32LE((bytes.readUInt32LE(4) ^ checksum(key)) >>> 0, 4)
  return bytes
}

/** Why bytes are not a batch that was {@link sealed} for this key, or undefined when they are. */
export function damageOf(bytes: Buffer, key: Uint8Array): string | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return 'it does not start as a batch'
  if ((checksum(bytes.subarray(8)) ^ checksum(key)) >>> 0 !== bytes.readUInt32LE(4)) return 'its checksum is wrong'
  return undefined
}

/** Offsets that a packed batch spans. */
export function spanOf(bytes: Buffer): number {
  return bytes.readUInt32LE(12)
}

/** What a record adds to its batch: its row of the table and its data; strings count in UTF-8. */
export function recordBytes(record: OutRecord): number {
  let size = RECORD_BYTES + byteLength(record.key) + byteLength(record.value)
  if (record.headers) for (const [name, value] of record.headers) size += 6 + utf8Bytes(name) + byteLength(value)
  return size
}

function byteLength(part: Buffer | string | null): number {
  return part === null ? 0 : typeof part === 'string' ? utf8Bytes(part) : part.length
}

/** Write a part at `at`; returns where it ends. */
function put(bytes: Buffer, part: Buffer | string | null, at: number): number {
  if (part === null) return at
  if (typeof part === 'string') return writeUtf8(bytes, part, at)
  bytes.set(part, at)
  return at + part.length
}

function putHeaders(bytes: Buffer, headers: NonNullable<OutRecord['headers']>, start: number): number {
  let at = start
  for (const [name, value] of headers) {
    const nameEnd = put(bytes, name, at + 6)
    const end = put(bytes, value, nameEnd)
    bytes.writeUInt16LE(nameEnd - at - 6, at)
    bytes.writeInt32LE(end - nameEnd, at + 2)
    at = end
  }
  return at
}
