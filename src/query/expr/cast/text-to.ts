import { localToUtc, type TimeZone } from '../../../base/time-zone.ts'
import { parseDecimal } from '../../types/decimal-value.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { parseDate, parseTime, parseTimestamp } from '../../types/time-text.ts'
import { type Wide, wide } from '../../types/wide-integer.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'

/** Casts of text. They throw where Flink fails; TRY_CAST catches that. */

const INTEGER = /^([+-]?)(\d*)(?:\.\d*)?$/
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/
const WORDS = /^([+-]?)(NaN|Infinity)$/
const LIMITS: Readonly<Record<string, bigint>> = { TINYINT: 2n ** 7n, SMALLINT: 2n ** 15n, INT: 2n ** 31n, BIGINT: 2n ** 63n }
const TRUE_WORDS = new Set(['t', 'true', 'y', 'yes', '1'])
const FALSE_WORDS = new Set(['f', 'false', 'n', 'no', '0'])

function fail(text: string, type: string): never {
  throw new SqlRuntimeError(`cannot cast '${text.length > 60 ? `${text.slice(0, 60)}…` : text}' to ${type}`)
}

/** Digits behind a point are cut off; spaces around are left aside. */
export function textToInteger(type: SqlType): (text: string) => Wide {
  const limit = LIMITS[type.kind] as bigint
  const most = Number(limit)
  return (text) => {
    const match = INTEGER.exec(text.trim())
    if (!match || text.trim() === '' || (match[2] === '' && match[0].length === (match[1] as string).length)) return fail(text, type.kind)
    const digits = match[2] as string
    if (digits.length < 16) {
      const value = Number(digits) * (match[1] === '-' ? -1 : 1) + 0
      return value < most && value >= -most ? value : fail(text, type.kind)
    }
    const value = match[1] === '-' ? -BigInt(digits) : BigInt(digits)
    return value < limit && value >= -limit ? wide(value) : fail(text, type.kind)
  }
}

/** What Java's Double.parseDouble takes, without hexadecimal. */
export function textToDouble(text: string): number {
  const trimmed = text.trim()
  const word = WORDS.exec(trimmed)
  if (word) return Number(`${word[2] === 'NaN' ? '' : word[1]}${word[2]}`)
  if (!REAL.test(trimmed)) return fail(text, 'DOUBLE')
  return Number(trimmed.replace(/[dDfF]$/, ''))
}

export function textToDecimal(type: SqlType): (text: string) => Wide {
  const { precision = 10, scale = 0 } = type
  return (text) => parseDecimal(text.trim(), precision, scale) ?? fail(text, `DECIMAL(${precision}, ${scale})`)
}

export function textToBoolean(text: string): boolean {
  const word = text.toLowerCase()
  if (TRUE_WORDS.has(word)) return true
  return FALSE_WORDS.has(word) ? false : fail(text, 'BOOLEAN')
}

export const textToDate = (text: string): number => parseDate(text) ?? fail(text, 'DATE')
export const textToTime = (text: string): number => parseTime(text) ?? fail(text, 'TIME')

export function textToTimestamp(precision: number): (text: string) => number {
  return (text) => parseTimestamp(text, precision) ?? fail(text, `TIMESTAMP(${precision})`)
}

export function textToTimestampLtz(precision: number, zone: TimeZone): (text: string) => number {
  return (text) => localToUtc(parseTimestamp(text, precision) ?? fail(text, `TIMESTAMP_LTZ(${precision})`), zone)
}
