/**
 * 64-bit and wider integers: a number while it is a safe integer, a bigint beyond (SqlType's table). These are the slow paths; generated
 * code adds two numbers itself and comes here only when the result is not safe, or an operand is a bigint already.
 */
export type Wide = number | bigint

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** The form that SqlType demands: never a bigint that a number could be, never minus zero. */
export function wide(value: bigint): Wide {
  return value <= SAFE && value >= -SAFE ? Number(value) : value
}

/** The lowest 64 bits, as Java's long has them. */
export function wrap64(value: bigint): Wide {
  return wide(BigInt.asIntN(64, value))
}

export const add64 = (a: Wide, b: Wide): Wide => wrap64(BigInt(a) + BigInt(b))
export const subtract64 = (a: Wide, b: Wide): Wide => wrap64(BigInt(a) - BigInt(b))
export const multiply64 = (a: Wide, b: Wide): Wide => wrap64(BigInt(a) * BigInt(b))
/** Towards zero; the divisor is not 0. */
export const divide64 = (a: Wide, b: Wide): Wide => wrap64(BigInt(a) / BigInt(b))
export const modulo64 = (a: Wide, b: Wide): Wide => wide(BigInt(a) % BigInt(b))
export const negate64 = (a: Wide): Wide => wrap64(-BigInt(a))
export const absolute64 = (a: Wide): Wide => (a < 0 ? negate64(a) : a)

/** A double as Java casts it to long: towards zero, NaN to 0, saturating. */
export function doubleTo64(value: number): Wide {
  const whole = Math.trunc(value)
  if (Number.isSafeInteger(whole)) return whole + 0
  if (Number.isNaN(value)) return 0
  if (whole >= 2 ** 63) return 2n ** 63n - 1n
  if (whole <= -(2 ** 63)) return -(2n ** 63n)
  return wide(BigInt(whole))
}

/** A double as Java casts it to int: towards zero, NaN to 0, saturating. */
export function doubleTo32(value: number): number {
  if (value >= 2147483647) return 2147483647
  if (value <= -2147483648) return -2147483648
  return value | 0
}

/** The lowest 32 bits. */
export function low32(value: Wide): number {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
  // `|0` is exact for every safe integer: ToInt32 takes the value modulo 2^32.
  return value | 0
}

export function compareWide(a: Wide, b: Wide): number {
  return a < b ? -1 : a > b ? 1 : 0
}
