import { type TimeZone, timeZone, utcToLocal } from '../../base/time-zone.ts'
import { dayOf, msOfDay } from './calendar.ts'
import { doubleText, floatText, strippedDecimalText } from './number-text.ts'
import type { SqlType } from './sql-type.ts'
import { dateText, isoTime } from './time-text.ts'
import { castToText } from './value-text.ts'
import type { Wide } from './wide-integer.ts'

/**
 * A field as JSON text, as Flink's SQL gateway prints it (rowFormat=JSON): BIGINT exact, DECIMAL without trailing zeros (`1E+2`), NaN and
 * Infinity as text, TIMESTAMP `2026-01-01T12:00:00` with a fraction only when it is not zero, TIMESTAMP_LTZ with `Z`, BYTES in base64.
 * @param zone of the session. Flink writes TIMESTAMP_LTZ as the clock face there, and a Z behind it whatever the zone is.
 */
export function toJsonRow(value: unknown, type: SqlType, zone = 'UTC'): string {
  if (value === null || value === undefined) return 'null'
  switch (type.kind) {
    case 'DECIMAL':
      return strippedDecimalText(value as Wide, type.scale ?? 0)
    case 'DOUBLE':
      return finite(value as number, doubleText)
    case 'FLOAT':
      return finite(value as number, floatText)
    case 'CHAR':
    case 'VARCHAR':
      return JSON.stringify(value)
    case 'BINARY':
    case 'VARBINARY':
      return JSON.stringify((value as Buffer).toString('base64'))
    case 'DATE':
      return `"${dateText(value as number)}"`
    case 'TIME':
      return `"${isoTime(value as number)}"`
    case 'TIMESTAMP':
      return `"${isoTimestamp(value as number)}"`
    case 'TIMESTAMP_LTZ':
      return `"${isoTimestamp(utcToLocal(value as number, timeZone(zone) ?? UTC))}Z"`
    case 'ARRAY':
      return `[${(value as unknown[]).map((item) => toJsonRow(item, type.element as SqlType, zone)).join(',')}]`
    case 'MAP':
    case 'MULTISET':
      return `{${(value as [unknown, unknown][]).map(([key, item]) => entry(type, key, item, zone)).join(',')}}`
    case 'ROW':
      return `{${(type.fields ?? []).map((field, i) => `${JSON.stringify(field.name)}:${toJsonRow((value as unknown[])[i], field.type, zone)}`).join(',')}}`
    default:
      return String(value)
  }
}

function entry(type: SqlType, key: unknown, item: unknown, zone: string): string {
  const keyType = (type.kind === 'MAP' ? type.key : type.element) as SqlType
  const text = JSON.stringify(castToText(key, keyType, zone) ?? 'null')
  return `${text}:${type.kind === 'MAP' ? toJsonRow(item, type.element as SqlType, zone) : item}`
}

const UTC: TimeZone = { name: 'UTC', offsetAt: () => 0 }

function finite(value: number, text: (value: number) => string): string {
  return Number.isFinite(value) ? text(value) : `"${value}"`
}

function isoTimestamp(ms: number): string {
  return `${dateText(dayOf(ms))}T${isoTime(msOfDay(ms))}`
}
