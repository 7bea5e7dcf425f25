import { exactFloat } from './exact-float.ts'
import { STATE } from './field.ts'
import { javaTrim, readOther } from './read-text.ts'
import { BROKEN, isDigit, skipNumber, skipWord } from './skip.ts'
import type { Slots } from './slots.ts'

/** Powers of ten that a double holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
/** Digits that a double holds exactly, whatever they are. */
export const EXACT_DIGITS = 15
/** A longer number is BAD, as Jackson's StreamReadConstraints have it: its digits could take any time. */
export const MAX_NUMBER_LENGTH = 1_000

/**
 * DOUBLE. Up to 15 digits, and a power of ten that is exact, one division or multiplication rounds once and so gives the nearest double; longer
 * ones go to Number().
 */
export function readDouble(s: Slots, i: number, at: number, end: number): number {
  const { u8 } = s
  let p = at
  let byte = u8[p] as number
  const negative = byte === 0x2d
  if (negative) byte = u8[++p] as number
  if (!isDigit(byte)) return negative ? BROKEN : readOther(s, i, at, end, doubleFromText)
  // Nine digits fit an integer of the machine; those before them wait in `head`.
  let head = 0
  let tail = 0
  let digits = 0
  if (byte === 0x30) {
    byte = u8[++p] as number
    if (isDigit(byte)) return BROKEN
  } else {
    do {
      if (digits === 9) {
        head = tail
        tail = 0
      }
      tail = (tail * 10 + byte - 0x30) | 0
      digits++
      byte = u8[++p] as number
    } while (isDigit(byte))
  }
  let scale = 0
  if (byte === 0x2e) {
    const point = p
    byte = u8[++p] as number
    if (!isDigit(byte)) return BROKEN
    do {
      if (digits === 9) {
        head = tail
        tail = 0
      }
      tail = (tail * 10 + byte - 0x30) | 0
      digits++
      byte = u8[++p] as number
    } while (isDigit(byte))
    scale = p - point - 1
  }
  if ((byte | 0x20) === 0x65 || digits > EXACT_DIGITS || scale > 22) return slowDouble(s, i, at)
  let value = digits > 9 ? head * (POWERS[digits - 9] as number) + tail : tail
  if (scale > 0) value /= POWERS[scale] as number
  s.numbers[i] = negative ? -value : value
  s.state[i] = STATE.VALUE
  return p
}

function slowDouble(s: Slots, i: number, at: number): number {
  const p = skipNumber(s.u8, at)
  if (p < 0) return BROKEN
  if (p - at > MAX_NUMBER_LENGTH) return s.bad(i, at, p)
  s.numbers[i] = Number(s.latin1(at, p))
  s.state[i] = STATE.VALUE
  return p
}

/** FLOAT: the float nearest to the decimal number, which is not always the one nearest to its double. */
export function readFloat(s: Slots, i: number, at: number, end: number): number {
  if (s.u8[at] !== 0x2d && !isDigit(s.u8[at] as number)) return readOther(s, i, at, end, floatFromText)
  const p = readDouble(s, i, at, end)
  if (p >= 0 && s.state[i] === STATE.VALUE) s.numbers[i] = exactFloat(s.numbers[i] as number, () => s.latin1(at, p))
  return p
}

/** What Java's Double.parseDouble takes, but for its hexadecimal form. */
const JAVA_DOUBLE = /^([+-]?)(?:NaN|Infinity|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?)$/

function javaDouble(text: string): { value: number; digits: string } | undefined {
  const trimmed = javaTrim(text)
  if (trimmed.length > MAX_NUMBER_LENGTH) return undefined
  const match = JAVA_DOUBLE.exec(trimmed)
  if (!match) return undefined
  const digits = match[2] === undefined ? trimmed : `${match[1]}${match[2]}`
  return { value: digits.endsWith('NaN') ? Number.NaN : Number(digits), digits }
}

function doubleFromText(text: string, s: Slots, i: number): boolean {
  const read = javaDouble(text)
  if (!read) return false
  s.numbers[i] = read.value
  return true
}

function floatFromText(text: string, s: Slots, i: number): boolean {
  const read = javaDouble(text)
  if (!read) return false
  s.numbers[i] = exactFloat(read.value, () => read.digits)
  return true
}

/** BOOLEAN: as Flink, a text or number that is not `true` is false (Boolean.parseBoolean). */
export function readBoolean(s: Slots, i: number, at: number, end: number): number {
  const first = s.u8[at]
  if (first === 0x74 || first === 0x66) {
    s.numbers[i] = first === 0x74 ? 1 : 0
    s.state[i] = STATE.VALUE
    return skipWord(s.u8, at)
  }
  return readOther(s, i, at, end, booleanFromText)
}

function booleanFromText(text: string, s: Slots, i: number): boolean {
  s.numbers[i] = javaTrim(text).toLowerCase() === 'true' ? 1 : 0
  s.state[i] = STATE.VALUE
  return true
}
