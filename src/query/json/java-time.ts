/** A point in time without a zone: days since 1970, and the time of day. */
export interface LocalTime {
  days: number
  /** Milliseconds of the day. */
  ms: number
  /** Nanoseconds of the millisecond. */
  nanos: number
}

/**
 * How strict java.time is: Flink's formats differ. ISO_LOCAL_DATE and ISO_LOCAL_DATE_TIME refuse 30 February; formats that Flink builds itself take
 * the month's last day for day 29 to 31, and 24:00:00 for the next midnight.
 */
export type Strictness = 'STRICT' | 'SMART'

const DATE = /^([+-]\d{4,9}|\d{4})-(\d\d)-(\d\d)$/
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{0,9}))?$/
const TIME_TO_THE_MINUTE = /^(\d\d):(\d\d)$/

/** Days since 1970 of an ISO_LOCAL_DATE, or undefined. */
export function javaDate(text: string, strictness: Strictness): number | undefined {
  const [whole, yearText = '', month, day] = DATE.exec(text) ?? []
  if (whole === undefined) return undefined
  const year = Number(yearText)
  // SignStyle.EXCEEDS_PAD: a plus stands before five digits and more, and before those only; minus zero is no year.
  if (yearText.startsWith('+') && year < 10_000) return undefined
  if (yearText.startsWith('-') && (year === 0 || (yearText.length > 5 && year > -10_000))) return undefined
  return toDays(year, Number(month), Number(day), strictness)
}

function toDays(year: number, month: number, day: number, strictness: Strictness): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const last = daysInMonth(year, month)
  if (day > last && strictness === 'STRICT') return undefined
  return daysFromCivil(year, month, Math.min(day, last))
}

export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Days since 1970 in the proleptic Gregorian calendar: years begin in March, so that the leap day is a year's last, and eras have 400 years. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** `HH:mm:ss` with up to nine digits of a fraction; 24:00:00 has `days` 1. Undefined when it is none. */
export function javaTime(text: string, strictness: Strictness, toTheMinute = false): LocalTime | undefined {
  const [whole, hour, minute, second = '0', fraction = ''] = TIME.exec(text) ?? (toTheMinute ? TIME_TO_THE_MINUTE.exec(text) : null) ?? []
  if (whole === undefined || Number(minute) > 59 || Number(second) > 59) return undefined
  const nanos = Number(fraction.padEnd(9, '0'))
  const ms = (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000 + Math.floor(nanos / 1e6)
  const rest = nanos % 1e6
  if (ms < DAY) return { days: 0, ms, nanos: rest }
  return strictness === 'SMART' && ms === DAY && rest === 0 ? { days: 1, ms: 0, nanos: 0 } : undefined
}

/** ms */
export const DAY = 86_400_000

/** A date and a time with a separator between. */
export function javaDateTime(text: string, separator: RegExp, strictness: Strictness, toTheMinute: boolean): LocalTime | undefined {
  const at = text.search(separator)
  if (at < 0) return undefined
  const days = javaDate(text.slice(0, at), strictness)
  const time = javaTime(text.slice(at + 1), strictness, toTheMinute)
  return days === undefined || time === undefined ? undefined : { ...time, days: days + time.days }
}
