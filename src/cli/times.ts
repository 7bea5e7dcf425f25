import { isCalendarTime } from '../base/instant.ts'

const two = (n: number) => String(n).padStart(2, '0')

/** A time for a person, in the local zone with its offset, `2026-01-31 10:00:00.123+01:00`, or in UTC, `2026-01-31 09:00:00.123Z`. @param ms since the epoch */
export function formatTime(ms: number, utc: boolean): string {
  if (!isCalendarTime(ms)) return String(ms)
  if (utc) return new Date(ms).toISOString().replace('T', ' ')
  const minutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + minutes * 60_000).toISOString().replace('T', ' ').slice(0, -1)
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
