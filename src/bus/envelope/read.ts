import { nearest } from '../../base/nearest.ts'
import type { OutRecord } from '../bus.ts'
import { compactJson } from './json-value.ts'
import { memberSpan } from './members.ts'

/** What is wrong with a line, and in which of its fields. */
export interface EnvelopeProblem {
  /** Empty when it is the line as a whole. */
  field: string
  problem: string
}

export type EnvelopeResult = { record: OutRecord } | EnvelopeProblem

const FIELDS = ['topic', 'partition', 'offset', 'timestamp', 'key', 'keyBase64', 'headers', 'value', 'valueBase64']

/**
 * A line as {@link EnvelopeWriter} writes it, back as a record. Topic, partition and offset are ignored; a missing key is null, missing
 * headers are none, a missing time is left to the bus. The value keeps its very text.
 */
export function readEnvelope(line: string): EnvelopeResult {
  const envelope = parseJson(line)
  if (envelope === undefined) return { field: '', problem: `not JSON: ${excerpt(line)}` }
  if (typeof envelope !== 'object' || envelope === null || Array.isArray(envelope)) {
    return { field: '', problem: `a JSON object with the record's key and value is expected, got ${excerpt(line)}` }
  }
  const fields = envelope as Record<string, unknown>
  const stranger = Object.keys(fields).find((name) => !FIELDS.includes(name))
  if (stranger !== undefined) return unknownField(stranger)
  try {
    const timestamp = readTimestamp(fields.timestamp)
    const record: OutRecord = { key: readKey(fields), value: readValue(fields, line), headers: readHeaders(fields.headers) }
    return { record: timestamp === undefined ? record : { ...record, timestamp } }
  } catch (error) {
    if (error instanceof FieldError) return { field: error.field, problem: error.message }
    throw error
  }
}

/** Carries a problem out of the readers below, no further. */
class FieldError extends Error {
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

function unknownField(name: string): EnvelopeProblem {
  const guess = nearest(name, FIELDS)
  const advice = guess ? `did you mean "${guess}"?` : 'a bare value needs --value-only'
  return { field: name, problem: `not a field of a record; ${advice}` }
}

function readTimestamp(timestamp: unknown): number | undefined {
  // Kafka says "no time" as -1.
  if (timestamp === undefined || timestamp === null || timestamp === -1) return undefined
  if (typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp >= 0) return timestamp
  throw new FieldError('timestamp', `must be a whole number of milliseconds since 1970, got ${excerpt(JSON.stringify(timestamp))}`)
}

const LONE_SURROGATE = /\p{Surrogate}/u

function readKey({ key, keyBase64 }: Record<string, unknown>): OutRecord['key'] {
  if (keyBase64 !== undefined) return fromBase64('keyBase64', keyBase64)
  // UTF-8 has no half of a surrogate pair: written as a replacement character, two keys would become one.
  if (typeof key === 'string' && LONE_SURROGATE.test(key))
    throw new FieldError('key', 'holds half a character (a lone surrogate); bytes go into "keyBase64"')
  if (key === undefined || key === null || typeof key === 'string') return key ?? null
  throw new FieldError('key', `must be text or null, got ${excerpt(JSON.stringify(key))}`)
}

/** With both forms given, the bytes count as long as the JSON still says the same: an edited value is what the user wants. */
function readValue({ value, valueBase64 }: Record<string, unknown>, line: string): OutRecord['value'] {
  const bytes = valueBase64 === undefined ? undefined : fromBase64('valueBase64', valueBase64)
  if (value === undefined) {
    if (bytes) return bytes
    throw new FieldError('value', 'is missing; a tombstone is written as "value":null')
  }
  if (value === null) return null
  const text = line.slice(...(memberSpan(line, 'value') ?? [0, 0]))
  return bytes && compactJson(bytes.toString()) === compactJson(text) ? bytes : text
}

type OutHeader = [name: string, value: Buffer | string]

function readHeaders(headers: unknown): OutHeader[] {
  if (headers === undefined || headers === null) return []
  if (Array.isArray(headers)) return headers.map(readPair)
  if (typeof headers !== 'object') throw new FieldError('headers', `must be an object, got ${excerpt(JSON.stringify(headers))}`)
  return Object.entries(headers).flatMap(([name, value]): OutHeader[] =>
    Array.isArray(value) ? value.map((one): OutHeader => [name, readHeaderValue(name, one)]) : [[name, readHeaderValue(name, value)]],
  )
}

function readPair(pair: unknown): OutHeader {
  if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string') return [pair[0], readHeaderValue(pair[0], pair[1])]
  throw new FieldError('headers', `a list of headers holds [name, value] pairs, got ${excerpt(JSON.stringify(pair))}`)
}

function readHeaderValue(name: string, value: unknown): Buffer | string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'base64' in value) return fromBase64(`headers.${name}`, value.base64)
  throw new FieldError(`headers.${name}`, `must be text or {"base64":…}, got ${excerpt(JSON.stringify(value))}`)
}

function fromBase64(field: string, text: unknown): Buffer {
  if (typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0) return Buffer.from(text, 'base64')
  throw new FieldError(field, `must be base64 with padding, got ${excerpt(JSON.stringify(text))}`)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)
