import { checkMessage, LEAF } from './check.ts'
import { Malformed } from './malformed.ts'
import { FIXED32, FIXED64, LEN, MAX_NESTING, VARINT, WireReader } from './wire-reader.ts'

/** The arm of a TypedValue, by its field number; NONE where no arm is set. */
export const KIND = {
  NONE: 0,
  STRING: 1,
  INT: 2,
  UINT: 3,
  BOOL: 4,
  BYTES: 5,
  FLOAT: 6,
  DECIMAL: 7,
  LEAFLIST: 8,
  ANY: 9,
  JSON: 10,
  JSON_IETF: 11,
  ASCII: 12,
  PROTO_BYTES: 13,
  DOUBLE: 14,
} as const

export type Kind = (typeof KIND)[keyof typeof KIND]

const NO_BYTES = Buffer.alloc(0)

/** A value where it stands: its number, or the range of bytes that it is. Reused from message to message. */
export class ValueSlot {
  kind: Kind = KIND.NONE
  /** INT, UINT, BOOL, and the digits of a DECIMAL: the halves of the number. FLOAT and DOUBLE: of its IEEE 754 bits. */
  lo = 0
  hi = 0
  /** DECIMAL: the number of its digits behind the point. */
  precision = 0
  /** All other kinds: the bytes are `source` from `start` to `end`. Of LEAFLIST and ANY they are the message. */
  source: Buffer = NO_BYTES
  start = 0
  end = 0

  clear(): void {
    this.kind = KIND.NONE
    this.source = NO_BYTES
    this.start = 0
    this.end = 0
  }

  /** The bytes of a kind that is bytes, as a view. */
  get bytes(): Buffer {
    return this.source.subarray(this.start, this.end)
  }
}

const ANY_FIELDS = LEAF
/** ScalarArray.element */
const ELEMENT = (1 << 3) | LEN

/**
 * A TypedValue into a slot that was cleared. Throws Malformed. Of several arms the last one counts; the parts of a message that comes in
 * several pieces belong together (protobuf, "Last One Wins" and merging).
 * @param depth of the TypedValue, 0 for the outermost message
 */
export function readValue(reader: WireReader, end: number, depth: number, slot: ValueSlot): void {
  if (depth > MAX_NESTING) throw new Malformed('nesting', reader.pos)
  let pieces: Buffer[] | undefined
  while (reader.pos < end) {
    const tag = reader.tag(end)
    const kind = kindOf(tag)
    if (kind === KIND.NONE) {
      reader.skip(tag, end, depth)
      continue
    }
    const again = slot.kind === kind
    if (!again) pieces = undefined
    slot.kind = kind
    switch (kind) {
      case KIND.INT:
      case KIND.UINT:
      case KIND.BOOL:
        reader.varint(end)
        slot.lo = reader.lo
        slot.hi = reader.hi
        break
      case KIND.FLOAT:
        reader.fixed32(end)
        slot.lo = reader.lo
        break
      case KIND.DOUBLE:
        reader.fixed64(end)
        slot.lo = reader.lo
        slot.hi = reader.hi
        break
      case KIND.DECIMAL:
        readDecimal(reader, reader.delimited(end), depth + 1, slot, again)
        break
      case KIND.LEAFLIST:
      case KIND.ANY:
        if (again) {
          pieces ??= [slot.bytes]
          range(reader, end, slot)
          pieces.push(slot.bytes)
        } else range(reader, end, slot)
        checkParts(slot, depth + 1)
        break
      default:
        range(reader, end, slot)
    }
  }
  if (pieces) {
    slot.source = Buffer.concat(pieces)
    slot.start = 0
    slot.end = slot.source.length
  }
}

/** What a leaf-list holds, one after another, each in the same slot. The list was checked when it was read. */
export function* elementsOf(list: ValueSlot): Generator<ValueSlot> {
  const reader = new WireReader(list.source, list.start)
  const slot = new ValueSlot()
  while (reader.pos < list.end) {
    const tag = reader.tag(list.end)
    if (tag !== ELEMENT) {
      reader.skip(tag, list.end, 0)
      continue
    }
    slot.clear()
    readValue(reader, reader.delimited(list.end), 0, slot)
    yield slot
  }
}

/** The two fields of a google.protobuf.Any. */
export function anyOf(any: ValueSlot): { typeUrl: Buffer; value: Buffer } {
  const reader = new WireReader(any.source, any.start)
  const read = { typeUrl: NO_BYTES as Buffer, value: NO_BYTES as Buffer }
  while (reader.pos < any.end) {
    const tag = reader.tag(any.end)
    const field = tag === TYPE_URL ? 'typeUrl' : tag === ANY_VALUE ? 'value' : undefined
    if (!field) {
      reader.skip(tag, any.end, 0)
      continue
    }
    const end = reader.delimited(any.end)
    read[field] = any.source.subarray(reader.pos, end)
    reader.pos = end
  }
  return read
}

const TYPE_URL = (1 << 3) | LEN
const ANY_VALUE = (2 << 3) | LEN

const bits = new DataView(new ArrayBuffer(8))

/** The number of a FLOAT or a DOUBLE. */
export function floatOf({ kind, lo, hi }: ValueSlot): number {
  bits.setInt32(0, lo, true)
  if (kind === KIND.FLOAT) return bits.getFloat32(0, true)
  bits.setInt32(4, hi, true)
  return bits.getFloat64(0, true)
}

/** Wire type of each kind, by its number. */
const WIRE_TYPES = [-1, LEN, VARINT, VARINT, VARINT, LEN, FIXED32, LEN, LEN, LEN, LEN, LEN, LEN, LEN, FIXED64]

/** The kind that a tag of TypedValue begins; NONE for a field that it does not have, or has with another wire type. */
function kindOf(tag: number): Kind {
  const field = tag >>> 3
  return WIRE_TYPES[field] === (tag & 7) ? (field as Kind) : KIND.NONE
}

function range(reader: WireReader, end: number, slot: ValueSlot): void {
  slot.end = reader.delimited(end)
  slot.source = reader.bytes
  slot.start = reader.pos
  reader.pos = slot.end
}

const DIGITS = (1 << 3) | VARINT
const PRECISION = (2 << 3) | VARINT

function readDecimal(reader: WireReader, end: number, depth: number, slot: ValueSlot, again: boolean): void {
  if (depth > MAX_NESTING) throw new Malformed('nesting', reader.pos)
  if (!again) {
    slot.lo = 0
    slot.hi = 0
    slot.precision = 0
  }
  while (reader.pos < end) {
    const tag = reader.tag(end)
    if (tag === DIGITS) {
      reader.varint(end)
      slot.lo = reader.lo
      slot.hi = reader.hi
    } else if (tag === PRECISION) slot.precision = reader.uint32(end)
    else reader.skip(tag, end, depth)
  }
}

/** Whether the message in the slot is whole, down to the last element. */
function checkParts({ kind, source, start, end }: ValueSlot, depth: number): void {
  if (depth > MAX_NESTING) throw new Malformed('nesting', start)
  const reader = new WireReader(source, start)
  if (kind === KIND.ANY) {
    checkMessage(reader, end, ANY_FIELDS, depth)
    return
  }
  const element = new ValueSlot()
  while (reader.pos < end) {
    const tag = reader.tag(end)
    if (tag !== ELEMENT) {
      reader.skip(tag, end, depth)
      continue
    }
    element.clear()
    readValue(reader, reader.delimited(end), depth + 1, element)
  }
}
