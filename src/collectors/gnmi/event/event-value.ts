import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { elementsOf, KIND, type ValueSlot } from '../wire/value.ts'
import type { JoinedPath } from './joined-paths.ts'
import { copyJsonExact, copyJsonWithNulls, type JsonLook, lookAtJson } from './json-copy.ts'
import { flattenJson } from './json-flatten.ts'
import { decimalText, MAX_PRECISION, writeFloat, writeInt64, writeUint64 } from './numbers.ts'
import type { ProblemCode } from './value-problem.ts'
import { writeAny, writeBase64, writeBrokenJson, writeText } from './value-text.ts'

/**
 * An event from behind its tags to behind its values: of them there is one, or of a JSON object one for each of its leaves. Integers of more than 2^53 are text, and a
 * decimal has all its digits; an update without a value is null.
 */
export function writeEventValues(out: ByteBuffer, slot: ValueSlot, path: JoinedPath): ProblemCode | undefined {
  const json = slot.kind === KIND.JSON || slot.kind === KIND.JSON_IETF
  if (json && slot.source[slot.start] !== QUOTE) return writeJsonValues(out, slot.bytes, path)
  out.bytes(path.beforeValue)
  return writeValue(out, slot, copyJsonExact)
}

/** One value in one piece: as in an event, but a JSON object is not flattened, and an empty leaf in it stays `null` or `[null]`. */
export const writeWholeValue = (out: ByteBuffer, slot: ValueSlot): ProblemCode | undefined => writeValue(out, slot, copyJsonWithNulls)

type JsonCopy = (out: ByteBuffer, bytes: Buffer, look: JsonLook) => void

const QUOTE = 0x22
const BEFORE_MEMBERS = Buffer.from('},"values":{')

function writeJsonValues(out: ByteBuffer, bytes: Buffer, { name, beforeValue }: JoinedPath): ProblemCode | undefined {
  const look = lookAtJson(bytes)
  if (look?.object) {
    out.bytes(BEFORE_MEMBERS)
    flattenJson(out, bytes, name)
    return undefined
  }
  out.bytes(beforeValue)
  return writeJson(out, bytes, look, copyJsonExact)
}

function writeValue(out: ByteBuffer, slot: ValueSlot, copy: JsonCopy): ProblemCode | undefined {
  switch (slot.kind) {
    case KIND.UINT:
      writeUint64(out, slot.lo, slot.hi)
      return undefined
    case KIND.INT:
      writeInt64(out, slot.lo, slot.hi)
      return undefined
    case KIND.STRING:
    case KIND.ASCII:
      return writeText(out, slot.bytes)
    case KIND.BOOL:
      out.text((slot.lo | slot.hi) === 0 ? 'false' : 'true')
      return undefined
    case KIND.FLOAT:
    case KIND.DOUBLE:
      writeFloat(out, slot)
      return undefined
    case KIND.DECIMAL:
      writeDecimal(out, slot)
      return undefined
    case KIND.BYTES:
    case KIND.PROTO_BYTES:
      writeBase64(out, slot.bytes)
      return undefined
    case KIND.LEAFLIST:
      return writeList(out, slot, copy)
    case KIND.ANY:
      return writeAny(out, slot)
    case KIND.JSON:
    case KIND.JSON_IETF:
      // What most leaves are, since RFC 7951 has 64-bit counters as text.
      if (out.plainJsonText(slot.source, slot.start, slot.end)) return undefined
      // Within a leaf-list, which YANG does not have, an object stays in one piece.
      return writeJson(out, slot.bytes, lookAtJson(slot.bytes), copy)
    case KIND.NONE:
      out.text('null')
      return undefined
  }
}

function writeDecimal(out: ByteBuffer, slot: ValueSlot): void {
  if (slot.precision === 0) writeInt64(out, slot.lo, slot.hi)
  else if (slot.precision <= MAX_PRECISION) out.text(decimalText(slot))
  // A JSON number so small would be read as 0.
  else out.text(`"${decimalText(slot)}"`)
}

function writeList(out: ByteBuffer, list: ValueSlot, copy: JsonCopy): ProblemCode | undefined {
  let problem: ProblemCode | undefined
  let separator = '['
  for (const element of elementsOf(list)) {
    out.text(separator)
    problem = writeValue(out, element, copy) ?? problem
    separator = ','
  }
  out.text(separator === '[' ? '[]' : ']')
  return problem
}

function writeJson(out: ByteBuffer, bytes: Buffer, look: JsonLook | undefined, copy: JsonCopy): ProblemCode | undefined {
  if (!look) return writeBrokenJson(out, bytes)
  copy(out, bytes, look)
  return undefined
}
