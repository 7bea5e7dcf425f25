import { isUtf8 } from 'node:buffer'
import type { Headers } from '../bus.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09
const isSpace = (byte: number | undefined) => byte === SPACE || byte === TAB || byte === NEWLINE || byte === RETURN

/** True when a header says that the value is JSON: `content-type: application/json`, as the Kafka binding of CloudEvents has it. */
export function declaredJson(headers: Headers): boolean {
  for (const [name, value] of headers) if (name === 'content-type') return value.toString('latin1', 0, 16) === 'application/json'
  return false
}

/**
 * How a value can stand in a line of JSON: `verbatim`: its very bytes; `reshaped`: it is JSON, but spread over lines or padded;
 * `bytes`: it is not JSON (or the text `null`, which would read back as a tombstone).
 * A declared object or array is checked for its shape only (brackets, strings, line breaks): parsing it would cost more than all the rest.
 */
export function formOf(value: Buffer, declared: boolean): 'verbatim' | 'reshaped' | 'bytes' {
  const first = value[0]
  const last = value[value.length - 1]
  if (first === undefined || last === undefined) return 'bytes'
  const oneLine = !value.includes(NEWLINE) && !value.includes(RETURN) && !isSpace(first) && !isSpace(last)
  if (oneLine && declared && isUtf8(value) && closesAtEnd(value)) return 'verbatim'
  if (!isUtf8(value) || !isJsonButNull(value)) return 'bytes'
  return oneLine ? 'verbatim' : 'reshaped'
}

function isJsonButNull(value: Buffer): boolean {
  try {
    return JSON.parse(value.toString()) !== null
  } catch {
    return false
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** 1 for an opening bracket, 2 for a closing one, 3 for a quote. */
const KIND = new Uint8Array(256)
for (const bracket of '{[') KIND[bracket.charCodeAt(0)] = 1
for (const bracket of '}]') KIND[bracket.charCodeAt(0)] = 2
KIND[QUOTE] = 3

/** True when the bytes are one object or array whose brackets close at the last byte, so that nothing can follow it within the line. */
function closesAtEnd(value: Buffer): boolean {
  if (KIND[value[0] ?? 0] !== 1) return false
  const { length } = value
  let depth = 0
  for (let i = 0; i < length; i++) {
    const kind = KIND[value[i] ?? 0]
    if (kind === 0) continue
    if (kind === 1) depth++
    else if (kind === 2) {
      if (--depth === 0) return i === length - 1
    } else i = stringEnd(value, i)
  }
  return false
}

/** Where the string that opens at `start` closes; beyond the end when it does not. */
function stringEnd(value: Buffer, start: number): number {
  const { length } = value
  let i = start + 1
  for (; i < length; i++) {
    const byte = value[i]
    if (byte === QUOTE) return i
    if (byte === BACKSLASH) i++
  }
  return i
}

/** The text of a JSON value without the white space between its tokens, every token as it was written. */
export function compactJson(text: string): string {
  return text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1')
}
