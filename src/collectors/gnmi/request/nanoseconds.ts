import { parseInstant } from '../../../base/instant.ts'

/** What a time may look like, for error messages. */
export const TIME_FORMS =
  '2026-01-31T09:00:00.000000001Z, 2026-01-31, 15m (ago), now, 1769850000 (s), 1769850000000 (ms) or 1769850000000000000 (ns)'

const MAX_INT64 = 2n ** 63n - 1n
/** Fewer digits are seconds or milliseconds, as everywhere in shitops; as nanoseconds they would be of January 1970. */
const NANOSECOND_DIGITS = 16

/** An instant in ns since the epoch; undefined when the text names none. @param now ms since the epoch, for times before it */
export function parseNanoseconds(text: string, now: number): bigint | undefined {
  if (text === 'now') return BigInt(now) * 1_000_000n
  if (/^\d+$/.test(text) && text.length >= NANOSECOND_DIGITS) return within(BigInt(text))
  const ms = parseInstant(text.replace(/\s+ago$/, ''), now)
  if (ms === undefined) return undefined
  // Date knows three digits behind the point; a time has nine.
  const [, fraction = ''] = /:\d\d\.(\d+)(?:[Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? []
  const below = fraction.slice(3, 9).padEnd(6, '0')
  return within(BigInt(Math.trunc(ms)) * 1_000_000n + BigInt(below))
}

const within = (ns: bigint) => (ns >= 0n && ns <= MAX_INT64 ? ns : undefined)
