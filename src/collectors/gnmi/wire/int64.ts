/**
 * 64-bit integers as the two signed 32-bit halves that WireReader leaves, low first: exact, and without a BigInt for each, which costs
 * more than all the rest of a leaf.
 */

const MILLION = 1_000_000

/** An unsigned integer as `high * 1,000,000 + low`, both exact: of nanoseconds, `high` is the milliseconds. */
export interface Millions {
  high: number
  low: number
}

/** @param into reused, so that nothing is allocated */
export function splitUint64(lo: number, hi: number, into: Millions): Millions {
  // 2^32 = 4294 * 10^6 + 967296; neither sum comes near 2^53.
  const rest = (hi >>> 0) * 967_296 + (lo >>> 0)
  const carry = Math.floor(rest / MILLION)
  into.high = (hi >>> 0) * 4_294 + carry
  into.low = rest - carry * MILLION
  return into
}

/** Whether a JSON number would not do: integers of more than 2^53, which a double cannot tell apart. */
export const isBeyondDouble = (lo: number, hi: number) => hi >>> 0 > 0x20_0000 || (hi === 0x20_0000 && lo !== 0)

export function uint64Text(lo: number, hi: number): string {
  if (!isBeyondDouble(lo, hi)) return String(uint64Number(lo, hi))
  const { high, low } = splitUint64(lo, hi, { high: 0, low: 0 })
  return `${high}${String(low).padStart(6, '0')}`
}

export function int64Text(lo: number, hi: number): string {
  return hi < 0 ? `-${uint64Text(-lo | 0, negatedHigh(lo, hi))}` : uint64Text(lo, hi)
}

/** The nearest double. */
export const uint64Number = (lo: number, hi: number) => (hi >>> 0) * 2 ** 32 + (lo >>> 0)

/** The nearest double. */
export const int64Number = (lo: number, hi: number) => (hi < 0 ? -uint64Number(-lo | 0, negatedHigh(lo, hi)) : uint64Number(lo, hi))

/** The high half of the negated number; the low half is `-lo | 0`. */
export const negatedHigh = (lo: number, hi: number) => (lo === 0 ? -hi | 0 : ~hi)
