import type { DeviceTelemetry } from '../../events/event-types.ts'
import { formatPath, type PathElem, schemaPath } from './path.ts'
import type { Notification, Path, TypedValue } from './wire.ts'

type Update = NonNullable<DeviceTelemetry['updates']>[number]
type Delete = NonNullable<DeviceTelemetry['deletes']>[number]

/** A leaf where it hangs in the whole tree, for the normaliser. */
export interface Leaf {
  /** Prefix and path without keys, `/interfaces/interface/state/counters/in-octets`. */
  schemaPath: string
  /** Keys of prefix and path by `<element>_<key>`, `interface_name`. */
  keys: Record<string, string>
  value: unknown
}

export interface DecodedNotification {
  /** nanoseconds since the epoch, as text */
  timestampNs: string
  prefixTarget: string
  origin: string
  prefix: string
  prefixKeys: Record<string, string>
  atomic: boolean
  updates: Update[]
  deletes: Delete[]
  leaves: Leaf[]
  /** Updates whose value could not be read: kept by the caller, never thrown. */
  unreadable: Array<{ path: string; message: string }>
}

/** A notification as the vocabulary of device_telemetry has it, and as leaves. Pure; never throws. */
export function decodeNotification({ timestamp, prefix, update, delete: deleted, atomic }: Notification): DecodedNotification {
  const above = elemsOf(prefix)
  const result: DecodedNotification = {
    timestampNs: timestamp ?? '0',
    prefixTarget: prefix?.target ?? '',
    origin: prefix?.origin ?? '',
    prefix: above.length > 0 ? formatPath(above) : '',
    prefixKeys: keysOf(above),
    atomic: atomic ?? false,
    updates: [],
    deletes: (deleted ?? []).map(located),
    leaves: [],
    unreadable: [],
  }
  for (const { path, val, duplicates } of update ?? []) {
    const read = typed(val)
    if (read.problem) result.unreadable.push({ path: located(path).path, message: read.problem })
    result.updates.push({ ...located(path), type: read.type, value: read.value, ...(duplicates && { duplicates }) })
    const elems = [...above, ...elemsOf(path)]
    result.leaves.push({ schemaPath: schemaPath(elems), keys: keysOf(elems), value: read.value })
  }
  return result
}

function located(path: Path | undefined): { path: string; keys?: Record<string, string>; origin?: string } {
  const elems = elemsOf(path)
  const keys = keysOf(elems)
  return {
    path: elems.length > 0 ? formatPath(elems) : '',
    ...(Object.keys(keys).length > 0 && { keys }),
    ...(path?.origin && { origin: path.origin }),
  }
}

/** Old targets fill the deprecated `element` instead. */
const elemsOf = (path: Path | undefined): readonly PathElem[] => path?.elem ?? (path?.element ?? []).map((name) => ({ name }))

function keysOf(elems: readonly PathElem[]): Record<string, string> {
  const keys: Record<string, string> = {}
  for (const { name, key } of elems) {
    for (const [k, v] of Object.entries(key ?? {})) keys[`${name.slice(name.indexOf(':') + 1)}_${k}`] = v
  }
  return keys
}

interface Typed {
  type: Update['type']
  value: unknown
  problem?: string
}

/** The value by whichever arm is filled (gNMI 2.3), with nothing rounded: what JSON cannot hold exactly is text. */
function typed(val: TypedValue | undefined): Typed {
  if (val?.uint_val !== undefined) return { type: 'uint', value: exact(val.uint_val) }
  if (val?.int_val !== undefined) return { type: 'int', value: exact(val.int_val) }
  if (val?.string_val !== undefined) return { type: 'string', value: val.string_val }
  if (val?.bool_val !== undefined) return { type: 'bool', value: val.bool_val }
  if (val?.double_val !== undefined) return { type: 'double', value: finite(val.double_val) }
  if (val?.float_val !== undefined) return { type: 'float', value: finite(val.float_val) }
  if (val?.json_ietf_val !== undefined) return json('json_ietf', val.json_ietf_val)
  if (val?.json_val !== undefined) return json('json', val.json_val)
  if (val?.ascii_val !== undefined) return { type: 'ascii', value: val.ascii_val }
  if (val?.bytes_val !== undefined) return { type: 'bytes', value: val.bytes_val.toString('base64') }
  if (val?.proto_bytes !== undefined) return { type: 'proto_bytes', value: val.proto_bytes.toString('base64') }
  if (val?.decimal_val) return { type: 'decimal', value: decimal(val.decimal_val) }
  if (val?.leaflist_val) return { type: 'leaflist', value: (val.leaflist_val.element ?? []).map(typed) }
  if (val?.any_val) {
    return { type: 'any', value: { type_url: val.any_val.type_url ?? '', value: val.any_val.value?.toString('base64') ?? '' } }
  }
  return { type: 'none', value: null }
}

function exact(digits: string): number | string {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : digits
}

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

/** `digits` / 10^`precision` without a division: -5 at precision 2 is `-0.05`. */
function decimal({ digits = '0', precision = 0 }: { digits?: string; precision?: number }): string {
  if (precision === 0) return digits
  const sign = digits.startsWith('-') ? '-' : ''
  const padded = digits.slice(sign.length).padStart(precision + 1, '0')
  return `${sign}${padded.slice(0, -precision)}.${padded.slice(-precision)}`
}

function json(type: 'json' | 'json_ietf', bytes: Buffer): Typed {
  const text = bytes.toString('utf8')
  try {
    return { type, value: JSON.parse(text) }
  } catch {
    return { type, value: text, problem: 'the value is not JSON' }
  }
}
