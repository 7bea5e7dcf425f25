import { isUtf8 } from 'node:buffer'
import type { Headers } from '../bus.ts'
import { isJsonContainer } from './json-scan.ts'

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
 * A declared object or array is scanned and not parsed, which would cost more than all the rest.
 */
export function formOf(value: Buffer, declared: boolean): 'verbatim' | 'reshaped' | 'bytes' {
  const first = value[0]
  const last = value[value.length - 1]
  if (first === undefined || last === undefined) return 'bytes'
  const oneLine = !value.includes(NEWLINE) && !value.includes(RETURN) && !isSpace(first) && !isSpace(last)
  if (oneLine && declared && isUtf8(value) && isJsonContainer(value)) return 'verbatim'
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

/** The text of a JSON value without the white space between its tokens, every token as it was written. */
export function compactJson(text: string): string {
  return text.replace(/("[^"\\]*(?:\\.[^"\\]*)*")|\s+/g, '$1')
}
