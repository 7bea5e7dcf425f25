import { isUtf8 } from 'node:buffer'
import { LINE_BREAKS, NOT_ASCII, scanContainer } from './json-scan.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
const TAB = 0x09
const isSpace = (byte: number | undefined) => byte === SPACE || byte === TAB || byte === NEWLINE || byte === RETURN

/**
 * How a value can stand in a line of JSON: `verbatim`: its very bytes; `reshaped`: it is JSON, but spread over lines or padded;
 * `bytes`: it is not JSON (or the text `null`, which would read back as a tombstone).
 * An object or array is scanned and not parsed, which would cost more than all the rest.
 */
export function formOf(value: Buffer): 'verbatim' | 'reshaped' | 'bytes' {
  const scanned = scanContainer(value)
  if (scanned !== 0 && (!(scanned & NOT_ASCII) || isUtf8(value))) return scanned & LINE_BREAKS ? 'reshaped' : 'verbatim'
  const first = value[0]
  const last = value[value.length - 1]
  if (first === undefined || last === undefined) return 'bytes'
  if (!isUtf8(value) || !isJsonButNull(value)) return 'bytes'
  const oneLine = !value.includes(NEWLINE) && !value.includes(RETURN) && !isSpace(first) && !isSpace(last)
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
