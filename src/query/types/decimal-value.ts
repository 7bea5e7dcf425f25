import { type Wide, wide } from './wide-integer.ts'

/**
 * Arithmetic of DECIMAL at run time. A value is its unscaled integer; the scales are known from the types. Results that do not fit their
 * precision are null, as in Flink; rounding is HALF_UP (away from zero on a tie).
 */

const POWERS: readonly bigint[] = Array.from({ length: 80 }, (_, n) => 10n ** BigInt(n))

export const power10 = (n: number): bigint => POWERS[n] ?? 10n ** BigInt(n)

/** The value with another number of digits behind the point. */
export function rescale(value: Wide, from: number, to: number): Wide {
  if (from === to) return value
  if (to > from) {
    const scaled = typeof value === 'number' && to - from <= 15 ? value * 10 ** (to - from) : Number.NaN
    return Number.isSafeInteger(scaled) ? scaled + 0 : wide(BigInt(value) * power10(to - from))
  }
  return wide(divideHalfUp(BigInt(value), power10(from - to)))
}

/** The value, or null when it has more than `precision` digits. */
export function bounded(value: Wide, precision: number): Wide | null {
  if (typeof value === 'number' && precision >= 16) return value
  const limit = precision <= 15 ? 10 ** precision : power10(precision)
  return value < limit && value > -limit ? value : null
}

export function decimalAdd(a: Wide, s1: number, b: Wide, s2: number, precision: number, scale: number): Wide | null {
  const common = Math.max(s1, s2)
  const sum = wide(BigInt(rescale(a, s1, common)) + BigInt(rescale(b, s2, common)))
  return bounded(rescale(sum, common, scale), precision)
}

export function decimalSubtract(a: Wide, s1: number, b: Wide, s2: number, precision: number, scale: number): Wide | null {
  return decimalAdd(a, s1, typeof b === 'bigint' ? wide(-b) : 0 - b, s2, precision, scale)
}

export function decimalMultiply(a: Wide, s1: number, b: Wide, s2: number, precision: number, scale: number): Wide | null {
  const product = Number(a) * Number(b)
  const exact = Number.isSafeInteger(product) ? product + 0 : wide(BigInt(a) * BigInt(b))
  return bounded(rescale(exact, s1 + s2, scale), precision)
}

/** Java's MathContext(38, HALF_UP) first, then the scale of the result. @param b not 0 */
export function decimalDivide(a: Wide, s1: number, b: Wide, s2: number, precision: number, scale: number): Wide | null {
  let numerator = BigInt(a)
  let denominator = BigInt(b)
  if (denominator < 0n) {
    numerator = -numerator
    denominator = -denominator
  }
  // Enough digits behind the point for 38 significant ones.
  const shift = Math.max(0, 38 - digits(numerator) + digits(denominator) + 1)
  const quotient = (numerator * power10(shift)) / denominator
  const exact = (numerator * power10(shift)) % denominator === 0n
  let scaleOf = s1 - s2 + shift
  // A remainder beyond these digits only matters on a tie, which one more digit breaks.
  let rounded = exact ? quotient : quotient * 10n + (numerator < 0n ? -1n : 1n)
  if (!exact) scaleOf += 1
  const excess = digits(rounded) - 38
  if (excess > 0) {
    rounded = divideHalfUp(rounded, power10(excess))
    scaleOf -= excess
  }
  return bounded(
    scaleOf >= scale ? wide(divideHalfUp(rounded, power10(scaleOf - scale))) : wide(rounded * power10(scale - scaleOf)),
    precision,
  )
}

/** Sign of the dividend. @param b not 0 */
export function decimalModulo(a: Wide, s1: number, b: Wide, s2: number, precision: number, scale: number): Wide | null {
  const common = Math.max(s1, s2)
  const rest = wide(BigInt(rescale(a, s1, common)) % BigInt(rescale(b, s2, common)))
  return bounded(rescale(rest, common, scale), precision)
}

/** Rounded at `digitsBehind` the point (may be negative); the result has `toScale`. */
export function decimalRound(value: Wide, scale: number, digitsBehind: number, toScale: number, precision: number): Wide | null {
  if (digitsBehind >= scale) return bounded(rescale(value, scale, toScale), precision)
  const unit = power10(scale - digitsBehind)
  return bounded(rescale(wide(divideHalfUp(BigInt(value), unit)), digitsBehind, toScale), precision)
}

export function decimalTruncate(value: Wide, scale: number, digitsBehind: number, toScale: number, precision: number): Wide | null {
  if (digitsBehind >= scale) return bounded(rescale(value, scale, toScale), precision)
  return bounded(rescale(wide(BigInt(value) / power10(scale - digitsBehind)), digitsBehind, toScale), precision)
}

export function decimalFloor(value: Wide, scale: number): Wide {
  const unit = power10(scale)
  const whole = BigInt(value) / unit
  return wide(BigInt(value) % unit < 0n ? whole - 1n : whole)
}

export function decimalCeil(value: Wide, scale: number): Wide {
  const floor = decimalFloor(value, scale)
  return BigInt(value) % power10(scale) === 0n ? floor : wide(BigInt(floor) + 1n)
}

/** Towards zero, as a bigint of any size. */
export function wholePart(value: Wide, scale: number): Wide {
  if (typeof value === 'number' && scale <= 15) return Math.trunc(value / 10 ** scale) + 0
  return wide(BigInt(value) / power10(scale))
}

export function decimalToDouble(value: Wide, scale: number): number {
  // One rounding when both are exact doubles; the text is exact always.
  if (typeof value === 'number' && scale <= 22) return value / 10 ** scale
  return Number(decimalText(value, scale))
}

/** `123.40`: all digits of the scale. */
export function decimalText(value: Wide, scale: number): string {
  if (scale === 0) return String(value)
  const negative = value < 0
  const digitsText = String(negative ? (typeof value === 'bigint' ? -value : -value) : value).padStart(scale + 1, '0')
  return `${negative ? '-' : ''}${digitsText.slice(0, -scale)}.${digitsText.slice(-scale)}`
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/

/** A number as text (`-12.5`, `1e3`) as DECIMAL(precision, scale): null when it does not fit, undefined when it is no number. */
export function parseDecimal(text: string, precision: number, scale: number): Wide | null | undefined {
  const match = NUMBER.exec(text)
  if (!match) return undefined
  const [, sign, before = '', behind = '', exponent] = match
  if (before === '' && behind === '') return undefined
  const shift = scale - behind.length + Number(exponent ?? 0)
  const unscaled = BigInt(before + behind)
  if (unscaled === 0n) return 0
  if (shift > 80) return null
  const magnitude = shift >= 0 ? unscaled * power10(shift) : shift < -400 ? 0n : divideHalfUp(unscaled, power10(-shift))
  return bounded(wide(sign === '-' ? -magnitude : magnitude), precision)
}

function divideHalfUp(a: bigint, b: bigint): bigint {
  const quotient = a / b
  const rest = a % b
  const twice = (rest < 0n ? -rest : rest) * 2n
  return twice >= b ? quotient + (a < 0n ? -1n : 1n) : quotient
}

function digits(value: bigint): number {
  return String(value < 0n ? -value : value).length
}
