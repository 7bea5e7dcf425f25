import { MAX_LENGTH, type RowField, type SqlType, type TypeKind } from './sql-type.ts'

/** Constructors of types. As in DDL, a type allows NULL unless {@link notNull} says otherwise. */

const simple = (kind: TypeKind): SqlType => Object.freeze({ kind, nullable: true })

export const BOOLEAN = simple('BOOLEAN')
export const TINYINT = simple('TINYINT')
export const SMALLINT = simple('SMALLINT')
export const INT = simple('INT')
export const BIGINT = simple('BIGINT')
export const FLOAT = simple('FLOAT')
export const DOUBLE = simple('DOUBLE')
export const DATE = simple('DATE')
/** The type of a bare NULL. */
export const NULL_TYPE = simple('NULL')
export const YEAR_MONTH = simple('INTERVAL_YEAR_MONTH')
export const DAY_TIME = simple('INTERVAL_DAY_TIME')

export const decimal = (precision = 10, scale = 0): SqlType => ({ kind: 'DECIMAL', nullable: true, precision, scale })
export const char = (length = 1): SqlType => ({ kind: 'CHAR', nullable: true, precision: length })
export const varchar = (length = 1): SqlType => ({ kind: 'VARCHAR', nullable: true, precision: length })
export const binary = (length = 1): SqlType => ({ kind: 'BINARY', nullable: true, precision: length })
export const varbinary = (length = 1): SqlType => ({ kind: 'VARBINARY', nullable: true, precision: length })
export const STRING = varchar(MAX_LENGTH)
export const BYTES = varbinary(MAX_LENGTH)

export const time = (precision = 0): SqlType => ({ kind: 'TIME', nullable: true, precision })
export const timestamp = (precision = 6): SqlType => ({ kind: 'TIMESTAMP', nullable: true, precision })
export const timestampLtz = (precision = 6): SqlType => ({ kind: 'TIMESTAMP_LTZ', nullable: true, precision })

export const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', nullable: true, element })
export const multiset = (element: SqlType): SqlType => ({ kind: 'MULTISET', nullable: true, element })
export const map = (key: SqlType, value: SqlType): SqlType => ({ kind: 'MAP', nullable: true, key, element: value })
export const row = (fields: readonly RowField[]): SqlType => ({ kind: 'ROW', nullable: true, fields })

export function nullable(type: SqlType): SqlType {
  return type.nullable ? type : { ...type, nullable: true }
}

export function notNull(type: SqlType): SqlType {
  return type.nullable ? { ...type, nullable: false } : type
}

export function withNullable(type: SqlType, isNullable: boolean): SqlType {
  return isNullable ? nullable(type) : notNull(type)
}
