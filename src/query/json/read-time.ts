import { STATE } from './field.ts'
import { DAY, daysFromCivil, daysInMonth, javaDate, javaDateTime, javaTime, type LocalTime, type Strictness } from './java-time.ts'
import { type Reader, readOther } from './read-text.ts'
import { QUOTE } from './skip.ts'
import type { Slots } from './slots.ts'

/** DATE, as days since 1970. */
export function readDate(s: Slots, i: number, at: number, end: number): number {
  return readOther(s, i, at, end, dateFromText)
}

function dateFromText(text: string, s: Slots, i: number): boolean {
  const days = javaDate(text, 'STRICT')
  if (days !== undefined) s.numbers[i] = days
  return days !== undefined
}

/** TIME, as milliseconds of the day. The fraction is checked and cut off, as Flink 2.2 does it, whatever the column's precision. */
export function readTime(s: Slots, i: number, at: number, end: number): number {
  return readOther(s, i, at, end, timeFromText)
}

function timeFromText(text: string, s: Slots, i: number): boolean {
  const time = javaTime(text, 'SMART')
  if (time) s.numbers[i] = time.ms - (time.ms % 1_000)
  return time !== undefined
}

interface Format {
  separator: RegExp
  /** The byte of it that the fast way takes. */
  byte: number
  strictness: Strictness
  toTheMinute: boolean
  zone: '' | 'Z'
}

/** Flink's four (TimeFormats): ISO-8601 without a zone takes `t` too, and its day must be in the month; both ISO forms may end with the minute. */
const FORMATS = {
  SQL: { separator: / /, byte: 0x20, strictness: 'SMART', toTheMinute: false, zone: '' },
  SQL_LTZ: { separator: / /, byte: 0x20, strictness: 'SMART', toTheMinute: false, zone: 'Z' },
  ISO: { separator: /[Tt]/, byte: 0x54, strictness: 'STRICT', toTheMinute: true, zone: '' },
  ISO_LTZ: { separator: /T/, byte: 0x54, strictness: 'SMART', toTheMinute: true, zone: 'Z' },
} as const satisfies Record<string, Format>

/** TIMESTAMP and TIMESTAMP_LTZ, as milliseconds since 1970 and nanoseconds within. Beyond a Date's 8.64e15 ms it is BAD. */
export function timestampReader(standard: 'SQL' | 'ISO-8601', zoned: boolean): Reader {
  if (standard === 'SQL') return zoned ? readSqlZoned : readSql
  return zoned ? readIsoZoned : readIso
}

const readSql: Reader = (s, i, at, end) => readFast(s, i, at, end, 0x20, 0) || readOther(s, i, at, end, sqlFromText)
const readSqlZoned: Reader = (s, i, at, end) => readFast(s, i, at, end, 0x20, 1) || readOther(s, i, at, end, sqlZonedFromText)
const readIso: Reader = (s, i, at, end) => readFast(s, i, at, end, 0x54, 0) || readOther(s, i, at, end, isoFromText)
const readIsoZoned: Reader = (s, i, at, end) => readFast(s, i, at, end, 0x54, 1) || readOther(s, i, at, end, isoZonedFromText)

const sqlFromText = (text: string, s: Slots, i: number) => fromText(text, s, i, FORMATS.SQL)
const sqlZonedFromText = (text: string, s: Slots, i: number) => fromText(text, s, i, FORMATS.SQL_LTZ)
const isoFromText = (text: string, s: Slots, i: number) => fromText(text, s, i, FORMATS.ISO)
const isoZonedFromText = (text: string, s: Slots, i: number) => fromText(text, s, i, FORMATS.ISO_LTZ)

function fromText(text: string, s: Slots, i: number, { separator, strictness, toTheMinute, zone }: Format): boolean {
  if (!text.endsWith(zone)) return false
  const local = javaDateTime(text.slice(0, text.length - zone.length), separator, strictness, toTheMinute)
  return local !== undefined && keep(s, i, local)
}

function keep(s: Slots, i: number, { days, ms, nanos }: LocalTime): boolean {
  const value = days * DAY + ms
  if (Math.abs(value) > 8.64e15) return false
  s.numbers[i] = value
  s.nanos[i] = nanos
  return true
}

/** Bytes of `"2026-03-31T14:02:11"` with its opening quote and whatever comes behind the seconds. */
const SECONDS_END = 20

/**
 * What everybody writes: `"2026-03-31T14:02:11.263Z"`, from the bytes. 0 where anything is unusual: then java's rules decide. Neighbouring records are
 * mostly of one minute, so that its bytes are only compared.
 */
function readFast(s: Slots, i: number, at: number, end: number, separator: number, zone: number): number {
  const { u8, view } = s
  if (at + SECONDS_END >= end) return 0
  const known =
    view.getFloat64(at, true) === s.minuteHead[i] && view.getFloat64(at + 8, true) === s.minuteTail[i] && u8[at + 16] === s.minuteLast[i]
  if (!known && !readMinute(s, i, at, separator)) return 0
  const second = two(u8, at + 18)
  if (u8[at + 17] !== 0x3a || second < 0 || second > 59) return 0
  let p = at + SECONDS_END
  let fraction = 0
  if (u8[p] === 0x2e) {
    let unit = 100_000_000
    for (p++; unit >= 1; p++) {
      const digit = (u8[p] as number) - 0x30
      if (digit >>> 0 > 9) break
      fraction += digit * unit
      unit = (unit / 10) | 0
    }
  }
  if (zone === 1 && u8[p++] !== 0x5a) return 0
  if (p >= end || u8[p] !== QUOTE) return 0
  const ms = (fraction / 1_000_000) | 0
  s.nanos[i] = fraction - ms * 1_000_000
  s.numbers[i] = (s.minute[i] as number) + second * 1_000 + ms
  s.state[i] = STATE.VALUE
  return p + 1
}

/** The bytes up to the minute, into the slots; false where they are not a plain one. */
function readMinute(s: Slots, i: number, at: number, separator: number): boolean {
  const { u8, view } = s
  if (u8[at] !== QUOTE || u8[at + 5] !== 0x2d || u8[at + 8] !== 0x2d || u8[at + 11] !== separator || u8[at + 14] !== 0x3a) return false
  const century = two(u8, at + 1)
  const yearOfCentury = two(u8, at + 3)
  const month = two(u8, at + 6)
  const day = two(u8, at + 9)
  const hour = two(u8, at + 12)
  const minute = two(u8, at + 15)
  if ((century | yearOfCentury | hour | minute) < 0 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59) return false
  const year = century * 100 + yearOfCentury
  if (day > daysInMonth(year, month)) return false
  // All of it is ASCII, so that doubles are equal exactly where the bytes are.
  s.minuteHead[i] = view.getFloat64(at, true)
  s.minuteTail[i] = view.getFloat64(at + 8, true)
  s.minuteLast[i] = u8[at + 16] as number
  s.minute[i] = daysFromCivil(year, month, day) * DAY + (hour * 60 + minute) * 60_000
  return true
}

/** Two digits, or less than 0. */
const two = (u8: Uint8Array, at: number): number => {
  const tens = (u8[at] as number) - 0x30
  const ones = (u8[at + 1] as number) - 0x30
  return tens >>> 0 <= 9 && ones >>> 0 <= 9 ? tens * 10 + ones : -1
}
