import type { OutRecord } from '../bus.ts'
import { type Codec, codecId } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { partSize, writePart } from './header-memo.ts'
import type { Compression } from './options.ts'
import { headersSize, writeHeaders } from './record-headers.ts'
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
export const HEADER_SIZE = 61
/** The length field counts what comes after it. */
const AFTER_LENGTH = 12
const TRANSACTIONAL = 0x10

/**
 * One record batch, as Produce sends it. At least one record.
 * @param payloads their {@link payloadSize}s, where they are known
 */
export async function encodeBatch(
  records: readonly TimedRecord[],
  writer: WriterState,
  compression: { name: Compression; codec: Codec | null },
  payloads: readonly number[] = records.map(payloadSize),
): Promise<Buffer> {
  const firstTime = records[0]?.timestamp ?? 0
  const sizes = new Int32Array(records.length)
  let size = HEADER_SIZE
  let maxTime = firstTime
  for (let i = 0; i < records.length; i++) {
    const record = records[i] as TimedRecord
    const body = 1 + varlongSize(record.timestamp - firstTime) + varlongSize(i) + (payloads[i] as number)
    sizes[i] = body
    size += varlongSize(body) + body
    if (record.timestamp > maxTime) maxTime = record.timestamp
  }
  const plain = Buffer.allocUnsafe(size)
  let at = HEADER_SIZE
  for (let i = 0; i < records.length; i++) {
    at = writeRecord(plain, writeVarlong(plain, at, sizes[i] as number), records[i] as TimedRecord, i, firstTime)
  }
  if (at !== size) throw new Error('records were changed while they waited to be written')
  return finishBatch(plain, { count: records.length, firstTime, maxTime }, writer, compression)
}

/** Compresses the records behind the place of the header, and writes the header. */
export async function finishBatch(
  plain: Buffer,
  facts: BatchFacts,
  writer: WriterState,
  { name, codec }: { name: Compression; codec: Codec | null },
): Promise<Buffer> {
  const batch = codec ? Buffer.concat([plain.subarray(0, HEADER_SIZE), await codec.compress(plain.subarray(HEADER_SIZE))]) : plain
  writeHeader(batch, facts, writer, codecId(name))
  return batch
}

export interface BatchFacts {
  count: number
  firstTime: number
  maxTime: number
}

function writeHeader(batch: Buffer, { count, firstTime, maxTime }: BatchFacts, writer: WriterState, codec: number): void {
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - AFTER_LENGTH, HEADER.length)
  // Partition leader epoch: the broker's to fill in, and outside the checksum for that reason.
  batch.writeInt32BE(-1, AFTER_LENGTH)
  batch.writeInt8(2, HEADER.magic)
  batch.writeInt16BE(codec | (writer.transactional ? TRANSACTIONAL : 0), HEADER.attributes)
  batch.writeInt32BE(count - 1, HEADER.lastDelta)
  batch.writeBigInt64BE(BigInt(firstTime), HEADER.firstTime)
  batch.writeBigInt64BE(BigInt(maxTime), HEADER.maxTime)
  batch.writeBigInt64BE(writer.producerId, HEADER.producerId)
  batch.writeInt16BE(writer.epoch, HEADER.epoch)
  batch.writeInt32BE(writer.baseSequence, SEQUENCE_AT)
  batch.writeInt32BE(count, COUNT_AT)
  batch.writeUInt32BE(crc32c(batch.subarray(HEADER.attributes)), HEADER.crc)
}

/** Length, attributes, time and place of a record, at most. */
export const FRAMING = 5 + 1 + 10 + 5
/** Bytes that a record takes, about and never less, before it is known where it lies in a batch. */
export const estimateSize = (record: OutRecord): number => FRAMING + payloadSize(record)

/** Bytes of key, value and headers in a batch. */
export function payloadSize({ key, value, headers }: OutRecord): number {
  return partSize(key) + partSize(value) + headersSize(headers)
}

function writeRecord(buffer: Buffer, start: number, record: TimedRecord, delta: number, firstTime: number): number {
  const { key, value, headers, timestamp } = record
  buffer[start] = 0 // attributes, unused in Kafka so far
  let at = writeVarlong(buffer, start + 1, timestamp - firstTime)
  at = writeVarlong(buffer, at, delta)
  at = writePart(buffer, at, key)
  at = writePart(buffer, at, value)
  return writeHeaders(buffer, at, headers)
}
