import { timeZone } from '../../base/time-zone.ts'

/** A stretch of the calendar that comes again, by the clock on a wall in some zone. */
export interface TimeInterval {
  readonly name: string
  contains(now: number): boolean
}

/** Inclusive at both ends; days of the month may count from its end, -1 is the last. */
export type NumberRange = readonly [from: number, to: number]

/** One entry of an interval: all that it says must fit. What it does not say fits always. */
export interface TimeSpec {
  /** Minutes from midnight; the end is not included. An end before the beginning is on the next day. */
  readonly times?: ReadonlyArray<{ readonly start: number; readonly end: number }>
  /** 0 is Sunday. */
  readonly weekdays?: readonly NumberRange[]
  readonly daysOfMonth?: readonly NumberRange[]
  /** 1 is January. */
  readonly months?: readonly NumberRange[]
  readonly years?: readonly NumberRange[]
}

const DAY = 86_400_000
const MINUTE = 60_000

/**
 * An interval from its entries, of which one must fit. What counts is what clocks show in the zone: where they go forward, a time that they
 * leave out never comes; where they go back, a time that comes twice counts twice.
 *
 * @param zone IANA name, `Europe/Berlin`
 */
export function timeInterval(name: string, specs: readonly TimeSpec[], zone: string): TimeInterval {
  const found = timeZone(zone)
  if (!found) throw new RangeError(`there is no time zone ${zone}`)
  return {
    name,
    contains: (now) => {
      const local = now + found.offsetAt(now)
      return specs.some((spec) => fits(spec, local))
    },
  }
}

/** @param local what clocks show, as ms since 1970 */
function fits(spec: TimeSpec, local: number): boolean {
  const minute = Math.floor(local / MINUTE) - Math.floor(local / DAY) * 1440
  if (!spec.times) return fitsDay(spec, local)
  return spec.times.some(({ start, end }) => {
    if (start < end) return minute >= start && minute < end && fitsDay(spec, local)
    // Over midnight: the small hours belong to the day before.
    return (minute >= start && fitsDay(spec, local)) || (minute < end && fitsDay(spec, local - DAY))
  })
}

function fitsDay({ weekdays, daysOfMonth, months, years }: TimeSpec, local: number): boolean {
  const date = new Date(local)
  const within = (ranges: readonly NumberRange[] | undefined, value: number) =>
    !ranges || ranges.some(([from, to]) => value >= from && value <= to)
  if (!within(weekdays, date.getUTCDay()) || !within(months, date.getUTCMonth() + 1) || !within(years, date.getUTCFullYear())) return false
  const day = date.getUTCDate()
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const fromStart = (n: number) => (n < 0 ? last + 1 + n : n)
  return !daysOfMonth || daysOfMonth.some(([from, to]) => day >= fromStart(from) && day <= fromStart(to))
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
]

export type RangeKind = 'weekday' | 'day' | 'month' | 'year'

/** `monday:friday`, `-3:-1`, `1:3`, `2026`, as Alertmanager writes them; undefined where it is none. */
export function parseRange(kind: RangeKind, text: string): NumberRange | undefined {
  const parts = text.split(':').map((part) => numberOf(kind, part.trim().toLowerCase()))
  const [from, to = from] = parts
  if (parts.length > 2 || from === undefined || to === undefined) return undefined
  if (kind === 'day') return sameSign(from, to) && from > to ? undefined : [from, to]
  return from > to ? undefined : [from, to]
}

const sameSign = (a: number, b: number) => a < 0 === b < 0

function numberOf(kind: RangeKind, text: string): number | undefined {
  const names = kind === 'weekday' ? WEEKDAYS : kind === 'month' ? MONTHS : []
  const index = names.indexOf(text)
  if (index >= 0) return kind === 'month' ? index + 1 : index
  if (kind === 'weekday' || !/^-?\d{1,4}$/.test(text)) return undefined
  const value = Number(text)
  const [low, high] = { day: [-31, 31], month: [1, 12], year: [1970, 9999] }[kind] as [number, number]
  return value < low || value > high || value === 0 ? undefined : value
}

/** `09:00` as minutes from midnight, `24:00` the end of the day; undefined where it is none. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = /^(\d{2}):(\d{2})$/.exec(text)
  if (!match) return undefined
  const [hour, minute] = [Number(match[1]), Number(match[2])]
  if (minute > 59 || hour > 24 || (hour === 24 && minute > 0)) return undefined
  return hour * 60 + minute
}
