import { array, char, DOUBLE, decimal, map, multiset, row, varbinary, varchar, withNullable } from './make-type.ts'
import type { RowField, SqlType, TypeKind } from './sql-type.ts'
import { sameType } from './type-equality.ts'
import { decimalShape, isApproximate, isBinary, isDecimal, isExact, isInteger, isInterval, isNumeric, isText } from './type-kind.ts'

const WIDTH: readonly TypeKind[] = ['TINYINT', 'SMALLINT', 'INT', 'BIGINT']

/**
 * The least restrictive type that all of these can become, as CASE, COALESCE, UNION, VALUES and comparisons want it; undefined when there
 * is none. It allows NULL when one of them does.
 */
export function commonType(types: readonly SqlType[]): SqlType | undefined {
  const allowsNull = types.some((type) => type.nullable)
  let result: SqlType | undefined
  for (const type of types) {
    if (type.kind === 'NULL') continue
    result = result === undefined ? type : commonOfTwo(result, type)
    if (result === undefined) return undefined
  }
  return result ? withNullable(result, allowsNull) : types[0]
}

function commonOfTwo(a: SqlType, b: SqlType): SqlType | undefined {
  if (sameType(a, b, true)) return a
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b)
  if (isText(a) && isText(b)) return commonText(a, b)
  if (isBinary(a) && isBinary(b)) return varbinary(longest(a, b))
  if (isInterval(a) && a.kind === b.kind) return a
  if (a.kind === b.kind) return commonOfKind(a, b)
  if (isInstant(a) && isInstant(b)) return commonInstant(a, b)
  return undefined
}

function commonNumber(a: SqlType, b: SqlType): SqlType {
  if (isInteger(a) && isInteger(b)) return WIDTH.indexOf(a.kind) >= WIDTH.indexOf(b.kind) ? a : b
  if (isExact(a) && isExact(b)) {
    const [p1, s1] = decimalShape(a)
    const [p2, s2] = decimalShape(b)
    const scale = Math.max(s1, s2)
    const digits = Math.max(p1 - s1, p2 - s2)
    // Calcite keeps the digits before the point and gives up those behind it.
    return digits + scale <= 38 ? decimal(digits + scale, scale) : decimal(38, Math.max(0, 38 - digits))
  }
  if (isDecimal(a) || isDecimal(b)) return DOUBLE
  // Calcite says that FLOAT and DOUBLE are equally precise: the first one wins.
  return isApproximate(a) ? a : b
}

function commonText(a: SqlType, b: SqlType): SqlType {
  const length = longest(a, b)
  return a.kind === 'CHAR' && b.kind === 'CHAR' && a.precision === b.precision ? char(length) : varchar(length)
}

function commonOfKind(a: SqlType, b: SqlType): SqlType | undefined {
  switch (a.kind) {
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (a.precision ?? 0) >= (b.precision ?? 0) ? a : b
    case 'ARRAY':
    case 'MULTISET': {
      const element = inner(a.element, b.element)
      return element && (a.kind === 'ARRAY' ? array(element) : multiset(element))
    }
    case 'MAP': {
      const key = inner(a.key, b.key)
      const value = inner(a.element, b.element)
      return key && value && map(key, value)
    }
    case 'ROW':
      return commonRow(a.fields ?? [], b.fields ?? [])
    default:
      return a
  }
}

function commonRow(a: readonly RowField[], b: readonly RowField[]): SqlType | undefined {
  if (a.length !== b.length) return undefined
  const fields: RowField[] = []
  for (const [i, field] of a.entries()) {
    const type = inner(field.type, b[i]?.type)
    if (!type) return undefined
    fields.push({ name: field.name, type })
  }
  return row(fields)
}

const isInstant = (type: SqlType): boolean => type.kind === 'DATE' || type.kind === 'TIMESTAMP' || type.kind === 'TIMESTAMP_LTZ'

function commonInstant(a: SqlType, b: SqlType): SqlType {
  if (a.kind === 'DATE') return b
  if (b.kind === 'DATE') return a
  const precision = Math.max(a.precision ?? 0, b.precision ?? 0)
  return { ...(a.kind === 'TIMESTAMP_LTZ' ? a : b), precision }
}

const inner = (a: SqlType | undefined, b: SqlType | undefined): SqlType | undefined => (a && b ? commonType([a, b]) : undefined)
const longest = (a: SqlType, b: SqlType): number => Math.max(a.precision ?? 1, b.precision ?? 1)
