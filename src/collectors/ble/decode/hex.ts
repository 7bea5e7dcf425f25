const TWO_DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) => `0x${byte.toString(16).padStart(2, '0')}`)

/** "0x0e", or of more digits: codes are printed as they are written in the literature. */
export function hex(value: number, digits = 2): string {
  return digits === 2 ? (TWO_DIGITS[value] as string) : `0x${value.toString(16).padStart(digits, '0')}`
}
