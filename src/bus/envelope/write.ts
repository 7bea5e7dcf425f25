import { isUtf8 } from 'node:buffer'
import type { Headers, OutRecord, RecordBatch } from '../bus.ts'
import { ByteBuffer } from './byte-buffer.ts'
import { compactJson, formOf } from './json-value.ts'

/** Fields of one record, as the envelope shows them. */
interface Fields {
  timestamp: number
  key: Buffer | null
  headers: Headers
  value: Buffer | null
}

/** A header name as it stands in JSON, and whether JSON.parse would move it (object keys that are numbers come first). */
interface HeaderName {
  json: Buffer
  moves: boolean
}

const bytes = (text: string) => Buffer.from(text)
const TIMESTAMP = bytes(',"timestamp":')
const KEY = bytes(',"key":')
const KEY_BASE64 = bytes(',"keyBase64":"')
const HEADERS = bytes(',"headers":')
const VALUE = bytes(',"value":')
const VALUE_BASE64 = bytes(',"valueBase64":"')
const NULL = bytes('null')
const END = bytes('}\n')
const [OPEN, CLOSE, LIST, LIST_END, COMMA, COLON, QUOTE] = [...bytes('{}[],:"')] as [number, number, number, number, number, number, number]
/** Names come from a handful of producers; a flood of others is not worth keeping. */
const MAX_NAMES = 1_000

/**
 * Writes records as the lines that `tail --output ndjson` prints and `produce` takes back (docs/cli.md, "Records").
 * Every record reads back exactly: what JSON cannot say is in `keyBase64`, `valueBase64` and `{"base64":…}`.
 */
export class EnvelopeWriter {
  readonly #names = new Map<string, HeaderName>()
  #prefix = { topic: '', partition: -1, json: bytes('') }

  /** Record `i` of the batch, with its line break. */
  add(out: ByteBuffer, batch: RecordBatch, i: number): void {
    const record = batch.record(i)
    out.bytes(this.#prefixOf(batch))
    out.integer(record.offset)
    this.#fields(out, record)
  }

  /** A record that is on no bus yet: partition and offset are null. */
  addUnpublished(out: ByteBuffer, topic: string, record: OutRecord, now: number): void {
    const buffer = (value: Buffer | string | null) => (typeof value === 'string' ? bytes(value) : value)
    out.text(`{"topic":${JSON.stringify(topic)},"partition":null,"offset":null`)
    this.#fields(out, {
      timestamp: record.timestamp ?? now,
      key: buffer(record.key),
      headers: Array.from(record.headers ?? [], ([name, value]) => [name, buffer(value) ?? bytes('')] as const),
      value: buffer(record.value),
    })
  }

  #prefixOf({ topic, partition }: RecordBatch): Buffer {
    if (this.#prefix.partition !== partition || this.#prefix.topic !== topic) {
      this.#prefix = { topic, partition, json: bytes(`{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":`) }
    }
    return this.#prefix.json
  }

  #fields(out: ByteBuffer, { timestamp, key, headers, value }: Fields): void {
    out.bytes(TIMESTAMP)
    out.integer(timestamp)
    writeKey(out, key)
    this.#headers(out, headers)
    writeValue(out, value)
    out.bytes(END)
  }

  /** An object by name, a repeated name holding a list; as a list of pairs where an object would lose the order. */
  #headers(out: ByteBuffer, headers: Headers): void {
    out.bytes(HEADERS)
    if (this.#losesOrder(headers)) this.#headerPairs(out, headers)
    else this.#headerObject(out, headers)
  }

  #headerObject(out: ByteBuffer, headers: Headers): void {
    out.byte(OPEN)
    for (let i = 0, end = 0; i < headers.length; i = end) {
      const name = headers[i]?.[0] ?? ''
      while (headers[end]?.[0] === name) end++
      if (i > 0) out.byte(COMMA)
      out.bytes(this.#name(name).json)
      out.byte(COLON)
      writeHeaderValues(out, headers, i, end)
    }
    out.byte(CLOSE)
  }

  #headerPairs(out: ByteBuffer, headers: Headers): void {
    out.byte(LIST)
    for (const [i, [name, value]] of headers.entries()) {
      if (i > 0) out.byte(COMMA)
      out.byte(LIST)
      out.bytes(this.#name(name).json)
      out.byte(COMMA)
      writeHeaderValue(out, value)
      out.byte(LIST_END)
    }
    out.byte(LIST_END)
  }

  #losesOrder(headers: Headers): boolean {
    for (let i = 0; i < headers.length; i++) {
      const name = headers[i]?.[0] ?? ''
      if (this.#name(name).moves) return true
      for (let j = i - 2; j >= 0; j--) if (headers[j]?.[0] === name && headers[i - 1]?.[0] !== name) return true
    }
    return false
  }

  #name(name: string): HeaderName {
    let known = this.#names.get(name)
    if (!known) {
      known = { json: bytes(JSON.stringify(name)), moves: /^\d+$/.test(name) }
      if (this.#names.size < MAX_NAMES) this.#names.set(name, known)
    }
    return known
  }
}

function writeKey(out: ByteBuffer, key: Buffer | null): void {
  if (key !== null && !isUtf8(key)) {
    writeBase64(out, KEY_BASE64, key)
    return
  }
  out.bytes(KEY)
  if (key === null) out.bytes(NULL)
  else out.jsonText(key)
}

/** The values from `first` up to but not including `end`: alone, or as a list. */
function writeHeaderValues(out: ByteBuffer, headers: Headers, first: number, end: number): void {
  const several = end - first > 1
  if (several) out.byte(LIST)
  for (let i = first; i < end; i++) {
    if (i > first) out.byte(COMMA)
    writeHeaderValue(out, headers[i]?.[1] ?? NULL)
  }
  if (several) out.byte(LIST_END)
}

function writeHeaderValue(out: ByteBuffer, value: Buffer): void {
  if (!out.jsonText(value)) out.text(`{"base64":"${value.toString('base64')}"}`)
}

function writeValue(out: ByteBuffer, value: Buffer | null): void {
  const form = value === null ? 'verbatim' : formOf(value)
  if (form === 'verbatim') {
    out.bytes(VALUE)
    out.bytes(value ?? NULL)
  } else if (value !== null) {
    if (form === 'reshaped') out.text(`,"value":${compactJson(value.toString())}`)
    writeBase64(out, VALUE_BASE64, value)
  }
}

function writeBase64(out: ByteBuffer, name: Buffer, value: Buffer): void {
  out.bytes(name)
  out.text(value.toString('base64'))
  out.byte(QUOTE)
}

/** One record that is on no bus yet as its line, without the line break. @param now its time when it has none, ms since the epoch */
export function envelopeOf(topic: string, record: OutRecord, now: number): string {
  const out = new ByteBuffer(1_024)
  new EnvelopeWriter().addUnpublished(out, topic, record, now)
  return out.view().toString().trimEnd()
}
