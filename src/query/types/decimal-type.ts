import { decimal } from './make-type.ts'
import type { SqlType } from './sql-type.ts'

/**
 * The types of DECIMAL arithmetic. The rules are those of Flink's LogicalTypeMerging (SQL Server's, as Hive has them): when 38 digits do not do,
 * digits after the point are given up first, down to six.
 */

const MAX_PRECISION = 38
const MIN_SCALE = 6

export function sumType([p1, s1]: Shape, [p2, s2]: Shape): SqlType {
  const scale = Math.max(s1, s2)
  return adjust(Math.max(p1 - s1, p2 - s2) + scale + 1, scale)
}

export function productType([p1, s1]: Shape, [p2, s2]: Shape): SqlType {
  return adjust(p1 + p2 + 1, s1 + s2)
}

export function quotientType([p1, s1]: Shape, [p2, s2]: Shape): SqlType {
  const scale = Math.max(6, s1 + p2 + 1)
  return adjust(p1 - s1 + s2 + scale, scale)
}

export function moduloType([p1, s1]: Shape, [p2, s2]: Shape): SqlType {
  const scale = Math.max(s1, s2)
  return adjust(Math.min(p1 - s1, p2 - s2) + scale, scale)
}

/** ROUND(x, digits) and TRUNCATE with a constant number of digits. */
export function roundType([precision, scale]: Shape, digits: number): SqlType {
  if (digits >= scale) return decimal(precision, scale)
  if (digits < 0) return decimal(Math.min(MAX_PRECISION, 1 + precision - scale), 0)
  return decimal(1 + precision - scale + digits, digits)
}

export type Shape = readonly [precision: number, scale: number]

function adjust(precision: number, scale: number): SqlType {
  if (precision <= MAX_PRECISION) return decimal(precision, scale)
  return decimal(MAX_PRECISION, Math.max(MAX_PRECISION - (precision - scale), Math.min(scale, MIN_SCALE)))
}
