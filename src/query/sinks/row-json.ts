import type { Row } from '../operators/operator.ts'
import { toJsonRow } from '../types/json-row.ts'
import type { Column, SqlType } from '../types/sql-type.ts'
import { dateText, isoTime } from '../types/time-text.ts'
import { castToText } from '../types/value-text.ts'

export interface RowJsonOptions {
  readonly timestampFormat: 'SQL' | 'ISO-8601'
  /** `json.encode.ignore-null-fields` */
  readonly omitNulls: boolean
}

/** Writes rows as JSON objects by column name, as Flink's json format does. Compiled once for the columns. */
export function rowToJson(columns: readonly Column[], options: RowJsonOptions): (row: Row) => string {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`)
  const writers = columns.map(({ type }) => valueToJson(type, options))
  return (row) => {
    let text = ''
    for (let i = 0; i < names.length; i++) {
      const value = row[i]
      if (value === null && options.omitNulls) continue
      text += `${text === '' ? '' : ','}${names[i]}${value === null || value === undefined ? 'null' : (writers[i] as (value: unknown) => string)(value)}`
    }
    return `{${text}}`
  }
}

/** Writes a value of a type that is not NULL. */
export function valueToJson(type: SqlType, options: RowJsonOptions): (value: unknown) => string {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (value) => JSON.stringify(value)
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
    case 'BOOLEAN':
      return String
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const zone = type.kind === 'TIMESTAMP_LTZ' ? 'Z' : ''
      const between = options.timestampFormat === 'SQL' ? ' ' : 'T'
      return (value) => `"${timestampText(value as number, between)}${zone}"`
    }
    case 'ARRAY': {
      const element = orNull(valueToJson(type.element as SqlType, options))
      return (value) => `[${(value as unknown[]).map(element).join(',')}]`
    }
    case 'ROW': {
      const columns = type.fields ?? []
      return rowToJson(columns, options) as (value: unknown) => string
    }
    case 'MAP':
    case 'MULTISET': {
      const element = orNull(valueToJson(type.kind === 'MAP' ? (type.element as SqlType) : { kind: 'INT', nullable: false }, options))
      const key = (type.kind === 'MAP' ? type.key : type.element) as SqlType
      return (value) =>
        `{${(value as Array<[unknown, unknown]>).map(([name, item]) => `${JSON.stringify(castToText(name, key, 'UTC') ?? 'null')}:${element(item)}`).join(',')}}`
    }
    default:
      return (value) => toJsonRow(value, type)
  }
}

const orNull = (write: (value: unknown) => string) => (value: unknown) => (value === null ? 'null' : write(value))

const DAY = 86_400_000

function timestampText(ms: number, between: string): string {
  const day = Math.floor(ms / DAY)
  return `${dateText(day)}${between}${isoTime(ms - day * DAY)}`
}
