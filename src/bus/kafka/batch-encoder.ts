import type { OutRecord } from '../bus.ts'
import { type Codec, codecId } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import type { Compression } from './options.ts'
import { varlongSize, writeVarlong } from './varint.ts'

/** Who writes, for the broker to recognise repeats and transactions by; the sequence counts records per partition. */
export interface WriterState {
  producerId: bigint
  epoch: number
  baseSequence: number
  transactional: boolean
}

export const NO_WRITER: WriterState = { producerId: -1n, epoch: -1, baseSequence: -1, transactional: false }

/** A record whose time is known. */
export type TimedRecord = OutRecord & { timestamp: number }

/** Record batch v2 (KIP-98): bytes before the records, and where its fields are. */
const HEADER = { length: 8, magic: 16, crc: 17, attributes: 21, lastDelta: 23, firstTime: 27, maxTime: 35, producerId: 43, epoch: 51 }
const SEQUENCE_AT = 53
const COUNT_AT = 57
const HEADER_SIZE = 61
/** The length field counts what comes after it. */
const AFTER_LENGTH = 12
const TRANSACTIONAL = 0x10

/** One record batch, as Produce sends it. At least one record. */
export async function encodeBatch(
  records: readonly TimedRecord[],
  writer: WriterState,
  compression: { name: Compression; codec: Codec | null },
): Promise<Buffer> {
  const firstTime = records[0]?.timestamp ?? 0
  const sizes = records.map((record, i) => bodySize(record, i, firstTime))
  const plain = Buffer.allocUnsafe(HEADER_SIZE + sizes.reduce((sum, size) => sum + varlongSize(size) + size, 0))
  let at = HEADER_SIZE
  records.forEach((record, i) => {
    at = writeRecord(plain, writeVarlong(plain, at, sizes[i] ?? 0), record, i, firstTime)
  })
  const batch = compression.codec
    ? Buffer.concat([plain.subarray(0, HEADER_SIZE), await compression.codec.compress(plain.subarray(HEADER_SIZE))])
    : plain
  writeHeader(batch, records, writer, codecId(compression.name))
  return batch
}

function writeHeader(batch: Buffer, records: readonly TimedRecord[], writer: WriterState, codec: number): void {
  const times = records.map((record) => record.timestamp)
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - AFTER_LENGTH, HEADER.length)
  // Partition leader epoch: the broker's to fill in, and outside the checksum for that reason.
  batch.writeInt32BE(-1, AFTER_LENGTH)
  batch.writeInt8(2, HEADER.magic)
  batch.writeInt16BE(codec | (writer.transactional ? TRANSACTIONAL : 0), HEADER.attributes)
  batch.writeInt32BE(records.length - 1, HEADER.lastDelta)
  batch.writeBigInt64BE(BigInt(times[0] ?? 0), HEADER.firstTime)
  batch.writeBigInt64BE(BigInt(times.reduce((max, time) => Math.max(max, time))), HEADER.maxTime)
  batch.writeBigInt64BE(writer.producerId, HEADER.producerId)
  batch.writeInt16BE(writer.epoch, HEADER.epoch)
  batch.writeInt32BE(writer.baseSequence, SEQUENCE_AT)
  batch.writeInt32BE(records.length, COUNT_AT)
  batch.writeUInt32BE(crc32c(batch.subarray(HEADER.attributes)), HEADER.crc)
}

/** Bytes that a record takes, about and never less, before it is known where it lies in a batch. */
export function estimateSize({ key, value, headers = [] }: OutRecord): number {
  const framing = 40
  return headers.reduce(
    (sum, [name, text]) => sum + byteLength(name) + byteLength(text) + 10,
    framing + byteLength(key) + byteLength(value),
  )
}

function bodySize({ key, value, headers = [], timestamp }: TimedRecord, delta: number, firstTime: number): number {
  let size = 1 + varlongSize(timestamp - firstTime) + varlongSize(delta) + bytesSize(key) + bytesSize(value) + varlongSize(headers.length)
  for (const [name, text] of headers) size += bytesSize(name) + bytesSize(text)
  return size
}

function writeRecord(buffer: Buffer, start: number, record: TimedRecord, delta: number, firstTime: number): number {
  const { key, value, headers = [], timestamp } = record
  buffer[start] = 0 // attributes, unused in Kafka so far
  let at = writeVarlong(buffer, start + 1, timestamp - firstTime)
  at = writeVarlong(buffer, at, delta)
  at = writeBytes(buffer, at, key)
  at = writeBytes(buffer, at, value)
  at = writeVarlong(buffer, at, headers.length)
  for (const [name, text] of headers) at = writeBytes(buffer, writeBytes(buffer, at, name), text)
  return at
}

function byteLength(bytes: Buffer | string | null): number {
  return bytes === null ? 0 : typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length
}

function bytesSize(bytes: Buffer | string | null): number {
  if (bytes === null) return 1
  const length = byteLength(bytes)
  return varlongSize(length) + length
}

function writeBytes(buffer: Buffer, at: number, bytes: Buffer | string | null): number {
  if (bytes === null) return writeVarlong(buffer, at, -1)
  const from = writeVarlong(buffer, at, byteLength(bytes))
  return from + (typeof bytes === 'string' ? buffer.write(bytes, from) : bytes.copy(buffer, from))
}
