import type { Slots } from './slots.ts'

/**
 * Over JSON without reading it. Each function takes a position and gives the one behind what it passed, or {@link BROKEN}. All of RFC 8259's
 * grammar is checked except that text may hold control characters, as Flink's json format allows, and that its UTF-8 is not looked at.
 * A position may come back beyond `end` where bytes follow the record: the caller checks, and must find a comma or bracket before `end` in any case.
 */
export const BROKEN = -1

/** As Jackson's StreamReadConstraints: the root is the first level. */
export const MAX_DEPTH = 1_000

export const QUOTE = 0x22
export const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

export const skipSpace = (u8: Uint8Array, at: number, end: number): number => {
  let p = at
  while (p < end && isSpace(u8[p] as number)) p++
  return p
}

export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/**
 * @param at behind the opening quote
 *
 * Four bytes at once: a word without ones has a high bit where a byte of it was zero, and the lowest such bit is never wrong (those above it may be,
 * by the borrow). So the first quote or backslash of a word is found without a look at each byte.
 */
export function skipString(s: Slots, at: number, end: number): number {
  const { view, u8 } = s
  let p = at
  for (const last = end - 4; p <= last; p += 4) {
    const word = view.getInt32(p, true)
    const quote = word ^ 0x22222222
    const slash = word ^ 0x5c5c5c5c
    const quotes = (quote - 0x01010101) & ~quote & 0x80808080
    const either = quotes | ((slash - 0x01010101) & ~slash & 0x80808080)
    if (either === 0) continue
    const lowest = either & -either
    const found = p + ((31 - Math.clz32(lowest)) >> 3)
    return (quotes & lowest) !== 0 ? found + 1 : skipEscaped(u8, found, end)
  }
  while (p < end) {
    const byte = u8[p++] as number
    if (byte === QUOTE) return p
    if (byte === BACKSLASH) return skipEscaped(u8, p - 1, end)
  }
  return BROKEN
}

/** The rest of a string, from a backslash in it. */
export function skipEscaped(u8: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const byte = u8[p++] as number
    if (byte === QUOTE) return p
    if (byte !== BACKSLASH) continue
    if (p >= end) return BROKEN
    const escaped = u8[p++] as number
    if (escaped === 0x75) {
      if (p + 4 > end) return BROKEN
      for (const stop = p + 4; p < stop; p++) if (!isHex(u8[p] as number)) return BROKEN
    } else if (!isEscapable(escaped)) return BROKEN
  }
  return BROKEN
}

const isHex = (byte: number) => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** `"`, `\`, `/`, b, f, n, r, t. */
const isEscapable = (byte: number) =>
  byte === QUOTE || byte === BACKSLASH || byte === 0x2f || byte === 0x62 || byte === 0x66 || byte === 0x6e || byte === 0x72 || byte === 0x74

/** @param at its minus or first digit */
export function skipNumber(u8: Uint8Array, at: number): number {
  let p = at
  if (u8[p] === 0x2d) p++
  const first = u8[p] as number
  if (!isDigit(first)) return BROKEN
  p++
  if (first !== 0x30) while (isDigit(u8[p] as number)) p++
  else if (isDigit(u8[p] as number)) return BROKEN
  if (u8[p] === 0x2e) {
    if (!isDigit(u8[++p] as number)) return BROKEN
    while (isDigit(u8[p] as number)) p++
  }
  if (((u8[p] as number) | 0x20) === 0x65) {
    p++
    if (u8[p] === 0x2b || u8[p] === 0x2d) p++
    if (!isDigit(u8[p] as number)) return BROKEN
    while (isDigit(u8[p] as number)) p++
  }
  return p
}

/** `true`, `false` or `null`. */
export function skipWord(u8: Uint8Array, at: number): number {
  const first = u8[at]
  if (first === 0x74) return u8[at + 1] === 0x72 && u8[at + 2] === 0x75 && u8[at + 3] === 0x65 ? at + 4 : BROKEN
  if (first === 0x6e) return isNull(u8, at) ? at + 4 : BROKEN
  if (first !== 0x66) return BROKEN
  return u8[at + 1] === 0x61 && u8[at + 2] === 0x6c && u8[at + 3] === 0x73 && u8[at + 4] === 0x65 ? at + 5 : BROKEN
}

export const isNull = (u8: Uint8Array, at: number): boolean =>
  u8[at] === 0x6e && u8[at + 1] === 0x75 && u8[at + 2] === 0x6c && u8[at + 3] === 0x6c

/** Any value. @param depth levels around it */
export function skipValue(s: Slots, at: number, end: number, depth: number): number {
  if (at >= end) return BROKEN
  const byte = s.u8[at] as number
  if (byte === QUOTE) return skipString(s, at + 1, end)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipContainer(s, at, end, depth)
  return skipScalar(s.u8, at, byte)
}

const skipScalar = (u8: Uint8Array, at: number, byte: number): number =>
  byte === 0x2d || isDigit(byte) ? skipNumber(u8, at) : skipWord(u8, at)

/** The open containers of one skip: 1 is an object. Shared, since no skip is under way inside another. */
const open = new Uint8Array(MAX_DEPTH + 1)

/** An object or array, by a loop and not by calls: depth is bounded by {@link MAX_DEPTH} and the stack does not grow. */
export function skipContainer(s: Slots, at: number, end: number, depth: number): number {
  const { u8 } = s
  let level = depth
  let p = at
  for (;;) {
    // Here a value begins.
    if (p >= end) return BROKEN
    const byte = u8[p] as number
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (level >= MAX_DEPTH) return BROKEN
      open[++level] = byte === OPEN_BRACE ? 1 : 0
      p = skipSpace(u8, p + 1, end)
      if (p >= end) return BROKEN
      if (u8[p] !== (byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (byte === OPEN_BRACE) p = skipKey(s, p, end)
        if (p < 0) return BROKEN
        continue
      }
      level--
      p++
    } else {
      p = byte === QUOTE ? skipString(s, p + 1, end) : skipScalar(u8, p, byte)
      if (p < 0) return BROKEN
    }
    // Here a value has ended, and perhaps those around it.
    for (;;) {
      if (level === depth) return p
      p = skipSpace(u8, p, end)
      if (p >= end) return BROKEN
      const next = u8[p++] as number
      if (next === COMMA) break
      if (next !== (open[level] === 1 ? CLOSE_BRACE : CLOSE_BRACKET)) return BROKEN
      level--
    }
    p = skipSpace(u8, p, end)
    if (open[level] === 1) p = skipKey(s, p, end)
    if (p < 0) return BROKEN
  }
}

/** A member's name and its colon, to where its value begins. */
export function skipKey(s: Slots, at: number, end: number): number {
  const { u8 } = s
  if (at >= end || u8[at] !== QUOTE) return BROKEN
  let p = skipString(s, at + 1, end)
  if (p < 0) return BROKEN
  p = skipSpace(u8, p, end)
  return p < end && u8[p] === COLON ? skipSpace(u8, p + 1, end) : BROKEN
}
