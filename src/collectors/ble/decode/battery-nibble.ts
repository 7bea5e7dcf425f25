/** A battery as four bits: tenths, 15 is unknown, and 11 to 14 do occur and mean full. Percent, or null. */
const PERCENT: ReadonlyArray<number | null> = Array.from({ length: 16 }, (_, n) => (n === 15 ? null : Math.min(n, 10) * 10))

/** Percent of the low nibble of a byte. */
export function lowPercent(byte: number): number | null {
  return PERCENT[byte & 0x0f] as number | null
}

/** Percent of the high nibble of a byte. */
export function highPercent(byte: number): number | null {
  return PERCENT[byte >> 4] as number | null
}
