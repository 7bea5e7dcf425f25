import { FORM, STATE } from './field.ts'
import { BACKSLASH, BROKEN, isNull, QUOTE, skipContainer, skipEscaped, skipValue } from './skip.ts'
import type { Slots } from './slots.ts'
import { isUtf8 } from './utf8-check.ts'

/** A reader takes the value at `at` into the slot of field `i`, and gives the position behind it, or BROKEN where the record cannot be JSON. */
export type Reader = (s: Slots, i: number, at: number, end: number) => number

/** STRING: a text, or the text of whatever else stands there, as Flink has it. */
export function readString(s: Slots, i: number, at: number, end: number): number {
  if (s.u8[at] === QUOTE) return readQuoted(s, i, at, end)
  if (isNull(s.u8, at)) return readNull(s, i, at)
  const container = s.u8[at] === 0x7b || s.u8[at] === 0x5b
  const p = skipValue(s, at, end, s.depth[i] as number)
  if (p < 0) return BROKEN
  if (container && !isUtf8(s.u8, at, p)) return BROKEN
  return keep(s, i, at, p, container ? FORM.CONTAINER : FORM.ASCII, p)
}

export function readNull(s: Slots, i: number, at: number): number {
  s.state[i] = STATE.NULL
  return at + 4
}

/** RAW_JSON: from where to where; quotes and white space stay. */
export function readRaw(s: Slots, i: number, at: number, end: number): number {
  if (isNull(s.u8, at)) return readNull(s, i, at)
  const p = skipValue(s, at, end, s.depth[i] as number)
  return p < 0 || !isUtf8(s.u8, at, p) ? BROKEN : keep(s, i, at, p, FORM.UTF8, p)
}

/** As skipString finds its end; `seen` has the high bits of all bytes before. */
function readQuoted(s: Slots, i: number, at: number, end: number): number {
  const { view, u8 } = s
  let p = at + 1
  let seen = 0
  for (const last = end - 4; p <= last; p += 4) {
    const word = view.getInt32(p, true)
    const quote = word ^ 0x22222222
    const slash = word ^ 0x5c5c5c5c
    const quotes = (quote - 0x01010101) & ~quote & 0x80808080
    const either = quotes | ((slash - 0x01010101) & ~slash & 0x80808080)
    if (either === 0) {
      seen |= word
      continue
    }
    const lowest = either & -either
    const found = p + ((31 - Math.clz32(lowest)) >> 3)
    if ((quotes & lowest) === 0) return readEscaped(s, i, at, found, end)
    // Of the last word only what is before the quote.
    return closeQuoted(s, i, at, found, seen | (word & (lowest - 1)))
  }
  while (p < end) {
    const byte = u8[p] as number
    if (byte === QUOTE) return closeQuoted(s, i, at, p, seen)
    if (byte === BACKSLASH) return readEscaped(s, i, at, p, end)
    seen |= byte
    p++
  }
  return BROKEN
}

function closeQuoted(s: Slots, i: number, at: number, quote: number, seen: number): number {
  if ((seen & 0x80808080) === 0) return keep(s, i, at + 1, quote, FORM.ASCII, quote + 1)
  return isUtf8(s.u8, at + 1, quote) ? keep(s, i, at + 1, quote, FORM.UTF8, quote + 1) : BROKEN
}

function readEscaped(s: Slots, i: number, at: number, from: number, end: number): number {
  const p = skipEscaped(s.u8, from, end)
  return p < 0 || !isUtf8(s.u8, at + 1, p - 1) ? BROKEN : keep(s, i, at + 1, p - 1, FORM.ESCAPED, p)
}

function keep(s: Slots, i: number, start: number, stop: number, form: number, next: number): number {
  s.state[i] = STATE.VALUE
  s.starts[i] = start
  s.ends[i] = stop
  s.form[i] = form
  return next
}

/**
 * A value in the place of a number or a time that is not written as one: null, or a text that `take` understands (as Flink, which hands the text to
 * Java's parsers); all else is BAD.
 */
export function readOther(s: Slots, i: number, at: number, end: number, take: (text: string, s: Slots, i: number) => boolean): number {
  const { u8 } = s
  if (isNull(u8, at)) return readNull(s, i, at)
  if (u8[at] === QUOTE) {
    const p = readQuoted(s, i, at, end)
    if (p < 0) return BROKEN
    const text = textOf(s, s.starts[i] as number, s.ends[i] as number, s.form[i] as number)
    return take(text, s, i) ? p : s.bad(i, at, p)
  }
  if (u8[at] === 0x7b || u8[at] === 0x5b) {
    const p = skipContainer(s, at, end, s.depth[i] as number)
    return p < 0 ? BROKEN : s.bad(i, at, p)
  }
  const p = skipValue(s, at, end, 0)
  if (p < 0) return BROKEN
  return take(s.latin1(at, p), s, i) ? p : s.bad(i, at, p)
}

/** The characters of a text that was found valid; a container's stand as they were written. */
export function textOf(s: Slots, start: number, end: number, form: number): string {
  if (form === FORM.ASCII) return s.latin1(start, end)
  const text = s.buffer.toString('utf8', start, end)
  return form === FORM.ESCAPED ? withoutEscapes(text) : text
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** A text between quotes without its escapes. A half of a surrogate pair is a question mark, as where Java writes UTF-8. */
export const withoutEscapes = (text: string): string =>
  text
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, one: string) =>
      hex === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replace(/\p{Surrogate}/gu, '?')

/** As Java's String.trim: everything up to U+0020 at both ends. */
export const javaTrim = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}
