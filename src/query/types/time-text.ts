import { civilOf, dayOf, daysInMonth, daysOf, MS_PER_DAY, msOfDay } from './calendar.ts'

/** Dates and times as Flink writes and reads them in SQL text. */

export const pad = (value: number, width: number): string => String(value).padStart(width, '0')

export function dateText(days: number): string {
  const { year, month, day } = civilOf(days)
  return `${year < 0 ? `-${pad(-year, 4)}` : pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

/** `12:34:56`, with `fraction` digits of the second. */
export function timeText(ms: number, fraction = 0): string {
  const micros = Math.round(ms * 1000)
  const seconds = Math.floor(micros / 1_000_000)
  const text = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  return fraction > 0
    ? `${text}.${pad(micros % 1_000_000, 6)
        .slice(0, fraction)
        .padEnd(fraction, '0')}`
    : text
}

/** `2026-01-01 12:34:56.789`: exactly `fraction` digits, cut off. */
export function timestampText(ms: number, fraction: number, separator = ' '): string {
  return `${dateText(dayOf(ms))}${separator}${timeText(msOfDay(ms), fraction)}`
}

/** Digits behind the second that are not all zero, in Java's groups of three (0, 3, 6): how ISO_LOCAL_TIME of Jackson prints them. */
export function isoTime(ms: number): string {
  const text = timeText(ms, 6)
  const trimmed = text.replace(/\.?0+$/, '')
  return trimmed.length < 8 ? text.slice(0, 8) : trimmed
}

const DATE = /^(\d{1,4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/
const TIME = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?$/

/** Days of `2026-01-31`, null when it is none. What follows a space is left aside, as Flink does. */
export function parseDate(text: string): number | null {
  const trimmed = text.trim()
  const space = trimmed.indexOf(' ')
  const match = DATE.exec(space > 0 ? trimmed.slice(0, space) : trimmed)
  if (!match) return null
  return checkedDays(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1))
}

export function checkedDays(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return daysOf(year, month, day)
}

/** Milliseconds of the day of `12:34:56.789`, `12:34`, `12`. */
export function parseTime(text: string): number | null {
  const match = TIME.exec(text.trim())
  if (!match) return null
  const [, hour, minute = '0', second = '0', fraction = ''] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'))
  return Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + millis
}

const TIMESTAMP = /^(\d{1,5})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?)?$/

/** Milliseconds of `2026-01-31 12:34:56.123456` or a date alone; digits beyond `precision` are cut off. */
export function parseTimestamp(text: string, precision = 6): number | null {
  const match = TIMESTAMP.exec(text)
  if (!match) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match
  const days = checkedDays(Number(year), Number(month), Number(day))
  if (days === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const micros = Number(fraction.slice(0, Math.min(6, precision)).padEnd(6, '0'))
  return days * MS_PER_DAY + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000 + micros / 1000
}

/** The fraction cut off to `precision` digits of the second; below milliseconds Flink cuts towards zero, also before 1970. */
export function truncateFraction(ms: number, precision: number): number {
  if (precision >= 6) return ms
  if (precision < 3) {
    const whole = 10 ** (3 - precision)
    return Math.trunc(Math.floor(ms) / whole) * whole + 0
  }
  const unit = 10 ** (6 - precision)
  return (Math.floor(Math.round(ms * 1000) / unit) * unit) / 1000
}
