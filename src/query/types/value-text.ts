import { timeZone, utcToLocal } from '../../base/time-zone.ts'
import { decimalText } from './decimal-value.ts'
import { doubleText, floatText } from './number-text.ts'
import type { SqlType } from './sql-type.ts'
import { dateText, pad, timestampText, timeText } from './time-text.ts'
import type { Wide } from './wide-integer.ts'

/** A value as CAST(… AS STRING) gives it. NULL inside a collection is `NULL`. @param zone of the session, for TIMESTAMP_LTZ */
export function castToText(value: unknown, type: SqlType, zone: string): string | null {
  if (value === null || value === undefined) return null
  return textWriter(type, zone)(value)
}

/** The cast of one type to text, chosen once. It takes no null. */
export function textWriter(type: SqlType, zone: string): (value: unknown) => string {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (value ? 'TRUE' : 'FALSE')
    case 'DECIMAL': {
      const scale = type.scale ?? 0
      return (value) => decimalText(value as Wide, scale)
    }
    case 'DOUBLE':
      return (value) => doubleText(value as number)
    case 'FLOAT':
      return (value) => floatText(value as number)
    case 'BINARY':
    case 'VARBINARY':
      return (value) => (value as Buffer).toString('utf8')
    case 'DATE':
      return (value) => dateText(value as number)
    case 'TIME':
      return (value) => timeText(value as number, type.precision ?? 0)
    case 'TIMESTAMP':
      return (value) => timestampText(value as number, type.precision ?? 6)
    case 'TIMESTAMP_LTZ': {
      const local = timeZone(zone) ?? { name: 'UTC', offsetAt: () => 0 }
      return (value) => timestampText(utcToLocal(value as number, local), type.precision ?? 6)
    }
    case 'INTERVAL_YEAR_MONTH':
      return (value) => monthsText(value as number)
    case 'INTERVAL_DAY_TIME':
      return (value) => intervalText(value as number)
    case 'ARRAY':
      return listWriter(type, zone)
    case 'MAP':
    case 'MULTISET':
      return mapWriter(type, zone)
    case 'ROW':
      return rowWriter(type, zone)
    default:
      return String
  }
}

type Writer = (value: unknown) => string

const orNull =
  (write: Writer): Writer =>
  (value) =>
    value === null ? 'NULL' : write(value)

function listWriter(type: SqlType, zone: string): Writer {
  const write = orNull(textWriter(type.element as SqlType, zone))
  return (value) => `[${(value as unknown[]).map(write).join(', ')}]`
}

function mapWriter(type: SqlType, zone: string): Writer {
  const isMap = type.kind === 'MAP'
  const key = orNull(textWriter((isMap ? type.key : type.element) as SqlType, zone))
  const item = isMap ? orNull(textWriter(type.element as SqlType, zone)) : String
  return (value) => `{${(value as [unknown, unknown][]).map(([k, v]) => `${key(k)}=${item(v)}`).join(', ')}}`
}

function rowWriter(type: SqlType, zone: string): Writer {
  const writers = (type.fields ?? []).map((field) => orNull(textWriter(field.type, zone)))
  return (value) => `(${writers.map((write, i) => write((value as unknown[])[i] ?? null)).join(', ')})`
}

function monthsText(months: number): string {
  const size = Math.abs(months)
  return `${months < 0 ? '-' : '+'}${Math.floor(size / 12)}-${pad(size % 12, 2)}`
}

function intervalText(ms: number): string {
  const size = Math.abs(ms)
  const days = Math.floor(size / 86_400_000)
  return `${ms < 0 ? '-' : '+'}${days} ${timeText(size - days * 86_400_000, 3)}`
}
