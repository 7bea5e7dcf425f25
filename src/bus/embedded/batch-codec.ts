import { crc32 } from 'node:zlib'
import type { OutRecord } from '../bus.ts'

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
 * The base offset is the key in the log: it is known only inside the write transaction, when this is long packed.
 */
export const MAGIC = 0x31424853
export const HEADER_BYTES = 48
export const RECORD_BYTES = 24

export interface PackedBatch {
  bytes: Buffer
  count: number
  minTimestamp: number
  maxTimestamp: number
}

/** One record to pack; `offsetDelta` counts from the base offset of the batch. */
export interface PackInput {
  record: OutRecord
  timestamp: number
  offsetDelta: number
}

/** Pack records of one partition. Offsets are their places in the array. Records without a time get `now`. */
export function packRecords(records: readonly OutRecord[], now: number): PackedBatch {
  return pack(
    records.map((record, offsetDelta) => ({ record, timestamp: record.timestamp ?? now, offsetDelta })),
    records.length,
    0,
  )
}

/** Pack records at given places of a batch that spans `span` offsets; the way of compaction, which leaves gaps. */
export function pack(inputs: readonly PackInput[], span: number, deleteHorizon: number): PackedBatch {
  const tableEnd = HEADER_BYTES + RECORD_BYTES * inputs.length
  let size = tableEnd
  for (const { record } of inputs) size += dataBytes(record)
  // Its own ArrayBuffer: never a slice of Node's shared pool, so that keeping one batch keeps nothing else.
  const bytes = Buffer.allocUnsafeSlow(size)
  const view = new DataView(bytes.buffer)
  let minTimestamp = Number.POSITIVE_INFINITY
  let maxTimestamp = Number.NEGATIVE_INFINITY
  let row = HEADER_BYTES
  let at = tableEnd
  for (const { record, timestamp, offsetDelta } of inputs) {
    if (timestamp < minTimestamp) minTimestamp = timestamp
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
    view.setFloat64(row, timestamp, true)
    view.setUint32(row + 8, offsetDelta, true)
    view.setUint32(row + 12, at, true)
    const keyEnd = put(bytes, record.key, at)
    view.setInt32(row + 16, record.key === null ? -1 : keyEnd - at, true)
    const valueEnd = put(bytes, record.value, keyEnd)
    view.setInt32(row + 20, record.value === null ? -1 : valueEnd - keyEnd, true)
    at = record.headers ? putHeaders(bytes, record.headers, valueEnd) : valueEnd
    row += RECORD_BYTES
  }
  view.setUint32(0, MAGIC, true)
  view.setUint32(8, inputs.length, true)
  view.setUint32(12, span, true)
  view.setFloat64(16, minTimestamp, true)
  view.setFloat64(24, maxTimestamp, true)
  view.setFloat64(32, deleteHorizon, true)
  view.setFloat64(40, 0, true)
  view.setUint32(4, crc32(bytes.subarray(8)), true)
  return { bytes, count: inputs.length, minTimestamp, maxTimestamp }
}

/** Why bytes are not a batch that {@link pack} made, or undefined when they are. */
export function damageOf(bytes: Buffer): string | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC) return 'it does not start as a batch'
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return 'its checksum is wrong'
  return undefined
}

/** Offsets that a packed batch spans. */
export function spanOf(bytes: Buffer): number {
  return bytes.readUInt32LE(12)
}

/** Data bytes of a record without its row of the table; strings count in UTF-8. */
export function dataBytes(record: OutRecord): number {
  let size = byteLength(record.key) + byteLength(record.value)
  if (record.headers) for (const [name, value] of record.headers) size += 6 + Buffer.byteLength(name) + byteLength(value)
  return size
}

function byteLength(part: Buffer | string | null): number {
  return part === null ? 0 : typeof part === 'string' ? Buffer.byteLength(part) : part.length
}

/** Write a part at `at`; returns where it ends. */
function put(bytes: Buffer, part: Buffer | string | null, at: number): number {
  if (part === null) return at
  if (typeof part === 'string') return at + bytes.write(part, at, 'utf8')
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
