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

/** Bytes of hex text with or without separators (`4c00…`, `4C.00…`, `4c:00…`); null when it is none or empty. */
export function hexBytes(value: unknown): Buffer | null {
  if (typeof value !== 'string') return null
  const digits = value.replace(/^0x|[\s.:-]/gi, '')
  return /^(?:[\da-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : null
}
