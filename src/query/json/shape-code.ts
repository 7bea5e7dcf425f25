import { type JsonField, STATE } from './field.ts'
import type { Reader } from './read-text.ts'
import type { Shape } from './shape.ts'
import { skipString, skipValue } from './skip.ts'
import type { Slots } from './slots.ts'

/**
 * Reads a record if it has one of the known shapes, and gives the number of the shape, from 1. 0 when it is anything else: then nothing of the slots
 * may be relied upon.
 */
export type ShapeScan = (s: Slots, at: number, end: number) => number

/** Shapes as a tree: what they begin with together is there once. */
interface Branch {
  ways: Array<{ before: Buffer; field: number; depth: number; next: Branch }>
  ends: Array<{ after: Buffer; shape: number }>
}

/**
 * JavaScript for some shapes: the bytes between values are compared eight at a time with constants, wanted values go to their readers, the others are
 * passed over. There is no text of a record in it but as numbers, so that no record can make it say anything else.
 */
export function shapeSource(shapes: readonly Shape[], fields: readonly JsonField[]): string {
  const lines = ["'use strict'", 'return function scan(s, at, end) {', 'const u8 = s.u8, view = s.view', 'let p = at']
  writeBranch(lines, branchOf(shapes), shapes, fields)
  return [...lines, '}'].join('\n')
}

function branchOf(shapes: readonly Shape[]): Branch {
  const root: Branch = { ways: [], ends: [] }
  for (const [shape, { leaves, after }] of shapes.entries()) {
    let here = root
    for (const { before, field, depth } of leaves) {
      let way = here.ways.find((one) => one.field === field && one.depth === depth && one.before.equals(before))
      if (!way) {
        way = { before, field, depth, next: { ways: [], ends: [] } }
        here.ways.push(way)
      }
      here = way.next
    }
    here.ends.push({ after, shape })
  }
  return root
}

function writeBranch(lines: string[], branch: Branch, shapes: readonly Shape[], fields: readonly JsonField[]): void {
  // The only way goes on without a block, so that blocks are as deep as shapes differ, and not as records are long.
  const only = branch.ways.length + branch.ends.length === 1
  // The longest first: one that another begins with would take its place and find no value.
  const ways = branch.ways.toSorted((a, b) => b.before.length - a.before.length)
  for (const { before, field, depth, next } of ways) {
    lines.push(only ? `if (!(${isThere(before)})) return 0` : `if (${isThere(before)}) {`, `p += ${before.length}`)
    if (field >= 0) lines.push(`p = read${field}(s, ${field}, p, end) // ${fields[field]?.type}`)
    else lines.push(`p = u8[p] === 34 ? skipString(s, p + 1, end) : skipValue(s, p, end, ${depth})`)
    lines.push('if (p < 0) return 0')
    writeBranch(lines, next, shapes, fields)
    if (!only) lines.push('}')
  }
  for (const { after, shape } of branch.ends) {
    lines.push(`if (${isThere(after)}) {`, `p += ${after.length}`)
    lines.push('while (p < end && (u8[p] === 32 || u8[p] === 13 || u8[p] === 10 || u8[p] === 9)) p++', 'if (p !== end) return 0')
    const present = new Set(shapes[shape]?.leaves.map(({ field }) => field))
    for (const i of fields.keys()) if (!present.has(i)) lines.push(`s.state[${i}] = ${STATE.ABSENT}`)
    lines.push(`return ${shape + 1}`, '}')
  }
  if (!only || branch.ends.length > 0) lines.push('return 0')
}

/**
 * Whether the bytes at `p` are those. ASCII is compared as doubles, eight bytes at once: such bytes make neither NaN nor a zero, so that doubles are
 * equal exactly where their bytes are.
 */
function isThere(bytes: Buffer): string {
  const tests: string[] = [`p + ${bytes.length} <= end`]
  const double = bytes.length >= 8 && bytes.every((byte) => byte > 0 && byte < 0x80)
  const width = double ? 8 : bytes.length >= 4 ? 4 : 1
  for (let at = 0; at < bytes.length; at += width) {
    // The last step begins earlier rather than reach behind.
    const from = Math.min(at, bytes.length - width)
    const place = from === 0 ? 'p' : `p + ${from}`
    if (width === 8) tests.push(`view.getFloat64(${place}, true) === ${bytes.readDoubleLE(from)}`)
    else if (width === 4) tests.push(`view.getInt32(${place}, true) === ${bytes.readInt32LE(from)}`)
    else tests.push(`u8[${place}] === ${bytes[from]}`)
  }
  return tests.join(' && ')
}

/** @param readers of each field */
export function compileShape(source: string, readers: readonly Reader[]): ShapeScan {
  const names = readers.map((_, i) => `read${i}`)
  const make = new Function('skipString', 'skipValue', ...names, source)
  return make(skipString, skipValue, ...readers) as ShapeScan
}
