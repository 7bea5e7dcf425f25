import { add64, multiply64, subtract64, type Wide, wide } from '../types/wide-integer.ts'

/** A 64-bit integer or an unscaled DECIMAL, as accumulators hold it: numbers are added here, where they stay safe. */
export type Exact = Wide
export const exact = wide

const MAX_DECIMAL = 10n ** 38n

/** BIGINT addition; it wraps around at 64 bits as Java's does. */
export function addLong(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return add64(a, b)
}

export function subtractLong(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return subtract64(a, b)
}

export function timesLong(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
  }
  return multiply64(a, b)
}

/** The sum of unscaled DECIMALs of one scale, of any size: whether it still fits its type is asked once, of the result. */
export function addExact(a: Exact, b: Exact): Exact {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return exact(BigInt(a) + BigInt(b))
}

export function subtractExact(a: Exact, b: Exact): Exact {
  return addExact(a, typeof b === 'number' ? -b : -b)
}

/** An unscaled DECIMAL of 38 digits, or null where it has more: Flink's overflow. */
export function decimalOrNull(value: Exact): Exact | null {
  return typeof value === 'bigint' && (value >= MAX_DECIMAL || value <= -MAX_DECIMAL) ? null : value
}

/** Integer division that cuts the fraction off, as Java's. */
export function divideLong(a: Exact, b: number): Exact {
  return typeof a === 'number' ? Math.trunc(a / b) + 0 : exact(a / BigInt(b))
}

/** `sum / count` of unscaled decimals with `more` digits added to the scale, rounded half away from zero. */
export function divideDecimal(sum: Exact, count: number, more: number): Exact | null {
  const scaled = BigInt(sum) * 10n ** BigInt(more)
  const by = BigInt(count)
  const quotient = scaled / by
  const rest = scaled % by
  const away = 2n * (rest < 0n ? -rest : rest) >= by ? (scaled < 0n ? -1n : 1n) : 0n
  return decimalOrNull(exact(quotient + away))
}
