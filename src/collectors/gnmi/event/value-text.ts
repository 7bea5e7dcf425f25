import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { anyOf, type ValueSlot } from '../wire/value.ts'
import type { ProblemCode } from './value-problem.ts'

/** Bytes as a JSON string, which they should be the text of. */
export function writeText(out: ByteBuffer, bytes: Buffer): ProblemCode | undefined {
  if (out.jsonText(bytes)) return undefined
  out.text(JSON.stringify(bytes.toString('utf8')))
  return 'not_utf8'
}

/** Bytes that should be JSON and are not, as a JSON string. */
export function writeBrokenJson(out: ByteBuffer, bytes: Buffer): ProblemCode {
  writeText(out, bytes)
  return 'not_json'
}

export function writeBase64(out: ByteBuffer, bytes: Buffer): void {
  out.byte(0x22)
  out.text(bytes.toString('base64'))
  out.byte(0x22)
}

/** An ANY as `{"type_url": …, "value": base64}`: what is in it only its sender's schema knows. */
export function writeAny(out: ByteBuffer, any: ValueSlot): ProblemCode | undefined {
  const { typeUrl, value } = anyOf(any)
  out.text('{"type_url":')
  const problem = writeText(out, typeUrl)
  out.text(',"value":')
  writeBase64(out, value)
  out.byte(0x7d)
  return problem
}
