import { STATE } from './field.ts'
import { EXACT_DIGITS, MAX_NUMBER_LENGTH, POWERS } from './read-number.ts'
import { javaTrim, readOther } from './read-text.ts'
import { BROKEN, isDigit, skipNumber } from './skip.ts'
import type { Slots } from './slots.ts'

/**
 * TINYINT to BIGINT, by the bounds of the slot. As Flink: a number with a fraction or exponent is cut off towards zero for INT and BIGINT, and
 * refused for the smaller ones; one out of range is refused, and never wraps.
 */
export function readInteger(s: Slots, i: number, at: number, end: number): number {
  const { u8 } = s
  let p = at
  let byte = u8[p] as number
  const negative = byte === 0x2d
  if (negative) byte = u8[++p] as number
  if (!isDigit(byte)) return negative ? BROKEN : readOther(s, i, at, end, integerFromText)
  let head = 0
  let tail = 0
  let digits = 0
  const first = p
  do {
    if (digits === 9) {
      head = tail
      tail = 0
    }
    tail = (tail * 10 + byte - 0x30) | 0
    digits++
    byte = u8[++p] as number
  } while (isDigit(byte))
  if (digits > 1 && u8[first] === 0x30) return BROKEN
  if (digits > EXACT_DIGITS || byte === 0x2e || (byte | 0x20) === 0x65) return slowInteger(s, i, at)
  const size = digits > 9 ? head * (POWERS[digits - 9] as number) + tail : tail
  // An integer has no minus zero.
  const value = negative ? 0 - size : size
  if (value < (s.min[i] as number) || value > (s.max[i] as number)) return s.bad(i, at, p)
  s.numbers[i] = value
  s.state[i] = STATE.VALUE
  return p
}

function slowInteger(s: Slots, i: number, at: number): number {
  const p = skipNumber(s.u8, at)
  if (p < 0) return BROKEN
  const text = p - at > MAX_NUMBER_LENGTH ? '' : s.latin1(at, p)
  s.state[i] = STATE.VALUE
  if (/^-?\d+$/.test(text)) return keepInteger(s, i, BigInt(text)) ? p : s.bad(i, at, p)
  return text !== '' && keepCutOff(s, i, Number(text)) ? p : s.bad(i, at, p)
}

/** The bounds of INT, below which Flink takes no fraction. */
const INT_MIN = -(2 ** 31)

/** As Java casts a double, after Jackson has compared it with the bounds: both ends of BIGINT are reached from a double of 2^63. */
function keepCutOff(s: Slots, i: number, value: number): boolean {
  const [min, max] = [s.min[i] as number, s.max[i] as number]
  if (min > INT_MIN || !(value >= min && value <= max)) return false
  const whole = BigInt(Math.trunc(value))
  return keepInteger(s, i, whole > MAX_BIGINT ? MAX_BIGINT : whole)
}

const MAX_BIGINT = 2n ** 63n - 1n
const MIN_BIGINT = -(2n ** 63n)

function keepInteger(s: Slots, i: number, value: bigint): boolean {
  if (value > MAX_BIGINT || value < MIN_BIGINT) return false
  const number = Number(value)
  if (number < (s.min[i] as number) || number > (s.max[i] as number)) return false
  keepWhole(s, i, value)
  return true
}

/** A number where it is exact, else the bigint beside it. */
export function keepWhole(s: Slots, i: number, value: bigint): void {
  const number = Number(value)
  const safe = Number.isSafeInteger(number)
  s.numbers[i] = safe ? number : Number.NaN
  if (!safe) s.bigs[i] = value
}

/** As Java's Integer.parseInt on the trimmed text. */
function integerFromText(text: string, s: Slots, i: number): boolean {
  const trimmed = javaTrim(text)
  return trimmed.length <= MAX_NUMBER_LENGTH && /^[+-]?\d+$/.test(trimmed) && keepInteger(s, i, toBigInt(trimmed))
}

const toBigInt = (text: string): bigint => BigInt(text.startsWith('+') ? text.slice(1) : text)
