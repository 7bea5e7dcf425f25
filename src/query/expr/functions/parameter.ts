import { BIGINT, BOOLEAN, BYTES, DOUBLE, INT, STRING } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isBinary, isExact, isInteger, isNumeric, isSmallInteger, isText } from '../../types/type-kind.ts'

/** What a function takes in one place: the type an argument is cast to, or undefined where it cannot be taken. */
export interface Parameter {
  /** As Flink names it in `Supported form(s)`. */
  readonly text: string
  accept(type: SqlType): SqlType | undefined
}

export const parameter = (text: string, fallback: SqlType, accepts: (type: SqlType) => SqlType | undefined): Parameter => ({
  text,
  accept: (type) => (type.kind === 'NULL' ? fallback : accepts(type)),
})

const same = (test: (type: SqlType) => boolean) => (type: SqlType) => (test(type) ? type : undefined)

export const TEXT = parameter('STRING', STRING, same(isText))
export const BOOL = parameter(
  'BOOLEAN',
  BOOLEAN,
  same((type) => type.kind === 'BOOLEAN'),
)
export const NUMBER = parameter('NUMERIC', INT, same(isNumeric))
export const EXACT = parameter('EXACT_NUMERIC', INT, same(isExact))
export const WHOLE = parameter('INTEGER', INT, same(isInteger))
/** An INT; a BIGINT does not fit. */
export const SMALL = parameter('INT', INT, same(isSmallInteger))
export const LONG = parameter('BIGINT', BIGINT, (type) => (isInteger(type) ? BIGINT : undefined))
export const REAL = parameter('NUMERIC', DOUBLE, (type) => (isNumeric(type) ? DOUBLE : undefined))
export const BINARY = parameter('BINARY', BYTES, same(isBinary))
export const ANY = parameter('ANY', STRING, (type) => type)
