import {
  addMonths,
  addMonthsToTimestamp,
  civilOf,
  dayOf,
  dayOfYear,
  daysOf,
  isoDayOfWeek,
  isoWeek,
  MS_PER_DAY,
  msOfDay,
} from '../../types/calendar.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { truncateFraction } from '../../types/time-text.ts'

/** Units of time: what EXTRACT, FLOOR TO, TIMESTAMPADD and TIMESTAMPDIFF do to a clock face (ms since 1970-01-01T00:00 there). */
export const UNIT_MS: Readonly<Record<string, number>> = {
  MICROSECOND: 0.001,
  MILLISECOND: 1,
  SECOND: 1000,
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: MS_PER_DAY,
  WEEK: 7 * MS_PER_DAY,
}

export const UNIT_MONTHS: Readonly<Record<string, number>> = {
  MONTH: 1,
  QUARTER: 3,
  YEAR: 12,
  DECADE: 120,
  CENTURY: 1200,
  MILLENNIUM: 12_000,
}

/** EXTRACT from a clock face in ms. */
export function extractFrom(unit: string): (face: number) => number {
  switch (unit) {
    case 'YEAR':
      return (face) => civilOf(dayOf(face)).year
    case 'QUARTER':
      return (face) => Math.ceil(civilOf(dayOf(face)).month / 3)
    case 'MONTH':
      return (face) => civilOf(dayOf(face)).month
    case 'WEEK':
      return (face) => isoWeek(dayOf(face)).week
    case 'ISOYEAR':
      return (face) => isoWeek(dayOf(face)).year
    case 'DAY':
      return (face) => civilOf(dayOf(face)).day
    case 'DOY':
      return (face) => dayOfYear(dayOf(face))
    case 'DOW':
      return (face) => (isoDayOfWeek(dayOf(face)) % 7) + 1
    case 'ISODOW':
      return (face) => isoDayOfWeek(dayOf(face))
    case 'DECADE':
      return (face) => Math.trunc(civilOf(dayOf(face)).year / 10)
    case 'CENTURY':
      return (face) => Math.trunc((civilOf(dayOf(face)).year + 99) / 100)
    case 'MILLENNIUM':
      return (face) => Math.trunc((civilOf(dayOf(face)).year + 999) / 1000)
    case 'HOUR':
      return (face) => Math.floor(msOfDay(face) / 3_600_000)
    case 'MINUTE':
      return (face) => Math.floor(msOfDay(face) / 60_000) % 60
    case 'SECOND':
      return (face) => Math.floor(msOfDay(face) / 1000) % 60
    case 'MILLISECOND':
      return (face) => Math.floor(msOfDay(face)) % 1000
    case 'MICROSECOND':
      return (face) => Math.floor(msOfDay(face) * 1000 + 0.5) % 1_000_000
    case 'EPOCH':
      return (face) => Math.floor(face / 1000)
    default:
      throw new Error(`no unit ${unit}`)
  }
}

/** Of a TIMESTAMP before 1970 Flink takes days and units towards zero: the hour of 1969-12-31 23:59:59.999 is 0. */
export function extractTruncating(unit: string): (face: number) => number {
  const read = extractFrom(unit)
  if (unit === 'EPOCH') return (face) => Math.trunc(Math.floor(face) / 1000) + 0
  const step = UNIT_MS[unit]
  if (DATE_UNITS.includes(unit)) return (face) => read(face < 0 ? Math.trunc(Math.floor(face) / MS_PER_DAY) * MS_PER_DAY : face)
  if (step === undefined || step < 1) return read
  const around = { HOUR: MS_PER_DAY, MINUTE: 3_600_000, SECOND: 60_000 }[unit] ?? 1000
  return (face) => (face < 0 ? Math.trunc((Math.floor(face) % around) / step) + 0 : read(face))
}

