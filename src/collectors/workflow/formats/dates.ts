import { type TimeReader, wallTime } from './time.ts'

/** `03/04/2026`: the day first, or the month. */
export type DateOrder = 'dmy' | 'mdy'

const CLOCK = String.raw`(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?`
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[./](\d{1,2})[./](\d{1,2})${CLOCK}$`, 'i')
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)${CLOCK}$`, 'i')
const DAY_NAME = String.raw`^(?:[A-Za-z]{2,9}\.?,?\s+)?`
const DAY_MONTH = new RegExp(String.raw`${DAY_NAME}(\d{1,2})[-. /]+([A-Za-z]{3,9})\.?[-. /,]+(\d{4}|\d\d)${CLOCK}$`, 'i')
const MONTH_DAY = new RegExp(String.raw`${DAY_NAME}([A-Za-z]{3,9})\.?[ -]+(\d{1,2}),?[ -]+(\d{4})${CLOCK}$`, 'i')
const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?$/
const EPOCH = /^\d{10}(?:\.\d{1,9})?$|^\d{13}$|^\d{16}$|^\d{19}$/

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** What a numeric date with the year last says of its order; undefined when it is of another form, or says nothing. */
export function orderOf(text: string): DateOrder | 'either' | undefined {
  const match = YEAR_LAST.exec(text)
  if (!match) return undefined
  const [first, second] = [Number(match[1]), Number(match[3])]
  if (first > 12) return 'dmy'
  return second > 12 ? 'mdy' : 'either'
}

/** Reads the times of tables: ISO 8601, numbers since 1970, and dates as spreadsheets and reports write them. */
export class DateReader {
  readonly #time: TimeReader
  readonly #order: DateOrder

  constructor(time: TimeReader, order: DateOrder) {
    this.#time = time
    this.#order = order
  }

  /** ms since the epoch, or undefined. */
  read(given: string): number | undefined {
    const text = given.trim()
    return this.#time.iso(text) ?? epoch(text) ?? this.#numeric(text) ?? this.#worded(text)
  }

  #numeric(text: string): number | undefined {
    const compact = COMPACT.exec(text)
    if (compact) return this.#at([compact[1], compact[2], compact[3]], compact.slice(4, 7))
    const first = YEAR_FIRST.exec(text)
    if (first) return this.#at([first[1], first[2], first[3]], first.slice(4))
    const last = YEAR_LAST.exec(text)
    if (!last) return undefined
    const [, a, , b, year] = last
    return this.#at(this.#order === 'dmy' ? [year, b, a] : [year, a, b], last.slice(5))
  }

  #worded(text: string): number | undefined {
    const day = DAY_MONTH.exec(text)
    if (day) return this.#at([day[3], monthOf(day[2]), day[1]], day.slice(4))
    const month = MONTH_DAY.exec(text)
    return month ? this.#at([month[3], monthOf(month[1]), month[2]], month.slice(4)) : undefined
  }

  #at(date: ReadonlyArray<string | number | undefined>, clock: ReadonlyArray<string | undefined>): number | undefined {
    const [year, month, day] = date.map(Number)
    const [h, mi, s, fraction, half, zone] = clock
    const hour = hourOf(Number(h ?? 0), half)
    if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined
    const wall = wallTime(
      String(date[0]).length === 2 ? (year < 69 ? 2000 : 1900) + year : year,
      month,
      day,
      hour,
      Number(mi ?? 0),
      Number(s ?? 0),
      fraction,
    )
    return wall === undefined ? undefined : this.#time.at(wall, zone?.replace(/^gmt$/i, 'UTC').toUpperCase())
  }
}

const monthOf = (name = ''): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return undefined
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0)
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits. */
function epoch(text: string): number | undefined {
  if (!EPOCH.test(text)) return undefined
  const digits = text.indexOf('.') < 0 ? text.length : text.indexOf('.')
  if (digits === 10) return Math.floor(Number(text) * 1_000)
  return digits === 13 ? Number(text) : Number(text.slice(0, 13))
}
