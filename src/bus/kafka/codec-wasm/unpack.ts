import { type Arena, SLACK } from './arena.ts'

/** As the decoders of codecs.ts: a few kilobytes may claim to be gigabytes. */
const MAX_UNPACKED = 256 * 1024 * 1024

const LZ4_MAGIC = 0x184d2204
/** Bits of an LZ4 frame's FLG byte (lz4_Frame_format.md). */
const LZ4_VERSION = 0xc0
const LZ4_VERSION_1 = 0x40
const LZ4_INDEPENDENT = 0x20
const LZ4_BLOCK_CHECKSUM = 0x10
const LZ4_CONTENT_SIZE = 0x08
const LZ4_CONTENT_CHECKSUM = 0x04
const LZ4_DICTIONARY = 0x01
/** Of a block's length, where the block is stored as it is. */
const LZ4_STORED = 0x8000_0000
/** LZ4's longest match for one byte. */
const LZ4_DENSEST = 255

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const XERIAL_HEADER = 16
/** Snappy's densest element copies 64 bytes and takes 3. */
const SNAPPY_DENSEST = 64 / 3

interface Piece {
  /** In the packed bytes. */
  from: number
  end: number
  /** Bytes that it gives: exactly (snappy) or at most (LZ4). */
  size: number
  stored: boolean
}

type Unpack = (packed: Buffer, arena: Arena) => Buffer | null

/**
 * By Kafka's number of the codec: the bytes unpacked, a view into the arena; null where they are malformed, or have what is met so rarely that the
 * codec's own library is asked, checksums among it.
 */
export const UNPACKERS: Readonly<Record<number, Unpack>> = { 2: unpackSnappy, 3: unpackLz4 }

/** The packed bytes go to the front of the arena, what they give behind them. */
function prepare(packed: Buffer, pieces: readonly Piece[], arena: Arena): { begin: number; end: number } | null {
  const begin = packed.length + SLACK
  const end = begin + pieces.reduce((sum, { size }) => sum + size, 0)
  if (end - begin > MAX_UNPACKED || !arena.reserve(end)) return null
  arena.bytes.set(packed)
  return { begin, end }
}

function unpackLz4(packed: Buffer, arena: Arena): Buffer | null {
  const frame = lz4Pieces(packed)
  const room = frame && prepare(packed, frame.pieces, arena)
  if (!frame || !room) return null
  const { bytes, blocks } = arena
  let at = room.begin
  for (const { from, end, size, stored } of frame.pieces) {
    if (stored) {
      bytes.copyWithin(at, from, end)
      at += size
    } else {
      at = blocks.lz4(from, end, at, at + size, frame.independent ? at : room.begin)
      if (at < 0) return null
    }
  }
  return bytes.subarray(room.begin, at)
}

function lz4Pieces(packed: Buffer): { pieces: Piece[]; independent: boolean } | null {
  if (packed.length < 11 || packed.readUInt32LE(0) !== LZ4_MAGIC) return null
  const flags = packed[4] as number
  if ((flags & LZ4_VERSION) !== LZ4_VERSION_1 || flags & (LZ4_BLOCK_CHECKSUM | LZ4_CONTENT_CHECKSUM | LZ4_DICTIONARY)) return null
  const sizeCode = ((packed[5] as number) >> 4) & 7
  if (sizeCode < 4) return null
  const largest = 1 << (8 + 2 * sizeCode)
  const pieces: Piece[] = []
  let at = flags & LZ4_CONTENT_SIZE ? 15 : 7
  for (;;) {
    if (at + 4 > packed.length) return null
    const word = packed.readUInt32LE(at)
    at += 4
    // Nothing may follow: a second frame is for the library.
    if (word === 0) return at === packed.length ? { pieces, independent: (flags & LZ4_INDEPENDENT) !== 0 } : null
    const stored = word >= LZ4_STORED
    const length = stored ? word - LZ4_STORED : word
    if (length > largest || at + length > packed.length) return null
    pieces.push({ from: at, end: at + length, size: stored ? length : Math.min(largest, LZ4_DENSEST * length), stored })
    at += length
  }
}

function unpackSnappy(packed: Buffer, arena: Arena): Buffer | null {
  const pieces = snappyPieces(packed)
  const room = pieces && prepare(packed, pieces, arena)
  if (!pieces || !room) return null
  let at = room.begin
  for (const { from, end, size } of pieces) {
    if (arena.blocks.snappy(from, end, at, at + size) !== at + size) return null
    at += size
  }
  return arena.bytes.subarray(room.begin, at)
}

/** xerial's frame holds blocks with their lengths; librdkafka writes one bare block. */
function snappyPieces(packed: Buffer): Piece[] | null {
  if (!packed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    const piece = snappyPiece(packed, 0, packed.length)
    return piece && [piece]
  }
  const pieces: Piece[] = []
  for (let at = XERIAL_HEADER; at < packed.length; ) {
    if (at + 4 > packed.length) return null
    const end = at + 4 + packed.readUInt32BE(at)
    const piece = end <= packed.length ? snappyPiece(packed, at + 4, end) : null
    if (!piece) return null
    pieces.push(piece)
    at = end
  }
  return pieces
}

/** A block says first how long it will be. */
function snappyPiece(packed: Buffer, start: number, end: number): Piece | null {
  let size = 0
  let from = start
  for (let scale = 1; ; scale *= 128) {
    if (from >= end || from - start >= 5) return null
    const byte = packed[from++] as number
    size += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  return size > SNAPPY_DENSEST * (end - start) + 64 ? null : { from, end, size, stored: false }
}
