/** "0x0e", or of more digits: codes are printed as they are written in the literature. */
export function hex(value: number, digits = 2): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}
