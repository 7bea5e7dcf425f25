import { int64Text } from '../wire/int64.ts'

const BILLION = 1_000_000_000n

/**
 * A notification's time with all its digits, `2026-01-31T09:00:00.123456789Z`; '' where it has none. An int64 of ns begins in 1677 and ends in
 * 2262, which Date can say.
 * @param lo @param hi the halves of the int64
 */
export function rfc3339Nano(lo: number, hi: number): string {
  if ((lo | hi) === 0) return ''
  const ns = BigInt(int64Text(lo, hi))
  // Rounded down, before 1970 too.
  const fraction = ((ns % BILLION) + BILLION) % BILLION
  const second = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().slice(0, 19)
  return fraction === 0n ? `${second}Z` : `${second}.${String(fraction).padStart(9, '0').replace(/0+$/, '')}Z`
}
