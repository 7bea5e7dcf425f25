/** What a value of a Set may be, by the names that people type: the arms of a TypedValue. */
export const VALUE_TYPES = [
  'json_ietf',
  'json',
  'string',
  'ascii',
  'int',
  'uint',
  'bool',
  'double',
  'float',
  'bytes',
  'proto_bytes',
] as const

export type ValueType = (typeof VALUE_TYPES)[number]
