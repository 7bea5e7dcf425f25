import { JsonNumber, type JsonValue, readJson } from '../../../src/query/expr/json/read-json.ts'
import { parseDecimal } from '../../../src/query/types/decimal-value.ts'
import type { Column, SqlType } from '../../../src/query/types/sql-type.ts'
import { parseDate, parseTime, parseTimestamp } from '../../../src/query/types/time-text.ts'
import { wide } from '../../../src/query/types/wide-integer.ts'

/** Rows of a table of a case file (NDJSON, ISO-8601) as run-time values; the decoder of the engine is somebody else's and tested elsewhere. */
export function fromCaseJson(text: string, columns: readonly Column[]): unknown[][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const object = readJson(line) as Map<string, JsonValue>
    return columns.map((column) => decode(object.get(column.name) ?? null, column.type))
  })
}

function decode(json: JsonValue, type: SqlType): unknown {
  if (json === null) return null
  const text = json instanceof JsonNumber ? json.text : json
  switch (type.kind) {
    case 'BIGINT':
      return wide(BigInt(text as string))
    case 'DECIMAL':
      return parseDecimal(text as string, type.precision ?? 10, type.scale ?? 0)
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'DOUBLE':
      return Number(text)
    case 'FLOAT':
      return Math.fround(Number(text))
    case 'DATE':
      return parseDate(text as string)
    case 'TIME':
      return parseTime(text as string)
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return parseTimestamp((text as string).replace('T', ' ').replace('Z', ''))
    case 'BINARY':
    case 'VARBINARY':
      return Buffer.from(text as string, 'base64')
    case 'ARRAY':
      return (json as JsonValue[]).map((item) => decode(item, type.element as SqlType))
    case 'MAP':
      return [...(json as Map<string, JsonValue>)].map(([key, item]) => [key, decode(item, type.element as SqlType)])
    case 'ROW':
      return (type.fields ?? []).map((field) => decode((json as Map<string, JsonValue>).get(field.name) ?? null, field.type))
    default:
      return text
  }
}
