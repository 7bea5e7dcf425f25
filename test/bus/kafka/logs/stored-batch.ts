import { crc32c } from '../../../../src/bus/kafka/crc32c.ts'

/** A record as a log holds it: what a reader is to get. */
export interface ModelRecord {
  offset: number
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: ReadonlyArray<readonly [name: string, value: Buffer]>
}

export interface BatchFacts {
  baseOffset: number
  /** Offset of the last record that it had before compaction. */
  lastOffset: number
  records: readonly ModelRecord[]
  /** What the records' times are counted from: the first one's time, or when its tombstones may go (KIP-534). */
  firstTime: number
  /** LogAppendTime, ms. */
  appendTime?: number | null
  producerId?: number
  /** Beside the codec: transactional 0x10, control 0x20, delete horizon 0x40. */
  attributes?: number
  codec?: number
  compress?: (bytes: Buffer) => Buffer | Promise<Buffer>
}

const HEADER = 61
const LOG_APPEND_TIME = 0x08

/** Zigzag varint of a number of any size. */
function varint(value: number): Buffer {
  let rest = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value)
  const bytes: number[] = []
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

const part = (bytes: Buffer | null): Buffer[] => (bytes === null ? [varint(-1)] : [varint(bytes.length), bytes])

function encodeRecord(record: ModelRecord, { baseOffset, firstTime }: BatchFacts): Buffer {
  const body = [Buffer.from([0]), varint(record.timestamp - firstTime), varint(record.offset - baseOffset)]
  body.push(...part(record.key), ...part(record.value), varint(record.headers.length))
  for (const [name, value] of record.headers) body.push(...part(Buffer.from(name)), ...part(value))
  const bytes = Buffer.concat(body)
  return Buffer.concat([varint(bytes.length), bytes])
}

/**
 * Record batch v2 as a broker stores it (KIP-98), with what brokers write and producers do not: gaps that compaction left, no records at all, the
 * broker's own time. Written from the specification, beside the encoder of the product and not with it.
 */
export async function storedBatch(facts: BatchFacts): Promise<Buffer> {
  const { baseOffset, lastOffset, records, firstTime, appendTime = null, codec = 0, compress } = facts
  const plain = Buffer.concat(records.map((record) => encodeRecord(record, facts)))
  const payload = compress ? await compress(plain) : plain
  const batch = Buffer.concat([Buffer.alloc(HEADER), payload])
  batch.writeBigInt64BE(BigInt(baseOffset), 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(3, 12)
  batch.writeInt8(2, 16)
  batch.writeInt16BE((facts.attributes ?? 0) | codec | (appendTime === null ? 0 : LOG_APPEND_TIME), 21)
  batch.writeInt32BE(lastOffset - baseOffset, 23)
  batch.writeBigInt64BE(BigInt(firstTime), 27)
  batch.writeBigInt64BE(BigInt(appendTime ?? Math.max(firstTime, ...records.map(({ timestamp }) => timestamp))), 35)
  batch.writeBigInt64BE(BigInt(facts.producerId ?? -1), 43)
  batch.writeInt16BE(0, 51)
  batch.writeInt32BE(-1, 53)
  batch.writeInt32BE(records.length, 57)
  return signed(batch)
}

/** With a checksum that is right, whatever else it says. */
export function signed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}
