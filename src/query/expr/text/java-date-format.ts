import { civilOf, dayOf, dayOfYear, daysInMonth, daysOf, isoDayOfWeek, MS_PER_DAY, msOfDay } from '../../types/calendar.ts'
import { pad } from '../../types/time-text.ts'

/**
 * Patterns of java.time.format.DateTimeFormatter, English: `yyyy-MM-dd HH:mm:ss.SSS`. Letters that are not here are refused, since a
 * wrong text is worse than none.
 */
export interface DateFormat {
  /** @param ms clock face */
  format(ms: number): string
  /** Milliseconds of the clock face, null when the text does not fit the pattern. */
  parse(text: string): number | null
}

/** Says which letter is not supported. */
export class DateFormatError extends Error {}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

type Field = 'year' | 'month' | 'day' | 'dayOfYear' | 'hour' | 'hour12' | 'minute' | 'second' | 'micros' | 'pm'
type Fields = Partial<Record<Field, number>>

interface Piece {
  format(ms: number): string
  /** Where in the text the next piece begins, or -1. */
  parse(text: string, at: number, fields: Fields): number
}

/** @param dialect `time`: DateTimeFormatter, `simple`: SimpleDateFormat (lenient numbers, S in milliseconds) */
export function dateFormat(pattern: string, dialect: 'time' | 'simple' = 'time'): DateFormat {
  const pieces = readPieces(pattern, dialect)
  return {
    format: (ms) => pieces.map((piece) => piece.format(ms)).join(''),
    parse(text) {
      const fields: Fields = {}
      let at = 0
      for (const piece of pieces) {
        at = piece.parse(text, at, fields)
        if (at < 0) return null
      }
      return dialect === 'time' && at < text.length ? null : assemble(fields, dialect === 'simple')
    },
  }
}

function readPieces(pattern: string, dialect: 'time' | 'simple'): Piece[] {
  const tokens = [...pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)]
  return tokens.map((token, i) => {
    const [text, quoted, letter] = token
    if (letter !== undefined) {
      const next = tokens[i + 1]?.[2]
      return letterPiece(letter, text.length, dialect, next !== undefined)
    }
    if (text === "'") throw new DateFormatError(`the pattern '${pattern}' has an open quote`)
    return fixedPiece(quoted === undefined ? text : quoted === '' ? "'" : quoted.replaceAll("''", "'"))
  })
}

function fixedPiece(text: string): Piece {
  return { format: () => text, parse: (input, at) => (input.startsWith(text, at) ? at + text.length : -1) }
}

function numberPiece(field: Field, width: number, most: number, read: (ms: number) => number, store = (value: number) => value): Piece {
  return {
    format: (ms) => pad(read(ms), width),
    parse(text, at, fields) {
      const match = /^\d+/.exec(text.slice(at, at + most))
      if (!match || match[0].length < Math.min(width, most)) return -1
      fields[field] = store(Number(match[0]))
      return at + match[0].length
    },
  }
}

function namePiece(names: readonly string[], field: Field | undefined, read: (ms: number) => number): Piece {
  return {
    format: (ms) => names[read(ms)] as string,
    parse(text, at, fields) {
      const index = names.findIndex((name) => text.startsWith(name, at))
      if (index < 0) return -1
      if (field) fields[field] = field === 'month' ? index + 1 : index
      return at + (names[index] as string).length
    },
  }
}

const yearOf = (ms: number): number => civilOf(dayOf(ms)).year
const monthOf = (ms: number): number => civilOf(dayOf(ms)).month
const hourOf = (ms: number): number => Math.floor(msOfDay(ms) / 3_600_000)

