import { decimalText } from './decimal-value.ts'
import type { Wide } from './wide-integer.ts'

/** Numbers as Java's toString writes them, since Flink's casts do. */

/** Double.toString: `1.0`, `1.0E7`, `1.5E-5`, `NaN`, `-Infinity`. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && Math.abs(value) < 2 ** 63) return javaNotation(longDigits(value, 53))
  // Java writes two digits at least, the nearest ones: that shows in the smallest numbers only (4.9E-324).
  return javaNotation(Math.abs(value) < 1e-300 && value.toExponential().length < 8 ? value.toExponential(1) : String(value))
}

/** Float.toString: the shortest text that gives the same 32 bits. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  if (Math.abs(value) > 2 ** 24 && Math.abs(value) < 2 ** 63) return javaNotation(longDigits(value, 24))
  return javaNotation(shortestFloat(value))
}

/** The shortest decimal text that is this float once rounded to 32 bits. */
export function shortestFloat(value: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(Number(value.toPrecision(9)))
}

/**
 * Whole doubles from 2^53 to 2^63, floats from 2^24: Java before 19 writes all digits of the integer but those that the double surely does not have
 * (2^62 is 4.6116860184273879E18), not the fewest that suffice (JDK-4511638).
 */
function longDigits(value: number, bits: number): string {
  const whole = BigInt(Math.abs(value))
  const uncertain = Math.floor((exponentOf(whole) - bits - 1) * Math.log10(2))
  const unit = 10n ** BigInt(Math.max(0, uncertain))
  return `${value < 0 ? '-' : ''}${((whole + unit / 2n) / unit) * unit}`
}

const exponentOf = (whole: bigint): number => whole.toString(2).length - 1

function javaNotation(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text)
  if (!match) return text
  const [, sign = '', whole = '0', fraction = '', exponentText = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '') || '0'
  const leadingZeros = (whole + fraction).length - (whole + fraction).replace(/^0+/, '').length
  // value = 0.digits × 10^point
  const point = digits === '0' ? 1 : whole.length - leadingZeros + Number(exponentText)
  const bare = digits.replace(/0+$/, '') || '0'
  if (point > -3 && point <= 7) {
    if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${bare}`
    return `${sign}${bare.slice(0, point).padEnd(point, '0')}.${bare.slice(point) || '0'}`
  }
  return `${sign}${bare[0]}.${bare.slice(1) || '0'}E${point - 1}`
}

/** BigDecimal.stripTrailingZeros().toString(): how the SQL gateway writes a DECIMAL (`100` is `1E+2`). */
export function strippedDecimalText(value: Wide, scale: number): string {
  if (value === 0 || value === 0n) return '0'
  let digits = String(value < 0 ? -value : value)
  let digitsBehind = scale
  while (digits.endsWith('0')) {
    digits = digits.slice(0, -1)
    digitsBehind -= 1
  }
  return bigDecimalText(value < 0, digits, digitsBehind)
}

/** BigDecimal.toString of digits × 10^-scale. */
export function bigDecimalText(negative: boolean, digits: string, scale: number): string {
  const sign = negative ? '-' : ''
  const adjusted = digits.length - 1 - scale
  if (scale >= 0 && adjusted >= -6) return sign + decimalText(BigInt(digits), scale)
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
  return `${sign}${mantissa}E${adjusted < 0 ? '' : '+'}${adjusted}`
}
