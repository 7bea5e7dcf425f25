import { dayOf, msOfDay } from '../../types/calendar.ts'
import { decimalText } from '../../types/decimal-value.ts'
import { bigDecimalText, doubleText, floatText } from '../../types/number-text.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { dateText, isoTime } from '../../types/time-text.ts'
import { castToText } from '../../types/value-text.ts'
import type { Wide } from '../../types/wide-integer.ts'
import { JsonNumber, type JsonValue } from './read-json.ts'

/** JSON text as Flink's functions write it: no spaces, keys of objects in order of their names. */

const ascending = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)

export function writeJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoteJson(value)
  if (value instanceof JsonNumber) return numberText(value)
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  const entries = [...value].sort(ascending)
  return `{${entries.map(([key, item]) => `${quoteJson(key)}:${writeJson(item)}`).join(',')}}`
}

/** As Jackson escapes: quotes, backslashes and control characters, those without a short form in upper case. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/\\u00[0-9a-f]{2}/g, (sequence) => `\\u${sequence.slice(2).toUpperCase()}`)
}

/** Integers as they are, others as BigDecimal.toString. */
export function numberText(number: JsonNumber): string {
  if (number.isInteger) return String(BigInt(number.text))
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number.text)
  if (!match) return number.text
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '')
  return bigDecimalText(sign === '-' && /[1-9]/.test(digits), digits, fraction.length - Number(exponent))
}

/** Why a type cannot become JSON, or undefined when it can: Flink's list. */
export function notJson(type: SqlType): SqlType | undefined {
  switch (type.kind) {
    case 'ARRAY':
    case 'MULTISET':
      return notJson(type.element as SqlType)
    case 'MAP':
      return ['CHAR', 'VARCHAR'].includes((type.key as SqlType).kind) ? notJson(type.element as SqlType) : type.key
    case 'ROW':
      return (type.fields ?? []).map((field) => notJson(field.type)).find((found) => found !== undefined)
    case 'DATE':
    case 'TIME':
    case 'INTERVAL_DAY_TIME':
    case 'INTERVAL_YEAR_MONTH':
    case 'NULL':
      return type
    default:
      return undefined
  }
}

/** A SQL value as JSON text. */
export function toJson(value: unknown, type: SqlType): string {
  if (value === null || value === undefined) return 'null'
  switch (type.kind) {
    case 'BOOLEAN':
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return String(value)
    case 'DECIMAL':
      return decimalText(value as Wide, type.scale ?? 0)
    case 'DOUBLE':
      return finite(value as number, doubleText)
    case 'FLOAT':
      return finite(value as number, floatText)
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return `"${dateText(dayOf(value as number))}T${isoTime(msOfDay(value as number))}${type.kind === 'TIMESTAMP' ? '' : 'Z'}"`
    case 'BINARY':
    case 'VARBINARY':
      return `"${(value as Buffer).toString('base64')}"`
    case 'ARRAY':
      return `[${(value as unknown[]).map((item) => toJson(item, type.element as SqlType)).join(',')}]`
    case 'MAP':
    case 'MULTISET':
      return mapJson(value as [unknown, unknown][], type)
    case 'ROW':
      return `{${(type.fields ?? []).map((field, i) => `${quoteJson(field.name)}:${toJson((value as unknown[])[i], field.type)}`).join(',')}}`
    default:
      return quoteJson(String(value))
  }
}

function mapJson(pairs: readonly [unknown, unknown][], type: SqlType): string {
  const isMap = type.kind === 'MAP'
  const entries = pairs.map(([key, item]): [string, string] => [
    castToText(key, (isMap ? type.key : type.element) as SqlType, 'UTC') ?? 'null',
    isMap ? toJson(item, type.element as SqlType) : String(item),
  ])
  return `{${entries.map(([key, item]) => `${quoteJson(key)}:${item}`).join(',')}}`
}

const finite = (value: number, text: (value: number) => string): string => (Number.isFinite(value) ? text(value) : `"${value}"`)
