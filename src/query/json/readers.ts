import type { FieldType, JsonOptions } from './field.ts'
import { readBytes } from './read-bytes.ts'
import { readDecimal } from './read-decimal.ts'
import { readInteger } from './read-integer.ts'
import { readBoolean, readDouble, readFloat } from './read-number.ts'
import { type Reader, readRaw, readString } from './read-text.ts'
import { readDate, readTime, timestampReader } from './read-time.ts'

const READERS: Readonly<Record<Exclude<FieldType, 'TIMESTAMP' | 'TIMESTAMP_LTZ'>, Reader>> = {
  BOOLEAN: readBoolean,
  TINYINT: readInteger,
  SMALLINT: readInteger,
  INT: readInteger,
  BIGINT: readInteger,
  FLOAT: readFloat,
  DOUBLE: readDouble,
  DECIMAL: readDecimal,
  STRING: readString,
  BYTES: readBytes,
  DATE: readDate,
  TIME: readTime,
  RAW_JSON: readRaw,
}

/** What reads a value of a type. */
export function readerOf(type: FieldType, { timestampFormat = 'SQL' }: JsonOptions): Reader {
  if (type === 'TIMESTAMP' || type === 'TIMESTAMP_LTZ') return timestampReader(timestampFormat, type === 'TIMESTAMP_LTZ')
  return READERS[type]
}
