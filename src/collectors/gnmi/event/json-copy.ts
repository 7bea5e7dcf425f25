import { isUtf8 } from 'node:buffer'
import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { JsonTokens, TOKEN, type Token } from './json-tokens.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

/** What a look over JSON text found. */
export interface JsonLook {
  /** Nothing between its tokens but commas and colons. */
  compact: boolean
  /** There are integers of more than 2^53. */
  bigIntegers: boolean
  /** There are nulls. */
  nulls: boolean
  /** It is an object. */
  object: boolean
}

/** Whether bytes are JSON text, and what it takes to copy them; undefined when they are not. */
export function lookAtJson(bytes: Buffer): JsonLook | undefined {
  if (isPlainString(bytes)) return PLAIN
  if (!isUtf8(bytes)) return undefined
  const tokens = new JsonTokens(bytes)
  const first = tokens.next()
  let bigIntegers = false
  let nulls = false
  for (let token = first; token !== TOKEN.END; token = tokens.next()) {
    if (token === TOKEN.INVALID) return undefined
    if (token === TOKEN.NUMBER && isBigInteger(bytes, tokens.start, tokens.end)) bigIntegers = true
    if (token === TOKEN.NULL) nulls = true
  }
  return { compact: !tokens.spaced, bigIntegers, nulls, object: first === TOKEN.OBJECT }
}

const PLAIN: JsonLook = { compact: true, bigIntegers: false, nulls: false, object: false }

/** A string of ASCII without escapes: what most leaves are, since RFC 7951 has 64-bit counters as text. */
function isPlainString(bytes: Buffer): boolean {
  const last = bytes.length - 1
  if (last < 1 || bytes[0] !== QUOTE || bytes[last] !== QUOTE) return false
  for (let at = 1; at < last; at++) {
    const byte = bytes[at] as number
    if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false
  }
  return true
}

/** Copy JSON text, on one line and without white space; every number as it was written. */
export function copyJson(out: ByteBuffer, bytes: Buffer, { compact }: JsonLook): void {
  if (compact) out.bytes(bytes)
  else rewrite(out, bytes, false, false)
}

/**
 * As {@link copyJson}, for readers whose numbers are doubles and who know no YANG: integers of more than 2^53 become text, and an empty leaf
 * is true.
 */
export function copyJsonExact(out: ByteBuffer, bytes: Buffer, { compact, bigIntegers, nulls }: JsonLook): void {
  if (compact && !bigIntegers && !nulls) out.bytes(bytes)
  else rewrite(out, bytes, true, true)
}

/** As {@link copyJsonExact}, but an empty leaf stays `null` or `[null]`: for readers who know YANG, or send it back. */
export function copyJsonWithNulls(out: ByteBuffer, bytes: Buffer, { compact, bigIntegers }: JsonLook): void {
  if (compact && !bigIntegers) out.bytes(bytes)
  else rewrite(out, bytes, true, false)
}

/** @param exact big integers become text  @param empty an empty leaf becomes true */
function rewrite(out: ByteBuffer, bytes: Buffer, exact: boolean, empty: boolean): void {
  const tokens = new JsonTokens(bytes)
  let first = true
  for (let token = tokens.next(); token !== TOKEN.END; token = tokens.next()) {
    const closes = token === TOKEN.OBJECT_END || token === TOKEN.ARRAY_END
    if (!first && !closes) out.byte(COMMA)
    first = token === TOKEN.KEY || token === TOKEN.OBJECT || token === TOKEN.ARRAY
    if (token === TOKEN.NUMBER) writeNumber(out, tokens, exact)
    else if (empty && isEmptyLeaf(tokens, token)) {
      skipEmptyLeaf(tokens, token)
      out.text('true')
      first = false
    } else out.bytes(bytes.subarray(tokens.start, tokens.end))
    if (token === TOKEN.KEY) out.byte(COLON)
  }
}

/** Whether the token just read is, or begins, a leaf of type empty: `null`, or as RFC 7951 has it, `[null]`. */
export function isEmptyLeaf({ bytes, start }: JsonTokens, token: Token): boolean {
  if (token !== TOKEN.ARRAY) return token === TOKEN.NULL
  const ahead = new JsonTokens(bytes, start)
  ahead.next()
  return ahead.next() === TOKEN.NULL && ahead.next() === TOKEN.ARRAY_END
}

/** To the end of an empty leaf. */
export function skipEmptyLeaf(tokens: JsonTokens, token: Token): void {
  if (token !== TOKEN.ARRAY) return
  tokens.next()
  tokens.next()
}

/** The NUMBER just read. */
export function writeNumber(out: ByteBuffer, { bytes, start, end }: JsonTokens, exact: boolean): void {
  const quoted = exact && isBigInteger(bytes, start, end)
  if (quoted) out.byte(QUOTE)
  out.bytes(bytes.subarray(start, end))
  if (quoted) out.byte(QUOTE)
}

const LIMIT = 2n ** 53n
/** Digits of 2^53. */
const LIMIT_DIGITS = 16

/** Whether a JSON number is a whole one, written so, of more than 2^53. */
function isBigInteger(bytes: Buffer, start: number, end: number): boolean {
  const digits = bytes[start] === 0x2d ? start + 1 : start
  if (end - digits < LIMIT_DIGITS) return false
  for (let at = digits; at < end; at++) if ((bytes[at] as number) > 0x39 || (bytes[at] as number) < 0x30) return false
  return end - digits > LIMIT_DIGITS || BigInt(bytes.toString('latin1', digits, end)) > LIMIT
}
