import { type JsonField, STATE } from './field.ts'
import type { Reader } from './read-text.ts'
import type { Shape } from './shape.ts'
import { skipString, skipValue } from './skip.ts'
import type { Slots } from './slots.ts'

/** A record of a known shape. Gives 1 when it was read, 0 when it is anything else: then nothing of the slots may be relied upon. */
export type ShapeScan = (s: Slots, at: number, end: number) => number

/**
 * JavaScript for one shape: the bytes between values are compared eight at a time with constants, wanted values go to their readers, the others are
 * passed over. There is no text of the record in it but numbers, so that no record can make it say anything else.
 */
export function shapeSource({ leaves, after }: Shape, fields: readonly JsonField[]): string {
  const lines = ["'use strict'", 'return function scan(s, at, end) {', 'const u8 = s.u8, view = s.view', 'let p = at']
  const present = new Set(leaves.map(({ field }) => field))
  for (const i of fields.keys()) if (!present.has(i)) lines.push(`s.state[${i}] = ${STATE.ABSENT}`)
  for (const { before, field, depth } of leaves) {
    lines.push(...compare(before))
    if (field >= 0) lines.push(`p = read${field}(s, ${field}, p, end) // ${fields[field]?.type}`)
    else lines.push(`p = u8[p] === 34 ? skipString(s, p + 1, end) : skipValue(s, p, end, ${depth})`)
    lines.push('if (p < 0) return 0')
  }
  lines.push(...compare(after))
  lines.push('while (p < end && (u8[p] === 32 || u8[p] === 13 || u8[p] === 10 || u8[p] === 9)) p++', 'return p === end ? 1 : 0', '}')
  return lines.join('\n')
}

/**
 * The bytes at `p` are those, or it is another shape; `p` goes behind them. ASCII is compared as doubles, eight bytes at once: such bytes make
 * neither NaN nor a zero, so that doubles are equal exactly where their bytes are.
 */
function compare(bytes: Buffer): string[] {
  const tests: string[] = [`p + ${bytes.length} > end`]
  const double = bytes.length >= 8 && bytes.every((byte) => byte > 0 && byte < 0x80)
  const width = double ? 8 : bytes.length >= 4 ? 4 : 1
  for (let at = 0; at < bytes.length; at += width) {
    // The last step begins earlier rather than reach behind.
    const from = Math.min(at, bytes.length - width)
    const place = from === 0 ? 'p' : `p + ${from}`
    if (width === 8) tests.push(`view.getFloat64(${place}, true) !== ${bytes.readDoubleLE(from)}`)
    else if (width === 4) tests.push(`view.getInt32(${place}, true) !== ${bytes.readInt32LE(from)}`)
    else tests.push(`u8[${place}] !== ${bytes[from]}`)
  }
  return [`if (${tests.join(' || ')}) return 0`, `p += ${bytes.length}`]
}

/** @param readers of each field */
export function compileShape(source: string, readers: readonly Reader[]): ShapeScan {
  const names = readers.map((_, i) => `read${i}`)
  const make = new Function('skipString', 'skipValue', ...names, source)
  return make(skipString, skipValue, ...readers) as ShapeScan
}
