import { beyond, type StoredBatch } from './batch-decoder.ts'
import { arenaOf } from './codec-wasm/arena.ts'
import { Cursor } from './varint.ts'

const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)

/**
 * Moves the values of records `from` up to `to` together, each with a line break behind it, into the memory of the first of them. A record has
 * at least 7 bytes beside its value, so what is written never overtakes what is still to be read. Batches that lie behind one another in one
 * answer become one piece; what was decompressed has memory of its own, and is a piece of its own. Throws at the first batch that is damaged, behind
 * the pieces of those before it.
 */
export function* linesInPlace(parts: readonly StoredBatch[], from: number, to: number): Generator<Buffer, void, undefined> {
  const cursor = new Cursor(NOTHING)
  let begin = 0
  let at = 0
  let first = 0
  let continues = false
  let damage: unknown
  try {
    for (const part of parts) {
      const { bytes, count, asItCame, complete } = part
      const last = Math.min(count, to - first)
      const next = Math.max(0, from - first)
      first += count
      if (next >= last) continue
      if (!(continues && asItCame && cursor.bytes.buffer === bytes.buffer)) {
        if (at > begin) yield cursor.bytes.subarray(begin, at)
        cursor.bytes = Buffer.from(bytes.buffer)
        begin = bytes.byteOffset
        at = begin
      }
      continues = asItCame
      // What is left of a batch is found by where its records begin, as they lay before.
      const blocks = complete && last - next === count ? arenaOf(bytes)?.blocks : undefined
      const end = blocks
        ? blocks.lines(bytes.byteOffset, bytes.byteOffset + bytes.length, at, count)
        : move(cursor, at, bytes, part.starts.subarray(next, last))
      if (end < 0) throw beyond(part)
      at = end
    }
  } catch (error) {
    damage = error
  }
  if (at > begin) yield cursor.bytes.subarray(begin, at)
  if (damage !== undefined) throw damage
}

/**
 * The values of these records to `start` and on. Returns the place behind them. The hottest loop of `tail --output raw`: varints of one and two
 * bytes, which nearly all are, are read here and not by the cursor.
 */
function move(cursor: Cursor, start: number, { byteOffset, length: size }: Buffer, starts: Int32Array): number {
  const bytes = cursor.bytes as Uint8Array & ArrayLike<number>
  const end = byteOffset + size
  let at = start
  for (let i = 0; i < starts.length; i++) {
    // A value ends before the next record, whatever it says, or lines would be written over what is still to be read, and beyond the batch.
    const stop = i + 1 < starts.length ? byteOffset + (starts[i + 1] as number) - 1 : end
    // Behind the attributes; time and place are passed over.
    let from = byteOffset + (starts[i] as number) + 1
    while ((bytes[from++] as number) >= 0x80);
    while ((bytes[from++] as number) >= 0x80);
    const keyLength = bytes[from] as number
    if (keyLength < 0x80) from += 1 + (keyLength & 1 ? 0 : keyLength >>> 1)
    else {
      cursor.at = from
      from = Math.max(0, cursor.varint())
      from += cursor.at
    }
    const low = bytes[from] as number
    const high = bytes[from + 1] as number
    let length: number
    if (low < 0x80) {
      length = low & 1 ? 0 : low >>> 1
      from += 1
    } else if (high < 0x80) {
      length = low & 1 ? 0 : ((low & 0x7f) | (high << 7)) >>> 1
      from += 2
    } else {
      cursor.at = from
      length = cursor.varint()
      from = cursor.at
    }
    if (length > 0) {
      const to = Math.min(from + length, stop)
      bytes.copyWithin(at, from, to)
      at += Math.max(0, to - from)
    }
    bytes[at++] = NEWLINE
  }
  return at
}
