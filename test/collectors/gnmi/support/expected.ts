/**
 * What a device_telemetry record must say, made the plain way from what proto-loader decodes: the other side of every comparison. It shares
 * nothing with the code under test but the printing of paths, which has its own tests.
 */
import { formatElems } from '../../../../src/collectors/gnmi/path/format.ts'
import { PathProblem, parseElem } from '../../../../src/collectors/gnmi/path/parse.ts'
import { type PathElem, pathElem } from '../../../../src/collectors/gnmi/path/path.ts'

interface Path {
  element?: string[]
  origin?: string
  elem?: Array<{ name?: string; key?: Record<string, string> }>
  target?: string
}

export interface TypedValue {
  value?: string
  string_val?: string
  int_val?: string
  uint_val?: string
  bool_val?: boolean
  bytes_val?: Buffer
  float_val?: number
  decimal_val?: { digits?: string; precision?: number }
  leaflist_val?: { element?: TypedValue[] }
  any_val?: { type_url?: string; value?: Buffer }
  json_val?: Buffer
  json_ietf_val?: Buffer
  ascii_val?: string
  proto_bytes?: Buffer
  double_val?: number
}

interface Update {
  path?: Path
  value?: { value?: Buffer; type?: number }
  val?: TypedValue
  duplicates?: number
}

export interface Response {
  response?: 'update' | 'sync_response' | 'error'
  update?: { timestamp?: string; prefix?: Path; update?: Update[]; delete?: Path[]; atomic?: boolean }
  sync_response?: boolean
  error?: { code?: number; message?: string }
}

export interface Facts {
  target: string
  epoch: number
  /** ms */
  receivedAt: number
}

/** The value of the record of a notification; of other responses what they say. */
export function expectedOf(message: object, facts: Facts): object {
  const { update, sync_response, error } = message as Response
  if (update) return notification(update, facts)
  if (sync_response !== undefined) return { sync: sync_response }
  if (error) return { error: { code: error.code ?? 0, message: error.message ?? '' } }
  return {}
}

function notification(message: NonNullable<Response['update']>, { target, epoch, receivedAt }: Facts): object {
  const { timestamp = '0', prefix = {}, update = [], delete: deleted = [], atomic } = message
  const ms = Number(BigInt(timestamp) / 1_000_000n)
  const elems = elemsOf(prefix)
  return {
    event_time: new Date(BigInt(timestamp) > 0n ? ms : receivedAt).toISOString(),
    target,
    kind: 'notification',
    epoch,
    received_at: new Date(receivedAt).toISOString(),
    timestamp_ns: timestamp,
    ...(prefix.target && prefix.target !== target && { prefix_target: prefix.target }),
    ...(prefix.origin && { origin: prefix.origin }),
    ...(elems.length > 0 && { prefix: formatElems(elems) }),
    ...keysOf(elems),
    ...(atomic && { atomic }),
    ...(deleted.length > 0 && { deletes: deleted.map(located) }),
    ...(update.length > 0 && { updates: update.map(updateOf) }),
  }
}

function updateOf({ path = {}, value, val, duplicates }: Update): object {
  return { ...located(path), ...(hasArm(val) ? typed(val) : deprecated(value)), ...(duplicates && { duplicates }) }
}

const hasArm = (val: TypedValue | undefined): val is TypedValue => val?.value !== undefined

function located(path: Path): object {
  const elems = elemsOf(path)
  return { path: formatElems(elems), ...keysOf(elems), ...(path.origin && { origin: path.origin }) }
}

function elemsOf({ element = [], elem = [] }: Path): PathElem[] {
  if (elem.length > 0) return elem.map(({ name = '', key = {} }) => pathElem(name, Object.entries(key)))
  return element.map((text) => {
    const read = parseElem(text)
    return read instanceof PathProblem ? pathElem(text) : read
  })
}

function keysOf(elems: readonly PathElem[]): object {
  const keys = elems.flatMap(({ name, keys }) => keys.map(([key, value]) => [name ? `${name.replace(/^.*:/s, '')}_${key}` : key, value]))
  return keys.length > 0 ? { keys: Object.fromEntries(keys) } : {}
}

function typed(val: TypedValue): { type: string; value: unknown } {
  if (val.string_val !== undefined) return { type: 'string', value: val.string_val }
  if (val.int_val !== undefined) return { type: 'int', value: integer(val.int_val) }
  if (val.uint_val !== undefined) return { type: 'uint', value: integer(val.uint_val) }
  if (val.bool_val !== undefined) return { type: 'bool', value: val.bool_val }
  if (val.bytes_val !== undefined) return { type: 'bytes', value: val.bytes_val.toString('base64') }
  if (val.float_val !== undefined) return { type: 'float', value: float32(val.float_val) }
  if (val.decimal_val) return { type: 'decimal', value: decimal(val.decimal_val) }
  if (val.leaflist_val) return { type: 'leaflist', value: (val.leaflist_val.element ?? []).map(element) }
  if (val.any_val) {
    return {
      type: 'any',
      value: { type_url: val.any_val.type_url ?? '', value: (val.any_val.value ?? Buffer.alloc(0)).toString('base64') },
    }
  }
  if (val.json_val !== undefined) return { type: 'json', value: json(val.json_val) }
  if (val.json_ietf_val !== undefined) return { type: 'json_ietf', value: json(val.json_ietf_val) }
  if (val.ascii_val !== undefined) return { type: 'ascii', value: val.ascii_val }
  if (val.proto_bytes !== undefined) return { type: 'proto_bytes', value: val.proto_bytes.toString('base64') }
  if (val.double_val !== undefined)
    return { type: 'double', value: Number.isFinite(val.double_val) ? val.double_val : String(val.double_val) }
  return { type: 'none', value: null }
}

const element = (val: TypedValue) => typed(val)

function deprecated({ value, type = 0 }: NonNullable<Update['value']> = {}): { type: string; value: unknown } {
  if (!value?.length) return { type: 'none', value: null }
  if (type === 0) return { type: 'json', value: json(value) }
  if (type === 2) return { type: 'proto_bytes', value: value.toString('base64') }
  if (type === 3) return { type: 'ascii', value: value.toString('utf8') }
  if (type === 4) return { type: 'json_ietf', value: json(value) }
  return { type: 'bytes', value: value.toString('base64') }
}

function integer(digits: string): number | string {
  const value = BigInt(digits)
  return value > 2n ** 53n || value < -(2n ** 53n) ? digits : Number(digits)
}

/** The shortest decimal that is the same 32-bit float. */
function float32(value: number): number | string {
  if (!Number.isFinite(value)) return String(value)
  for (let digits = 1; ; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Object.is(Math.fround(short), value)) return short
  }
}

function decimal({ digits = '0', precision = 0 }: { digits?: string; precision?: number }): string {
  if (precision > 18) return `${digits}e-${precision}`
  const value = BigInt(digits)
  const scale = 10n ** BigInt(precision)
  const [sign, size] = value < 0n ? ['-', -value] : ['', value]
  return precision === 0 ? digits : `${sign}${size / scale}.${String(size % scale).padStart(precision, '0')}`
}

/** As JSON.parse has it where the bytes are JSON in UTF-8, else their text. */
function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    return bytes.toString('utf8')
  }
}
