import type { Row } from '../operators/operator.ts'
import type { Column, SqlType } from '../types/sql-type.ts'
import type { JsonBytes, MinuteText } from './json-bytes.ts'
import { type RowJsonOptions, valueToJson } from './row-json.ts'

type ValueBytes = (to: JsonBytes, value: unknown) => void

const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const NULL = Buffer.from('null')

/** As rowToJson, with the same text, into bytes. */
export function rowToBytes(columns: readonly Column[], options: RowJsonOptions): (to: JsonBytes, row: Row) => void {
  const names = columns.map(({ name }) => Buffer.from(`${JSON.stringify(name)}:`))
  const writers = columns.map(({ type }) => valueToBytes(type, options))
  return (to, row) => {
    to.byte(OPEN_BRACE)
    let first = true
    for (let i = 0; i < names.length; i++) {
      const value = row[i]
      const isNull = value === null || value === undefined
      if (value === null && options.omitNulls) continue
      if (!first) to.byte(COMMA)
      first = false
      to.raw(names[i] as Buffer)
      if (isNull) to.raw(NULL)
      else (writers[i] as ValueBytes)(to, value)
    }
    to.byte(CLOSE_BRACE)
  }
}

function valueToBytes(type: SqlType, options: RowJsonOptions): ValueBytes {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return (to, value) => to.text(value as string)
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return (to, value) => to.integer(value as number | bigint)
    case 'DOUBLE':
      return (to, value) => to.double(value as number)
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const zone = type.kind === 'TIMESTAMP_LTZ' ? 'Z' : ''
      const between = options.timestampFormat === 'SQL' ? ' ' : 'T'
      const last: MinuteText = { minute: Number.NaN, bytes: new Uint8Array(0) }
      return (to, value) => to.timestamp(value as number, between, zone, last)
    }
    default: {
      const write = valueToJson(type, options)
      return (to, value) => to.json(write(value))
    }
  }
}
