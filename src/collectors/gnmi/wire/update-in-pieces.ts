import type { UpdateSlot } from './response.ts'
import { KIND, type Kind, readValue, ValueSlot } from './value.ts'
import { readPath } from './wire-path.ts'
import { LEN, VARINT, WireReader } from './wire-reader.ts'

export const UPDATE = { path: (1 << 3) | LEN, value: (2 << 3) | LEN, val: (3 << 3) | LEN, duplicates: (4 << 3) | VARINT } as const
/** Nesting of an Update: SubscribeResponse, Notification. */
export const UPDATE_DEPTH = 2

const VALUE = { value: (1 << 3) | LEN, type: (2 << 3) | VARINT } as const

/** What the deprecated Value means, by its `type` (an Encoding): JSON, BYTES, PROTO, ASCII, JSON_IETF. */
const KINDS: readonly Kind[] = [KIND.JSON, KIND.BYTES, KIND.PROTO_BYTES, KIND.ASCII, KIND.JSON_IETF]

/**
 * An Update in a form that is legal and rare: a path or a val in several pieces, which protobuf merges, or the deprecated `value`, which
 * counts where there is no val. Throws Malformed.
 * @param start of the Update's message
 */
export function readUpdateInPieces(reader: WireReader, start: number, end: number, slot: UpdateSlot): void {
  const path: Buffer[] = []
  const val: Buffer[] = []
  const deprecated = new DeprecatedValue()
  slot.clear()
  reader.pos = start
  while (reader.pos < end) {
    const tag = reader.tag(end)
    if (tag === UPDATE.path) {
      const piece = pieceOf(reader, end)
      readPath(piece, 0, piece.length)
      path.push(piece)
    } else if (tag === UPDATE.val) {
      const piece = pieceOf(reader, end)
      readValue(new WireReader(piece), piece.length, UPDATE_DEPTH + 1, new ValueSlot())
      val.push(piece)
    } else if (tag === UPDATE.value) deprecated.read(reader, reader.delimited(end))
    else if (tag === UPDATE.duplicates) slot.duplicates = reader.uint32(end)
    else reader.skip(tag, end, UPDATE_DEPTH)
  }
  const wholePath = Buffer.concat(path)
  const wholeVal = Buffer.concat(val)
  slot.path = readPath(wholePath, 0, wholePath.length)
  readValue(new WireReader(wholeVal), wholeVal.length, UPDATE_DEPTH + 1, slot)
  if (slot.kind === KIND.NONE) deprecated.fill(slot)
}

/** The message of a length-delimited field: each piece must be whole by itself before it is joined to others. */
function pieceOf(reader: WireReader, end: number): Buffer {
  const pieceEnd = reader.delimited(end)
  const piece = reader.bytes.subarray(reader.pos, pieceEnd)
  reader.pos = pieceEnd
  return piece
}

class DeprecatedValue {
  #bytes: Buffer = Buffer.alloc(0)
  #type = 0

  /** Its fields, which follow those of an earlier piece. */
  read(reader: WireReader, end: number): void {
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === VALUE.value) this.#bytes = pieceOf(reader, end)
      else if (tag === VALUE.type) this.#type = reader.uint32(end)
      else reader.skip(tag, end, UPDATE_DEPTH + 1)
    }
  }

  fill(slot: ValueSlot): void {
    if (this.#bytes.length === 0) return
    slot.kind = KINDS[this.#type] ?? KIND.BYTES
    slot.source = this.#bytes
    slot.end = this.#bytes.length
  }
}