function letterPiece(letter: string, count: number, dialect: 'time' | 'simple', adjacent: boolean): Piece {
  // A number directly before another has its own width only; one before a separator may be longer.
  const lenient = dialect === 'simple'
  const number = (field: Field, read: (ms: number) => number, store?: (value: number) => number): Piece => {
    if (count > 2 && dialect === 'time' && field !== 'year' && field !== 'dayOfYear')
      throw new DateFormatError(`'${letter.repeat(count)}' is too long`)
    const piece = numberPiece(field, count, adjacent || (count > 1 && !lenient) ? count : 19, read, store)
    return lenient && !adjacent ? { ...piece, parse: numberPiece(field, 1, 19, read, store).parse } : piece
  }
  switch (letter) {
    case 'y':
    case 'u':
      if (letter === 'u' && lenient) break
      if (count === 2)
        return numberPiece(
          'year',
          2,
          2,
          (ms) => yearOf(ms) % 100,
          (value) => 2000 + value,
        )
      return { ...number('year', yearOf), parse: numberPiece('year', lenient ? 1 : count, adjacent ? count : 10, yearOf).parse }
    case 'M':
    case 'L':
      if (count === 3)
        return namePiece(
          MONTHS.map((name) => name.slice(0, 3)),
          'month',
          (ms) => monthOf(ms) - 1,
        )
      if (count === 4) return namePiece(MONTHS, 'month', (ms) => monthOf(ms) - 1)
      return number('month', monthOf)
    case 'd':
      return number('day', (ms) => civilOf(dayOf(ms)).day)
    case 'D':
      return number('dayOfYear', (ms) => dayOfYear(dayOf(ms)))
    case 'E':
      return namePiece(count === 4 ? DAYS : DAYS.map((name) => name.slice(0, 3)), undefined, (ms) => isoDayOfWeek(dayOf(ms)) - 1)
    case 'e':
    case 'c':
      if (lenient || count > 1) break
      return onlyFormat((ms) => String((isoDayOfWeek(dayOf(ms)) % 7) + 1))
    case 'w':
      if (lenient || count > 2) break
      return onlyFormat((ms) => pad(usWeek(dayOf(ms)), count))
    case 'Q':
      if (lenient || count > 2) break
      return onlyFormat((ms) => pad(Math.ceil(monthOf(ms) / 3), count))
    case 'a':
      return namePiece(['AM', 'PM'], 'pm', (ms) => (hourOf(ms) < 12 ? 0 : 1))
    case 'H':
      return number('hour', hourOf)
    case 'k':
      return number(
        'hour',
        (ms) => hourOf(ms) || 24,
        (value) => value % 24,
      )
    case 'K':
      return number('hour12', (ms) => hourOf(ms) % 12)
    case 'h':
      return number(
        'hour12',
        (ms) => hourOf(ms) % 12 || 12,
        (value) => value % 12,
      )
    case 'm':
      return number('minute', (ms) => Math.floor(msOfDay(ms) / 60_000) % 60)
    case 's':
      return number('second', (ms) => Math.floor(msOfDay(ms) / 1000) % 60)
    case 'S':
      return lenient
        ? numberPiece(
            'micros',
            1,
            9,
            (ms) => Math.floor(msOfDay(ms)) % 1000,
            (value) => value * 1000,
          )
        : fractionPiece(count)
    case 'n':
      if (!lenient && count === 1) return onlyFormat((ms) => String((Math.round(msOfDay(ms) * 1000) % 1_000_000) * 1000))
      break
  }
  throw new DateFormatError(`the pattern letter '${letter.repeat(count)}' is not supported here`)
}

function onlyFormat(format: (ms: number) => string): Piece {
  return { format, parse: (text, at) => (/^\w+/.exec(text.slice(at))?.[0].length ?? -1 - at) + at }
}

/** Exactly that many digits of the second, cut off. */
function fractionPiece(count: number): Piece {
  return {
    format: (ms) =>
      pad(Math.round(msOfDay(ms) * 1000) % 1_000_000, 6)
        .padEnd(count, '0')
        .slice(0, count),
    parse(text, at, fields) {
      const digits = text.slice(at, at + count)
      if (!/^\d+$/.test(digits) || digits.length < count) return -1
      fields.micros = Number(digits.slice(0, 6).padEnd(6, '0'))
      return at + count
    },
  }
}

/** Weeks begin on Sunday, the first is that of 1 January: the locale en_US. */
function usWeek(days: number): number {
  const { year } = civilOf(days)
  const sunday = (each: number) => each - (isoDayOfWeek(each) % 7)
  const next = sunday(daysOf(year + 1, 1, 1))
  return days >= next ? 1 : Math.floor((days - sunday(daysOf(year, 1, 1))) / 7) + 1
}

function assemble(fields: Fields, lenient: boolean): number | null {
  const year = fields.year ?? 1970
  const hour = fields.hour ?? (fields.hour12 ?? 0) + (fields.pm ?? 0) * 12
  const { minute = 0, second = 0, micros = 0, month = 1, day = 1 } = fields
  const timeOfDay = hour * 3_600_000 + minute * 60_000 + second * 1000 + micros / 1000
  if (lenient) return (daysOf(year, 1, 1) + lenientDays(year, month, day)) * MS_PER_DAY + timeOfDay
  if (hour > 23 || minute > 59 || second > 59) return null
  if (fields.dayOfYear !== undefined) return (daysOf(year, 1, 1) + fields.dayOfYear - 1) * MS_PER_DAY + timeOfDay
  if (month < 1 || month > 12 || day < 1 || day > 31) return null
  // DateTimeFormatter's SMART style: the last day of the month for one that is a little too large.
  return daysOf(year, month, Math.min(day, daysInMonth(year, month))) * MS_PER_DAY + timeOfDay
}

function lenientDays(year: number, month: number, day: number): number {
  const toYear = year + Math.floor((month - 1) / 12)
  return daysOf(toYear, ((((month - 1) % 12) + 12) % 12) + 1, 1) + day - 1 - daysOf(year, 1, 1)
}
