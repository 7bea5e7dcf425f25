import { parseDuration } from './duration.ts'

/** What an instant may look like, for error messages. */
export const INSTANT_FORMS = '15m (ago), 2026-01-31, 2026-01-31T09:00:00Z, 2026-01-31T09:00:00+01:00 or 1769850000000 (ms)'

/** RFC 3339, section 5.6, with the seconds optional; the offset is not: a time without a zone names no instant. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

/**
 * An instant in ms since the epoch, or undefined when the text names none. Forms, after rpk's: a duration is that long before
 * `now`; a date is its midnight in UTC; ten digits are seconds, any other number of digits milliseconds.
 */
export function parseInstant(text: string, now: number): number | undefined {
  if (/^\d+$/.test(text)) return text.length === 10 ? Number(text) * 1_000 : safe(Number(text))
  const ago = parseDuration(text.replace(/^-/, ''))
  if (ago !== undefined) return now - ago
  if (DATE.test(text)) return dateTime(`${text}T00:00:00Z`)
  return dateTime(text)
}

/** Date.parse takes 30 February for 2 March, so the fields are compared with what came out. */
function dateTime(text: string): number | undefined {
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase())
  const wall = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]), Number(match[4]), Number(match[5])))
  const exists = wall.getUTCMonth() + 1 === Number(match[2]) && wall.getUTCDate() === Number(match[3])
  return exists ? safe(ms) : undefined
}

const safe = (ms: number) => (Number.isSafeInteger(ms) ? ms : undefined)

/** What JavaScript has dates for, ms either side of the epoch. A producer may write any time, nanoseconds for one. */
const FARTHEST_MS = 8_640_000_000_000_000 - 86_400_000

/** Whether there is a date for it, in every time zone. */
export const isCalendarTime = (ms: number): boolean => Math.abs(ms) <= FARTHEST_MS

/** A time in UTC, `2026-01-31T09:00:00.123Z`; milliseconds where there is no date for it. */
export const isoTime = (ms: number): string => (isCalendarTime(ms) ? new Date(ms).toISOString() : String(ms))
