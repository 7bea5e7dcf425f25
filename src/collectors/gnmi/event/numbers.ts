import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { int64Text, isBeyondDouble, negatedHigh, splitUint64 } from '../wire/int64.ts'
import { floatOf, KIND, type ValueSlot } from '../wire/value.ts'

const QUOTE = 0x22
const MINUS = 0x2d

const millions = { high: 0, low: 0 }

/** An unsigned 64-bit integer: a JSON number, or text when it is more than 2^53. */
export function writeUint64(out: ByteBuffer, lo: number, hi: number): void {
  if (!isBeyondDouble(lo, hi)) {
    out.integer((hi >>> 0) * 2 ** 32 + (lo >>> 0))
    return
  }
  out.byte(QUOTE)
  writeDigits(out, lo, hi)
  out.byte(QUOTE)
}

/** A signed one, likewise. */
export function writeInt64(out: ByteBuffer, lo: number, hi: number): void {
  if (hi >= 0) {
    writeUint64(out, lo, hi)
    return
  }
  const low = -lo | 0
  const high = negatedHigh(lo, hi)
  const text = isBeyondDouble(low, high)
  if (text) out.byte(QUOTE)
  out.byte(MINUS)
  writeDigits(out, low, high)
  if (text) out.byte(QUOTE)
}

/** The digits of an unsigned 64-bit integer. */
export function writeDigits(out: ByteBuffer, lo: number, hi: number): void {
  const { high, low } = splitUint64(lo, hi, millions)
  if (high === 0) {
    out.integer(low)
    return
  }
  out.integer(high)
  out.padded(low, 6)
}

/** A FLOAT or DOUBLE: a JSON number that reads back to the same bits, or text for what JSON has no number for: NaN and the infinities. */
export function writeFloat(out: ByteBuffer, slot: ValueSlot): void {
  const value = floatOf(slot)
  if (!Number.isFinite(value)) out.text(`"${value}"`)
  else if (Object.is(value, -0)) out.text('-0')
  else out.text(String(slot.kind === KIND.FLOAT ? shortestFloat32(value) : value))
}

/** Of 32-bit floats. */
const SMALLEST_NORMAL = 2 ** -126

/** The double with the fewest digits that is this 32-bit float: 0.1, not 0.10000000149011612. */
function shortestFloat32(value: number): number {
  // Of a normal float six digits are always its own; below, there may be fewer that are.
  for (let digits = Math.abs(value) < SMALLEST_NORMAL ? 1 : 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

/** YANG allows no more digits behind the point; beyond, a decimal is written with an exponent. */
export const MAX_PRECISION = 18

/** A DECIMAL exactly, as `digits` / 10^`precision` reads: -5 at precision 2 is -0.05. */
export function decimalText({ lo, hi, precision }: ValueSlot): string {
  const digits = int64Text(lo, hi)
  if (precision === 0) return digits
  if (precision > MAX_PRECISION) return `${digits}e-${precision}`
  const sign = hi < 0 ? '-' : ''
  const padded = digits.slice(sign.length).padStart(precision + 1, '0')
  return `${sign}${padded.slice(0, -precision)}.${padded.slice(-precision)}`
}
