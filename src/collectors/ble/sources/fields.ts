import type { Advertisement } from '../advertisement.ts'

/** An address in the one form of {@link Advertisement}, from text with colons, dashes or neither; '' when it is none, or hidden. */
export function addressOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  const digits = value.replace(/[:-]/g, '').toUpperCase()
  return /^[\dA-F]{12}$/.test(digits) ? digits.replace(/(..)(?!$)/g, '$1:') : ''
}

/** From a word or the number of the specification: 0 public, 1 random (Core Spec Vol 4 Part E 7.7.65.2). */
export function addressTypeOf(value: unknown): Advertisement['addressType'] {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  if (word === 'public' || word === 0) return 'public'
  return word === 'random' || word === 1 ? 'random' : 'unknown'
}

/** Bytes of hex text with or without separators, or their number behind (`4c00…`, `4C.00… (25)`, `4c:00…`); null when it is none or empty. */
export function hexBytes(value: unknown): Buffer | null {
  if (typeof value !== 'string') return null
  const digits = value.replace(/ \(\d+\)$/, '').replace(/^0x|[\s.:-]/gi, '')
  return /^(?:[\da-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : null
}

/** ms since the epoch: where btsnoop begins to count, which is what a machine without a clock writes, and the last instant that RFC 3339 has. */
const FIRST_INSTANT = -62_168_256_000_000
const LAST_INSTANT = 253_402_300_799_999

/** True for a time (ms since the epoch) that a record can have; damaged captures have others. */
export function isTime(ms: number): boolean {
  return ms >= FIRST_INSTANT && ms <= LAST_INSTANT
}
