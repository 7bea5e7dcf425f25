import { messageOf, ShitopsError } from '../../base/errors.ts'
import { Arena, type ArenaPool, arenaOf, LARGEST_KEPT } from './codec-wasm/arena.ts'
import { UNPACKERS } from './codec-wasm/unpack.ts'
import { codecOf } from './codecs.ts'
import { crc32c } from './crc32c.ts'
import { Cursor } from './varint.ts'

/** Records that Kafka stored together, decompressed; the starts of the records are found, nothing else is decoded. */
export interface StoredBatch {
  bytes: Buffer
  /** It lies in the answer as it came; otherwise it was decompressed, and its memory may have neighbours. */
  asItCame: boolean
  /** What it was unpacked in, and lies in for as long as it is held; null for memory of its own. */
  arena: Arena | null
  /** Its records are all wanted: they lie behind one another from its beginning on. */
  complete: boolean
  count: number
  /** Where each record begins, after its length. Records outside the wanted offsets are left out. Throws where they are not what the count says. */
  readonly starts: Int32Array
  baseOffset: number
  /** ms since the epoch, that the records' deltas add to. */
  firstTime: number
  /** The broker's time for all of them, where the topic has message.timestamp.type=LogAppendTime; otherwise null. */
  appendTime: number | null
  /** What it is called in messages. */
  place: string
}

/** What a batch's first 61 bytes say. */
export interface BatchHeader {
  at: number
  /** Bytes in all. */
  size: number
  baseOffset: number
  /** Offset after its last record, which compaction may have removed. */
  nextOffset: number
  attributes: number
  producerId: bigint
  count: number
}

const AFTER_LENGTH = 12
const HEADER_SIZE = 61
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20

function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)
}

/** The headers of the whole batches in a Fetch answer; the last one may be cut off by the size limit, and is left for the next read. */
export function* batchHeaders(records: Buffer, place: string): Generator<BatchHeader> {
  for (let at = 0; at + HEADER_SIZE <= records.length; ) {
    const size = AFTER_LENGTH + records.readInt32BE(at + 8)
    const baseOffset = readInt64(records, at)
    checkFormat(records.readInt8(at + 16), baseOffset, place)
    if (size < HEADER_SIZE) throw damaged(place, `the batch at offset ${baseOffset} is shorter than its header`)
    if (at + size > records.length) return
    yield {
      ...{ at, size, baseOffset },
      nextOffset: baseOffset + records.readInt32BE(at + 23) + 1,
      attributes: records.readInt16BE(at + ATTRIBUTES_AT),
      producerId: records.readBigInt64BE(at + 43),
      count: records.readInt32BE(at + 57),
    }
    at += size
  }
}

function checkFormat(magic: number, baseOffset: number, place: string): void {
  if (magic === 2) return
  if (magic < 0) throw damaged(place, `the batch at offset ${baseOffset} is of format v${magic}`)
  const age = magic < 2 ? 'which Kafka wrote before 0.11 and 4.0 no longer reads' : 'which is newer than this shitops'
  throw new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `${place} holds records in format v${magic} at offset ${baseOffset}, ${age}`, {
    suggestions: ['go on behind them with --from OFFSET', ...(magic < 2 ? ['let a broker of Kafka 3 write the topic anew'] : [])],
  })
}

/** A control batch holds one marker; its key is a version and a type, 0 for abort and 1 for commit (KIP-98). */
export function isAbortMarker(records: Buffer, { at }: BatchHeader): boolean {
  const record = new Cursor(records, at + HEADER_SIZE)
  record.skipVarint()
  record.at++
  record.skipVarint()
  record.skipVarint()
  const key = record.nullableBytes()
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0
}

/** A batch of fewer bytes is given memory of its own: a view of many such is not to hold all arenas. */
const LEAST_IN_ARENA = 64 * 1024

/**
 * The records of one batch with offsets in [from, to), or null where none is left. A promise only where a library has to
 * decompress: topics of a million one-record batches exist.
 * @param options.arenas where nobody looks at the batch after its release: what it was unpacked in is used again
 */
export function decodeBatch(
  records: Buffer,
  header: BatchHeader,
  range: { from: number; to: number },
  { place, checkCrc, arenas = null }: { place: string; checkCrc: boolean; arenas?: ArenaPool | null },
): StoredBatch | null | Promise<StoredBatch | null> {
  const { at, size, attributes, baseOffset, nextOffset, count } = header
  if (checkCrc && crc32c(records.subarray(at + ATTRIBUTES_AT, at + size)) !== records.readUInt32BE(at + CRC_AT)) {
    throw damaged(place, `the checksum of the batch at offset ${baseOffset} does not match`)
  }
  const firstTime = readInt64(records, at + 27)
  const appendTime = attributes & LOG_APPEND_TIME ? readInt64(records, at + 35) : null
  const finish = (bytes: Buffer, arena: Arena | null = null): StoredBatch | null => {
    const whole = baseOffset >= range.from && nextOffset <= range.to
    const asItCame = (attributes & CODEC_MASK) === 0
    const facts = { bytes, asItCame, arena, baseOffset, firstTime, appendTime, place }
    if (whole && count > 0 && arenaOf(bytes)) return new WholeBatch(facts, count)
    const starts = findStarts(facts, count, whole ? null : { from: range.from - baseOffset, to: range.to - baseOffset })
    return starts.length === 0 ? null : { ...facts, complete: starts.length === count, count: starts.length, starts }
  }
  const stored = records.subarray(at + HEADER_SIZE, at + size)
  if ((attributes & CODEC_MASK) === 0) return finish(stored)
  const unpacked = unpack(stored, attributes & CODEC_MASK, arenas)
  if (!unpacked) return decompress(stored, header, place).then((bytes) => finish(bytes))
  const { bytes, arena } = unpacked
  let batch: StoredBatch | null = null
  try {
    batch = finish(bytes, arena)
  } finally {
    if (arena && !batch) arenas?.give(arena)
  }
  return batch
}

