import { Malformed } from './malformed.ts'

/** Wire types: the low three bits of a tag. */
export const VARINT = 0
export const FIXED64 = 1
export const LEN = 2
export const GROUP = 3
export const END_GROUP = 4
export const FIXED32 = 5

/** As in the reference implementations. */
export const MAX_NESTING = 100

/**
 * Reads protobuf's wire format from a buffer, in place. Every method takes the `end` of the message it reads in and throws
 * {@link Malformed} rather than look beyond; the decoder catches it at the door. Where implementations differ on what is a message, this
 * one sides with Go's, which most targets and collectors use: a varint may have up to 10 bytes, however little it says, be it a number, a
 * tag or a length.
 */
export class WireReader {
  bytes: Buffer
  /** The next byte. */
  pos: number
  /** The last varint or fixed value: its low and its high half, as signed 32-bit integers. */
  lo = 0
  hi = 0

  constructor(bytes: Buffer, pos = 0) {
    this.bytes = bytes
    this.pos = pos
  }

  /** The tag of the next field. */
  tag(end: number): number {
    const { pos } = this
    const first = this.bytes[pos] as number
    if (first < 0x80 && first > 0x07 && pos < end) {
      this.pos = pos + 1
      return first
    }
    this.varint(end)
    if (this.hi !== 0) throw new Malformed('tag_too_large', pos)
    const tag = this.lo >>> 0
    if (tag < 8) throw new Malformed('field_zero', pos)
    return tag
  }

  /** A varint into `lo` and `hi`. */
  varint(end: number): void {
    const { bytes } = this
    let { pos } = this
    if (pos >= end) throw new Malformed('truncated', pos)
    let byte = bytes[pos++] as number
    let lo = byte & 0x7f
    let hi = 0
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (pos >= end) throw new Malformed('truncated', pos)
      byte = bytes[pos++] as number
      if (shift < 28) lo |= (byte & 0x7f) << shift
      else if (shift > 28) hi |= (byte & 0x7f) << (shift - 32)
      else {
        lo |= byte << 28
        hi = (byte & 0x7f) >> 4
      }
      // Of the tenth byte only one bit belongs to the number.
      if (shift === 63 && byte > 1) throw new Malformed('varint_too_long', this.pos)
    }
    this.lo = lo
    this.hi = hi
    this.pos = pos
  }

  /** A varint cut to 32 bits, as protobuf has it for uint32. */
  uint32(end: number): number {
    this.varint(end)
    return this.lo >>> 0
  }

  /** The end of a length-delimited field, whose first byte is now at `pos`. */
  delimited(end: number): number {
    const { pos } = this
    const first = this.bytes[pos] as number
    if (first < 0x80 && pos + first < end) {
      this.pos = pos + 1
      return pos + 1 + first
    }
    this.varint(end)
    if (this.hi !== 0 || this.lo < 0 || this.lo > end - this.pos) throw new Malformed('truncated', pos)
    return this.pos + this.lo
  }

  fixed32(end: number): void {
    this.#need(4, end)
    this.lo = this.bytes.readInt32LE(this.pos)
    this.pos += 4
  }

  fixed64(end: number): void {
    this.#need(8, end)
    this.lo = this.bytes.readInt32LE(this.pos)
    this.hi = this.bytes.readInt32LE(this.pos + 4)
    this.pos += 8
  }

  /** Pass over the field of a tag just read. @param depth of the message that it stands in, 0 for the outermost */
  skip(tag: number, end: number, depth: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint(end)
        break
      case FIXED64:
        this.#need(8, end)
        this.pos += 8
        break
      case LEN:
        this.pos = this.delimited(end)
        break
      case GROUP:
        this.#skipGroup(tag, end, depth + 1)
        break
      case END_GROUP:
        throw new Malformed('group_end', this.pos)
      case FIXED32:
        this.#need(4, end)
        this.pos += 4
        break
      default:
        throw new Malformed('wire_type', this.pos)
    }
  }

  #skipGroup(begin: number, end: number, depth: number): void {
    if (depth > MAX_NESTING) throw new Malformed('nesting', this.pos)
    for (;;) {
      const tag = this.tag(end)
      // Of one field number, the tag that ends a group is the one that begins it, plus one.
      if (tag === begin + 1) return
      this.skip(tag, end, depth)
    }
  }

  #need(bytes: number, end: number): void {
    if (end - this.pos < bytes) throw new Malformed('truncated', this.pos)
  }
}
