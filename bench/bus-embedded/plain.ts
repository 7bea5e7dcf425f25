/** The baseline: packed record batches in LMDB, as short as one would write them by hand. */
import { open, type RootDatabase } from 'lmdb'

export interface PlainRecord {
  key: string
  value: Buffer
  timestamp: number
}

export function openPlain(directory: string): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path: directory,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    mapSize: 16 * 2 ** 30,
  })
}

export function plainKey(offset: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeBigUInt64BE(BigInt(offset), 8)
  return key
}

/** A table of (key bytes, value bytes, time) rows, then the keys and values, and nothing else: no checksum, no headers. */
export function packPlain(records: readonly PlainRecord[]): Buffer {
  let size = 4 + 16 * records.length
  for (const { key, value } of records) size += Buffer.byteLength(key) + value.length
  const bytes = Buffer.allocUnsafeSlow(size)
  bytes.writeUInt32LE(records.length, 0)
  let row = 4
  let at = 4 + 16 * records.length
  for (const { key, value, timestamp } of records) {
    const keyBytes = bytes.write(key, at)
    bytes.set(value, at + keyBytes)
    bytes.writeUInt32LE(keyBytes, row)
    bytes.writeUInt32LE(value.length, row + 4)
    bytes.writeDoubleLE(timestamp, row + 8)
    at += keyBytes + value.length
    row += 16
  }
  return bytes
}

/** Calls `take` with offset, time, key and value of each record. */
export function recordsOfPlain(
  batch: Buffer,
  base: number,
  take: (offset: number, timestamp: number, key: Buffer, value: Buffer) => void,
): void {
  const count = batch.readUInt32LE(0)
  let at = 4 + 16 * count
  for (let i = 0; i < count; i++) {
    const row = 4 + 16 * i
    const keyEnd = at + batch.readUInt32LE(row)
    const end = keyEnd + batch.readUInt32LE(row + 4)
    take(base + i, batch.readDoubleLE(row + 8), batch.subarray(at, keyEnd), batch.subarray(keyEnd, end))
    at = end
  }
}

/** Calls `take` with the value of each record. */
export function valuesOfPlain(batch: Buffer, take: (value: Buffer) => void): void {
  const count = batch.readUInt32LE(0)
  let at = 4 + 16 * count
  for (let i = 0; i < count; i++) {
    at += batch.readUInt32LE(4 + 16 * i)
    const end = at + batch.readUInt32LE(8 + 16 * i)
    take(batch.subarray(at, end))
    at = end
  }
}
