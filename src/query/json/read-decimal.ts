import { STATE } from './field.ts'
import { keepWhole } from './read-integer.ts'
import { EXACT_DIGITS, MAX_NUMBER_LENGTH, POWERS } from './read-number.ts'
import { javaTrim, readOther } from './read-text.ts'
import { BROKEN, isDigit, skipNumber } from './skip.ts'
import type { Slots } from './slots.ts'

/**
 * DECIMAL(p, s), as its unscaled value: 12.5 in DECIMAL(10, 2) is 1250. Rounded half up to the scale; NULL where it then has more than p digits, as
 * Flink's DecimalData has it.
 */
export function readDecimal(s: Slots, i: number, at: number, end: number): number {
  const { u8 } = s
  const first = u8[at] as number
  if (first !== 0x2d && !isDigit(first)) return readOther(s, i, at, end, decimalFromQuoted)
  const p = skipNumber(u8, at)
  if (p < 0) return BROKEN
  s.state[i] = STATE.VALUE
  if (p - at <= EXACT_DIGITS && keepPlain(s, i, at, p)) return p
  return p - at <= MAX_NUMBER_LENGTH && decimalFromText(s.latin1(at, p), s, i) ? p : s.bad(i, at, p)
}

/** A short number without exponent whose fraction fits: no text is made. */
function keepPlain(s: Slots, i: number, at: number, end: number): boolean {
  const { u8 } = s
  const negative = u8[at] === 0x2d
  let value = 0
  let point = -1
  for (let p = negative ? at + 1 : at; p < end; p++) {
    const byte = u8[p] as number
    if (isDigit(byte)) value = value * 10 + byte - 0x30
    else if (byte === 0x2e) point = p
    else return false
  }
  const shift = (s.scale[i] as number) - (point < 0 ? 0 : end - point - 1)
  const precision = s.precision[i] as number
  if (shift < 0 || end - at + shift > EXACT_DIGITS || precision > EXACT_DIGITS) return false
  const unscaled = value * (POWERS[shift] as number)
  if (unscaled >= (POWERS[precision] as number)) s.state[i] = STATE.NULL
  else s.numbers[i] = negative ? 0 - unscaled : unscaled
  return true
}

/** Of texts only: Jackson gives no decimal for `true` and `false`, and neither does the pattern below. */
const decimalFromQuoted = (text: string, s: Slots, i: number): boolean => {
  const trimmed = javaTrim(text)
  return trimmed.length <= MAX_NUMBER_LENGTH && decimalFromText(trimmed, s, i)
}

/** Beyond it Jackson refuses a number. */
const MAX_SCALE = 100_000

/** As Java's BigDecimal(String). */
const JAVA_DECIMAL = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d{1,10}))?$/

function decimalFromText(text: string, s: Slots, i: number): boolean {
  const match = JAVA_DECIMAL.exec(text)
  if (!match) return false
  const [, sign, whole = '', fraction, bare, exponent = '0'] = match
  const behind = fraction ?? bare ?? ''
  const power = Number(exponent)
  if (Math.abs(behind.length - power) > MAX_SCALE) return false
  const unscaled = toUnscaled(`${whole}${behind}`, power - behind.length + (s.scale[i] as number), s.precision[i] as number)
  s.state[i] = unscaled === undefined ? STATE.NULL : STATE.VALUE
  if (unscaled !== undefined) keepWhole(s, i, sign === '-' ? -unscaled : unscaled)
  return true
}

/** `digits` × 10^shift, rounded half up; undefined when it has more than `precision` digits. */
function toUnscaled(digits: string, shift: number, precision: number): bigint | undefined {
  const plain = digits.replace(/^0+/, '')
  if (plain === '') return 0n
  // Looked at before any power is made: 1e1000000000 is a short text.
  if (plain.length + shift > precision) return undefined
  if (plain.length + shift < 0) return 0n
  if (shift >= 0) return BigInt(plain) * 10n ** BigInt(shift)
  const kept = plain.slice(0, shift)
  const rounded = BigInt(kept === '' ? '0' : kept) + ((plain.at(shift) ?? '0') >= '5' ? 1n : 0n)
  return rounded >= 10n ** BigInt(precision) ? undefined : rounded
}
