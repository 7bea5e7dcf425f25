const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes for a person, in powers of 1,024: `512 B`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 1_024 && unit < UNITS.length - 1) {
    amount /= 1_024
    unit++
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`
}

/** A whole number for a person, thousands apart, the same in every locale. */
export const formatCount = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

export { plural } from '../base/plural.ts'
