import type { SqlType } from './sql-type.ts'

/** The same type, NULL or not, with equal parameters; `ignoreNull` leaves the outermost NOT NULL aside. Names of fields count. */
export function sameType(a: SqlType, b: SqlType, ignoreNull = false): boolean {
  if (a === b) return true
  if (a.kind !== b.kind || (!ignoreNull && a.nullable !== b.nullable)) return false
  if (a.precision !== b.precision || a.scale !== b.scale) return false
  return sameInner(a.element, b.element) && sameInner(a.key, b.key) && sameFields(a, b)
}

function sameInner(a: SqlType | undefined, b: SqlType | undefined): boolean {
  if (!a || !b) return a === b
  return sameType(a, b)
}

function sameFields(a: SqlType, b: SqlType): boolean {
  const left = a.fields ?? []
  const right = b.fields ?? []
  return left.length === right.length && left.every((field, i) => field.name === right[i]?.name && sameInner(field.type, right[i]?.type))
}
