import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import type { DeviceTelemetry } from '../../../events/event-types.ts'
import { elementsOf, KIND, type ValueSlot } from '../wire/value.ts'
import { copyJson, lookAtJson } from './json-copy.ts'
import { decimalText, writeFloat, writeInt64, writeUint64 } from './numbers.ts'
import type { ProblemCode } from './value-problem.ts'
import { writeAny, writeBase64, writeBrokenJson, writeText } from './value-text.ts'

type ValueType = NonNullable<DeviceTelemetry['updates']>[number]['type']

/** What `type` of device_telemetry says, by kind. */
export const TYPE_NAMES: readonly ValueType[] = [
  'none',
  'string',
  'int',
  'uint',
  'bool',
  'bytes',
  'float',
  'decimal',
  'leaflist',
  'any',
  'json',
  'json_ietf',
  'ascii',
  'proto_bytes',
  'double',
]

/** The `value` of device_telemetry, lossless; what could not be written as it is, is said. */
export function writeTelemetryValue(out: ByteBuffer, slot: ValueSlot): ProblemCode | undefined {
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
    case KIND.JSON:
    case KIND.JSON_IETF:
      // What most leaves are, since RFC 7951 has 64-bit counters as text.
      return out.plainJsonText(slot.source, slot.start, slot.end) ? undefined : writeJson(out, slot.bytes)
    case KIND.BOOL:
      out.text((slot.lo | slot.hi) === 0 ? 'false' : 'true')
      return undefined
    case KIND.FLOAT:
    case KIND.DOUBLE:
      writeFloat(out, slot)
      return undefined
    case KIND.DECIMAL:
      out.text(`"${decimalText(slot)}"`)
      return undefined
    case KIND.BYTES:
    case KIND.PROTO_BYTES:
      writeBase64(out, slot.bytes)
      return undefined
    case KIND.LEAFLIST:
      return writeList(out, slot)
    case KIND.ANY:
      return writeAny(out, slot)
    case KIND.NONE:
      out.text('null')
      return undefined
  }
}

function writeJson(out: ByteBuffer, bytes: Buffer): ProblemCode | undefined {
  const look = lookAtJson(bytes)
  if (!look) return writeBrokenJson(out, bytes)
  copyJson(out, bytes, look)
  return undefined
}

/** Each element with its type: a list may mix them. */
function writeList(out: ByteBuffer, list: ValueSlot): ProblemCode | undefined {
  let problem: ProblemCode | undefined
  let separator = '['
  for (const element of elementsOf(list)) {
    out.text(`${separator}{"type":"${TYPE_NAMES[element.kind]}","value":`)
    problem = writeTelemetryValue(out, element) ?? problem
    out.byte(0x7d)
    separator = ','
  }
  out.text(separator === '[' ? '[]' : ']')
  return problem
}
