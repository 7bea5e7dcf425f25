import { type Dialect, encode, indent, type Row, text, type Value } from '../json.ts'
import type { Answer, Call } from './call.ts'

const JSON_TYPE = 'application/json'

export interface Extras {
  status?: number
  message?: string
  /** More keys after the count. */
  extra?: Row
  /** A model's collection has no count; a plain array has. */
  collection?: boolean
}

/** `{"status":"ok", key: rows, …}`; rows are rendered while they are sent. */
export function list<T>(call: Call, key: string, rows: readonly T[], render: (row: T) => Row, extras: Extras = {}): Answer {
  return { status: extras.status ?? 200, type: JSON_TYPE, body: listBody(call, key, rows, render, extras) }
}

/** A list that answers 404 when it is empty. */
export function listOr404<T>(
  call: Call,
  key: string,
  rows: readonly T[],
  render: (row: T) => Row,
  missing: string,
  extras: Extras = {},
): Answer {
  return rows.length === 0 && call.quirks.emptyIs404 ? error(404, missing) : list(call, key, rows, render, extras)
}

function* listBody<T>(call: Call, key: string, rows: readonly T[], render: (row: T) => Row, extras: Extras): Iterable<string> {
  const dialect = dialectOf(call)
  const inner = indent(2)
  yield `{\n${indent(1)}"status": "ok",\n${indent(1)}${text(key)}: ${rows.length === 0 ? '[]' : '['}`
  for (let i = 0; i < rows.length; i++) yield `${i === 0 ? '' : ','}\n${inner}${encode(render(rows[i] as T), 2, dialect)}`
  if (rows.length > 0) yield `\n${indent(1)}]`
  yield `${tail(call, rows.length, extras)}\n}`
}

/** Any other result: an object, a number; null drops the key. @param rows whether its numbers are columns of a database */
export function result(call: Call, key: string, value: Value | undefined, extras: Extras & { rows?: boolean } = {}): Answer {
  const dialect = extras.rows ? dialectOf(call) : undefined
  const kept = value === undefined || value === null ? '' : `,\n${indent(1)}${text(key)}: ${encode(value, 1, dialect)}`
  // PHP counts the members of an object too: an associative array is an array.
  const size = value !== null && typeof value === 'object' ? Object.keys(value).length : undefined
  return { status: extras.status ?? 200, type: JSON_TYPE, body: [`{\n${indent(1)}"status": "ok"${kept}${tail(call, size, extras)}\n}`] }
}

/** Success without a result. */
export function done(call: Call, message?: string, status = 200): Answer {
  return result(call, '', null, { status, ...(message !== undefined && { message }) })
}

/** An error that LibreNMS made: pretty, with a status. */
export function error(status: number, message: Value): Answer {
  return { status, type: JSON_TYPE, body: [encode({ status: 'error', message })] }
}

/** An error that the framework made: compact, without a status. */
export function frameworkError(status: number, message: string): Answer {
  return { status, type: JSON_TYPE, body: [JSON.stringify({ message })] }
}

export const SERVER_ERROR = () => frameworkError(500, 'Server Error')
export const NO_DEVICE_ACCESS = () => error(403, 'Insufficient permissions to access this device')

/** A 422: by field what is wrong with it. */
export function invalid(call: Call, messages: Record<string, string[]>): Answer {
  return error(422, call.quirks.message422 === 'object' ? messages : Object.values(messages).flat().join(' '))
}

/** JSON without an envelope: GET /, /oxidized. */
export function bare(value: Value, body = encode(value)): Answer {
  return { status: 200, type: JSON_TYPE, body: [body] }
}

export const EMPTY: Answer = { status: 200, type: 'text/html; charset=UTF-8', body: [] }

export function dialectOf({ quirks }: Call): Dialect {
  return { numbersAsText: quirks.numbers === 'text', unsignedAsText: quirks.unsignedAsText }
}

function tail({ quirks }: Call, size: number | undefined, { message, collection, extra }: Extras): string {
  const counted = size !== undefined && (quirks.count === 'native' ? !collection : quirks.count === 'always')
  const members: Row = { ...(message !== undefined && { message }), ...(counted && { count: size }), ...extra }
  return Object.entries(members)
    .map(([key, value]) => `,\n${indent(1)}${text(key)}: ${encode(value, 1)}`)
    .join('')
}
