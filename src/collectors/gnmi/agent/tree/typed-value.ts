import type { LeafValue } from './leaf.ts'

/** Encodings that the agent offers, as gNMI names them. */
export const ENCODINGS = ['PROTO', 'JSON', 'JSON_IETF'] as const
export type AgentEncoding = (typeof ENCODINGS)[number]

/** gNMI's TypedValue as proto-loader takes it, with 64-bit integers as text. */
export type TypedValue =
  | { string_val: string }
  | { bool_val: boolean }
  | { uint_val: string }
  | { json_val: Buffer }
  | { json_ietf_val: Buffer }

export function typedValue(value: LeafValue, encoding: AgentEncoding): TypedValue {
  if (encoding !== 'PROTO') return typedJson(jsonText(value, encoding), encoding)
  if (typeof value === 'string') return { string_val: value }
  if (typeof value === 'boolean') return { bool_val: value }
  return { uint_val: value.toString() }
}

/** @param json the text of a JSON value */
export const typedJson = (json: string, encoding: 'JSON' | 'JSON_IETF'): TypedValue =>
  encoding === 'JSON' ? { json_val: Buffer.from(json) } : { json_ietf_val: Buffer.from(json) }

/** A leaf as JSON text: in JSON_IETF integers of 64 bits are strings (RFC 7951, 6.1); in JSON they are numbers, with every digit. */
export function jsonText(value: LeafValue, encoding: 'JSON' | 'JSON_IETF'): string {
  if (typeof value === 'bigint') return encoding === 'JSON_IETF' ? `"${value}"` : value.toString()
  return JSON.stringify(value)
}
