/** A scalar of the protobuf JSON mapping, as far as gNMI's responses have it. */
export type Scalar = 'string' | 'int64' | 'uint64' | 'uint32' | 'bool' | 'bytes' | 'float' | 'double'

export type FieldType = Scalar | MessageType | { enum: readonly string[] } | 'string_map' | 'passed_over'

export interface Field {
  number: number
  type: FieldType
  repeated?: true
  /** Of the fields with the same word only one may be set. */
  oneof?: string
}

/** The fields of a message by their names in the .proto file; the JSON mapping accepts these and their camelCase forms. */
export interface MessageType {
  name: string
  fields: () => Readonly<Record<string, Field>>
}

const message = (name: string, fields: () => Readonly<Record<string, Field>>): MessageType => ({ name, fields })

const PATH_ELEM = message('PathElem', () => ({ name: { number: 1, type: 'string' }, key: { number: 2, type: 'string_map' } }))

const PATH = message('Path', () => ({
  element: { number: 1, type: 'string', repeated: true },
  origin: { number: 2, type: 'string' },
  elem: { number: 3, type: PATH_ELEM, repeated: true },
  target: { number: 4, type: 'string' },
}))

const DECIMAL64 = message('Decimal64', () => ({ digits: { number: 1, type: 'int64' }, precision: { number: 2, type: 'uint32' } }))

const SCALAR_ARRAY = message('ScalarArray', () => ({ element: { number: 1, type: TYPED_VALUE, repeated: true } }))

/** By its own fields: what is in it cannot be told without its schema. */
const ANY = message('Any', () => ({ type_url: { number: 1, type: 'string' }, value: { number: 2, type: 'bytes' } }))

const ONE = { oneof: 'value' } as const

const TYPED_VALUE: MessageType = message('TypedValue', () => ({
  string_val: { number: 1, type: 'string', ...ONE },
  int_val: { number: 2, type: 'int64', ...ONE },
  uint_val: { number: 3, type: 'uint64', ...ONE },
  bool_val: { number: 4, type: 'bool', ...ONE },
  bytes_val: { number: 5, type: 'bytes', ...ONE },
  float_val: { number: 6, type: 'float', ...ONE },
  decimal_val: { number: 7, type: DECIMAL64, ...ONE },
  leaflist_val: { number: 8, type: SCALAR_ARRAY, ...ONE },
  any_val: { number: 9, type: ANY, ...ONE },
  json_val: { number: 10, type: 'bytes', ...ONE },
  json_ietf_val: { number: 11, type: 'bytes', ...ONE },
  ascii_val: { number: 12, type: 'string', ...ONE },
  proto_bytes: { number: 13, type: 'bytes', ...ONE },
  double_val: { number: 14, type: 'double', ...ONE },
}))

const VALUE = message('Value', () => ({
  value: { number: 1, type: 'bytes' },
  type: { number: 2, type: { enum: ['JSON', 'BYTES', 'PROTO', 'ASCII', 'JSON_IETF'] } },
}))

const UPDATE = message('Update', () => ({
  path: { number: 1, type: PATH },
  value: { number: 2, type: VALUE },
  val: { number: 3, type: TYPED_VALUE },
  duplicates: { number: 4, type: 'uint32' },
}))

const NOTIFICATION = message('Notification', () => ({
  timestamp: { number: 1, type: 'int64' },
  prefix: { number: 2, type: PATH },
  update: { number: 4, type: UPDATE, repeated: true },
  delete: { number: 5, type: PATH, repeated: true },
  atomic: { number: 6, type: 'bool' },
}))

const ERROR = message('Error', () => ({
  code: { number: 1, type: 'uint32' },
  message: { number: 2, type: 'string' },
  data: { number: 3, type: 'passed_over' },
}))

const RESPONSE = { oneof: 'response' } as const

/** Extensions have no place in an event, and vendors' own cannot be read. */
export const SUBSCRIBE_RESPONSE = message('SubscribeResponse', () => ({
  update: { number: 1, type: NOTIFICATION, ...RESPONSE },
  sync_response: { number: 3, type: 'bool', ...RESPONSE },
  error: { number: 4, type: ERROR, ...RESPONSE },
  extension: { number: 5, type: 'passed_over', repeated: true },
}))