export function extractInterval(unit: string, type: SqlType): ((value: number) => number) | undefined {
  if (type.kind === 'INTERVAL_YEAR_MONTH') {
    if (unit === 'YEAR') return (months) => Math.trunc(months / 12)
    return unit === 'MONTH' ? (months) => months % 12 : undefined
  }
  const step = UNIT_MS[unit]
  if (step === undefined || unit === 'WEEK' || unit === 'MICROSECOND') return undefined
  const next = { DAY: Number.POSITIVE_INFINITY, HOUR: 24, MINUTE: 60, SECOND: 60, MILLISECOND: 1000 }[unit] ?? 1
  return (ms) => (next === Number.POSITIVE_INFINITY ? Math.trunc(ms / step) : Math.trunc(ms / step) % next) + 0
}

export const DATE_UNITS = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DOY',
  'DOW',
  'ISODOW',
  'ISOYEAR',
  'DECADE',
  'CENTURY',
  'MILLENNIUM',
  'EPOCH',
]

export const TIME_UNITS = ['HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND']

/** Before 1970 Flink takes the day towards zero here: FLOOR(TIMESTAMP '1969-12-31 23:59:59' TO MONTH) is 1970-01-01. */
const dayTowardsZero = (face: number): number => Math.trunc(Math.floor(face) / MS_PER_DAY) + 0

/** FLOOR(x TO unit): a function of the clock face. */
export function floorTo(unit: string): (face: number) => number {
  const months = UNIT_MONTHS[unit]
  if (months !== undefined) return (face) => floorMonths(dayTowardsZero(face), unit, months) * MS_PER_DAY
  // Flink's week begins on Sunday here, unlike EXTRACT's.
  if (unit === 'WEEK') return (face) => (dayTowardsZero(face) - (isoDayOfWeek(dayTowardsZero(face)) % 7)) * MS_PER_DAY
  const step = UNIT_MS[unit] as number
  return step < 1 ? (face) => face : (face) => Math.floor(face / step) * step
}

function floorMonths(days: number, unit: string, months: number): number {
  const { year, month } = civilOf(days)
  if (months <= 12) {
    const index = Math.floor((month - 1) / months) * months
    return daysOf(year, index + 1, 1)
  }
  const years = months / 12
  // A decade begins with a 0, centuries and millennia with a 1.
  const first = unit === 'DECADE' ? 0 : 1
  return daysOf(Math.floor((year - first) / years) * years + first, 1, 1)
}

export function ceilTo(unit: string): (face: number) => number {
  const floor = floorTo(unit)
  const months = UNIT_MONTHS[unit]
  const step = UNIT_MS[unit] as number
  return (face) => {
    const start = floor(face)
    if (start === face) return face
    return months === undefined ? start + step : addMonthsToTimestamp(start, months)
  }
}

export function adder(unit: string, type: SqlType): (value: number, count: number) => number {
  const months = UNIT_MONTHS[unit]
  if (months !== undefined)
    return type.kind === 'DATE' ? (days, n) => addMonths(days, n * months) : (ms, n) => addMonthsToTimestamp(ms, n * months)
  const step = UNIT_MS[unit] as number
  if (type.kind === 'DATE') return (days, n) => days + (n * step) / MS_PER_DAY
  if (type.kind === 'TIME') return (ms, n) => (((ms + n * step) % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY
  const precision = type.precision ?? 6
  return (ms, n) => truncateFraction(ms + n * step, precision)
}

/** Whole units from one clock face to another, towards zero. */
export function differenceIn(unit: string): (from: number, to: number) => number {
  const months = UNIT_MONTHS[unit]
  if (months !== undefined) return (from, to) => Math.trunc(monthsBetween(from, to) / months)
  const step = UNIT_MS[unit] as number
  return (from, to) => Math.trunc((Math.floor(to) - Math.floor(from)) / step)
}

/** As Calcite counts: whole months by their days; the time of day takes one off only where both fall on the same day. */
function monthsBetween(from: number, to: number): number {
  const months = monthsBetweenDays(dayOf(from), dayOf(to))
  return addMonths(dayOf(from), months) === dayOf(to) && msOfDay(to) < msOfDay(from) ? months - 1 : months
}

function monthsBetweenDays(from: number, to: number): number {
  if (from > to) return -monthsBetweenDays(to, from)
  const a = civilOf(from)
  const b = civilOf(to)
  const months = (b.year - a.year) * 12 + b.month - a.month
  return addMonths(from, months) > to ? months - 1 : months
}
