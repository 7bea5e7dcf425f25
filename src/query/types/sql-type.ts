/** What kind of SQL type a value has; names as Flink's. `NULL` is the type of a bare NULL before a cast gives it one. */
export type TypeKind =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'CHAR'
  | 'VARCHAR'
  | 'BINARY'
  | 'VARBINARY'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP'
  | 'TIMESTAMP_LTZ'
  | 'INTERVAL_YEAR_MONTH'
  | 'INTERVAL_DAY_TIME'
  | 'ARRAY'
  | 'MAP'
  | 'MULTISET'
  | 'ROW'
  | 'NULL'

/**
 * A type of Flink SQL, as the planner and the code generator see it. Values of it at run time:
 *
 * | kind | JavaScript value |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT | number, an integer |
 * | BIGINT | number while it is a safe integer, bigint beyond that (never a bigint that a number could be) |
 * | DECIMAL(p, s) | the unscaled integer (value × 10^s), number or bigint as BIGINT has it |
 * | FLOAT, DOUBLE | number (FLOAT rounded to 32 bits) |
 * | CHAR, VARCHAR | string |
 * | BINARY, VARBINARY | Buffer |
 * | DATE | number, days since the epoch |
 * | TIME | number, ms of the day |
 * | TIMESTAMP, TIMESTAMP_LTZ | number, ms since the epoch (of the local clock face for TIMESTAMP); microseconds are its fraction |
 * | INTERVAL_YEAR_MONTH | number, months |
 * | INTERVAL_DAY_TIME | number, ms |
 * | ARRAY | array; ROW: array of the fields |
 * | MAP, MULTISET | array of [key, value] pairs, keys distinct, in order of first insertion; a MULTISET's values are counts |
 *
 * NULL is null.
 */
export interface SqlType {
  readonly kind: TypeKind
  readonly nullable: boolean
  /** DECIMAL: digits in all (1 to 38). TIME, TIMESTAMP, TIMESTAMP_LTZ: digits of the fraction (0 to 6). CHAR, VARCHAR, BINARY, VARBINARY: length. */
  readonly precision?: number
  /** DECIMAL: digits after the point. */
  readonly scale?: number
  /** ARRAY, MULTISET: its elements; MAP: its values. */
  readonly element?: SqlType
  /** MAP: its keys. */
  readonly key?: SqlType
  /** ROW: its fields in order. */
  readonly fields?: readonly RowField[]
}

export interface RowField {
  readonly name: string
  readonly type: SqlType
}

/** A column of a relation. A time attribute carries a watermark (`row`) or is the clock of the machine (`proc`); windows need one. */
export interface Column extends RowField {
  readonly time?: 'row' | 'proc'
}

/** The longest VARCHAR and VARBINARY: what STRING and BYTES mean. */
export const MAX_LENGTH = 2_147_483_647
