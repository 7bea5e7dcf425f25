import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import { lookAtJson } from '../event/json-copy.ts'
import { VALUE_TYPES, type ValueType } from './value-types.ts'

/** A TypedValue as proto-loader takes it: one arm, 64-bit integers as text. */
export type TypedValueMessage =
  | { json_ietf_val: Buffer }
  | { json_val: Buffer }
  | { string_val: string }
  | { ascii_val: string }
  | { int_val: string }
  | { uint_val: string }
  | { bool_val: boolean }
  | { double_val: number }
  | { float_val: number }
  | { bytes_val: Buffer }
  | { proto_bytes: Buffer }

/** @param where it was said, for the error @throws SHITOPS_E_USAGE */
export function valueType(text: string, where: string): ValueType {
  const type = VALUE_TYPES.find((one) => one === text)
  if (type) return type
  throw new ShitopsError('SHITOPS_E_USAGE', `${where}: there is no type of value "${text}"; there are ${VALUE_TYPES.join(', ')}`, {
    suggestions: [`the type ${nearest(text, VALUE_TYPES) ?? 'json_ietf'}`],
  })
}

/**
 * A value from text. JSON goes to the target as it is written, digit for digit; bytes are base64. No error shows the value: it may be a
 * secret.
 * @param where it was said, for the error
 * @throws SHITOPS_E_USAGE where the text is not of the type
 */
export function typedValue(type: ValueType, text: string, where: string): TypedValueMessage {
  const orFail = <T>(value: T | undefined, wanted: string, ...next: string[]): T => {
    if (value !== undefined) return value
    throw new ShitopsError('SHITOPS_E_USAGE', `${where}: the value is not ${wanted}`, { suggestions: next })
  }
  switch (type) {
    case 'json_ietf':
      return { json_ietf_val: orFail(json(text), 'JSON', TEXT_WANTS_QUOTES, STRING) }
    case 'json':
      return { json_val: orFail(json(text), 'JSON', TEXT_WANTS_QUOTES, STRING) }
    case 'string':
      return { string_val: text }
    case 'ascii':
      return { ascii_val: text }
    case 'int':
      return { int_val: orFail(integer(text, MIN_INT64, MAX_INT64), `an integer from ${MIN_INT64} to ${MAX_INT64}`) }
    case 'uint':
      return { uint_val: orFail(integer(text, 0n, MAX_UINT64), `an integer from 0 to ${MAX_UINT64}`) }
    case 'bool':
      return { bool_val: orFail(text === 'true' ? true : text === 'false' ? false : undefined, 'true or false') }
    case 'double':
      return { double_val: orFail(floating(text), A_NUMBER) }
    case 'float':
      return { float_val: orFail(floating(text), A_NUMBER) }
    case 'bytes':
      return { bytes_val: orFail(base64(text), 'base64', RAW_BYTES) }
    case 'proto_bytes':
      return { proto_bytes: orFail(base64(text), 'base64', RAW_BYTES) }
  }
}

/** A value from a file's bytes: of a type that is bytes it is them, of any other their text. @throws SHITOPS_E_USAGE */
export function typedValueOfFile(type: ValueType, bytes: Buffer, where: string): TypedValueMessage {
  if (type === 'bytes') return { bytes_val: bytes }
  if (type === 'proto_bytes') return { proto_bytes: bytes }
  const text = bytes.toString('utf8')
  // An editor ends a file with a line break, which is no part of a number or a word; text keeps it.
  return typedValue(type, type === 'string' || type === 'ascii' ? text : text.trim(), where)
}

/** The arm of a value, its name, and what it says for a person. */
export function describeValue(value: TypedValueMessage): { type: string; text: string } {
  const [[arm = '', content] = []] = Object.entries(value) as Array<[string, Buffer | string | number | boolean]>
  const type = arm.replace(/_val$/, '')
  if (!Buffer.isBuffer(content))
    return { type, text: typeof content === 'string' && /^(string|ascii)$/.test(type) ? JSON.stringify(content) : String(content) }
  return { type, text: type.startsWith('json') ? content.toString('utf8') : content.toString('base64') }
}

const TEXT_WANTS_QUOTES = `text wants quotes: PATH:='"text"'`
const STRING = 'PATH:string=text, for targets that take typed values'
const RAW_BYTES = 'PATH:bytes=@FILE for bytes as they are in a file'
const A_NUMBER = 'a number, NaN, Infinity or -Infinity'

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
const MAX_UINT64 = 2n ** 64n - 1n

function json(text: string): Buffer | undefined {
  const bytes = Buffer.from(text.trim())
  return lookAtJson(bytes) ? bytes : undefined
}

function integer(text: string, min: bigint, max: bigint): string | undefined {
  if (!/^-?\d{1,20}$/.test(text)) return undefined
  const value = BigInt(text)
  return value >= min && value <= max ? String(value) : undefined
}

function floating(text: string): number | undefined {
  if (/^(NaN|-?Infinity)$/.test(text)) return Number(text)
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

function base64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