/** A batch of which all records are wanted, in memory that WebAssembly reads: it makes lines of it without asking where each record begins. */
class WholeBatch implements StoredBatch {
  readonly complete = true
  readonly bytes: Buffer
  readonly asItCame: boolean
  readonly arena: Arena | null
  readonly baseOffset: number
  readonly firstTime: number
  readonly appendTime: number | null
  readonly count: number
  readonly place: string
  #starts: Int32Array | undefined

  constructor(facts: Omit<StoredBatch, 'complete' | 'count' | 'starts'>, count: number) {
    this.bytes = facts.bytes
    this.asItCame = facts.asItCame
    this.arena = facts.arena
    this.baseOffset = facts.baseOffset
    this.firstTime = facts.firstTime
    this.appendTime = facts.appendTime
    this.place = facts.place
    this.count = checkCount(count, facts)
  }

  get starts(): Int32Array {
    this.#starts ??= findStarts(this, this.count, null)
    return this.#starts
  }
}

/** A record takes 7 bytes at least: a count beyond that is a lie that must not size an array. */
function checkCount(count: number, { bytes, baseOffset, place }: Placed): number {
  const { length: size } = bytes
  if (count < 0 || count * 7 > size) throw damaged(place, `the batch at offset ${baseOffset}, of ${size} bytes, claims ${count} records`)
  return count
}

type Placed = Pick<StoredBatch, 'bytes' | 'baseOffset' | 'place'>

/** For a batch whose records are not what it says. */
export const beyond = ({ baseOffset, place }: Pick<Placed, 'baseOffset' | 'place'>): ShitopsError =>
  damaged(place, `the batch at offset ${baseOffset} has a record that is longer than its batch`)

/** Where what is not lent is unpacked, to be copied. */
let scratch: Arena | null | undefined

/** Null where a library is to do it. */
function unpack(packed: Buffer, codec: number, arenas: ArenaPool | null): { bytes: Buffer; arena: Arena | null } | null {
  const unpacker = UNPACKERS[codec]
  if (!unpacker) return null
  const lent = arenas?.take() ?? null
  if (!lent && scratch === undefined) scratch = Arena.open()
  const arena = lent ?? scratch ?? null
  const bytes = arena && unpacker(packed, arena)
  if (lent && bytes && bytes.length >= LEAST_IN_ARENA) return { bytes, arena: lent }
  const copy = bytes && { bytes: Buffer.from(bytes), arena: null }
  if (lent) arenas?.give(lent)
  else if (arena && arena.bytes.length > LARGEST_KEPT) scratch = undefined
  return copy
}

/** Steps from length to length; those of one and two bytes, which nearly all are, are read here. `deltas` keeps the records whose offset delta is inside. */
function findStarts(batch: Placed, count: number, deltas: { from: number; to: number } | null): Int32Array {
  const { bytes } = batch
  const size = bytes.length
  const starts = new Int32Array(checkCount(count, batch))
  const cursor = new Cursor(bytes)
  let kept = 0
  let at = 0
  for (let i = 0; i < count; i++) {
    const low = bytes[at] ?? 0
    const high = bytes[at + 1] ?? 0
    let length: number
    if (low < 0x80) {
      length = (low >>> 1) ^ -(low & 1)
      at += 1
    } else if (high < 0x80) {
      length = (((low & 0x7f) | (high << 7)) >>> 1) ^ -(low & 1)
      at += 2
    } else {
      cursor.at = at
      length = cursor.varint()
      at = cursor.at
    }
    if (length <= 0 || at + length > size) throw beyond(batch)
    if (deltas === null) starts[kept++] = at
    else {
      cursor.at = at
      if (isInside(cursor, deltas)) starts[kept++] = at
    }
    at += length
  }
  return kept === count ? starts : starts.subarray(0, kept)
}

function isInside(cursor: Cursor, { from, to }: { from: number; to: number }): boolean {
  cursor.at++
  cursor.skipVarint()
  const delta = cursor.varint()
  return delta >= from && delta < to
}

async function decompress(packed: Buffer, { attributes, baseOffset }: BatchHeader, place: string): Promise<Buffer> {
  const codec = await codecOf(attributes & CODEC_MASK)
  try {
    return codec ? await codec.decompress(packed) : packed
  } catch (error) {
    throw damaged(place, `the batch at offset ${baseOffset} cannot be decompressed: ${messageOf(error)}`)
  }
}

export function damaged(place: string, what: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_CORRUPT', `${place} came damaged from the broker: ${what}`, {
    suggestions: ['read it from another replica (rack=), or go on behind it with --from OFFSET'],
  })
}
