import type { SqlType, TypeKind } from './sql-type.ts'

const INTEGERS: readonly TypeKind[] = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT']

export const isInteger = (type: SqlType): boolean => INTEGERS.includes(type.kind)
/** TINYINT, SMALLINT, INT: what 32-bit arithmetic of JavaScript can do. */
export const isSmallInteger = (type: SqlType): boolean => isInteger(type) && type.kind !== 'BIGINT'
export const isDecimal = (type: SqlType): boolean => type.kind === 'DECIMAL'
export const isExact = (type: SqlType): boolean => isInteger(type) || isDecimal(type)
export const isApproximate = (type: SqlType): boolean => type.kind === 'FLOAT' || type.kind === 'DOUBLE'
export const isNumeric = (type: SqlType): boolean => isExact(type) || isApproximate(type)
export const isText = (type: SqlType): boolean => type.kind === 'CHAR' || type.kind === 'VARCHAR'
export const isBinary = (type: SqlType): boolean => type.kind === 'BINARY' || type.kind === 'VARBINARY'
export const isTimestamp = (type: SqlType): boolean => type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ'
export const isTemporal = (type: SqlType): boolean => type.kind === 'DATE' || type.kind === 'TIME' || isTimestamp(type)
export const isInterval = (type: SqlType): boolean => type.kind === 'INTERVAL_DAY_TIME' || type.kind === 'INTERVAL_YEAR_MONTH'
/** May its value be a bigint? */
export const isWide = (type: SqlType): boolean => type.kind === 'BIGINT' || (type.kind === 'DECIMAL' && (type.precision ?? 0) > 15)

/** Digits that an integer type can have, as Flink counts when it makes it a DECIMAL. */
export function integerDigits(type: SqlType): number {
  if (type.kind === 'TINYINT') return 3
  if (type.kind === 'SMALLINT') return 5
  if (type.kind === 'INT') return 10
  return 19
}

/** A DECIMAL or an integer as [precision, scale]. */
export function decimalShape(type: SqlType): [precision: number, scale: number] {
  return type.kind === 'DECIMAL' ? [type.precision ?? 10, type.scale ?? 0] : [integerDigits(type), 0]
}
