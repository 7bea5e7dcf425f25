import { notNull, withNullable } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { sameType } from '../types/type-equality.ts'
import type { Call, ColumnRef, Expr, Literal, Place } from './expr.ts'

/** Small constructors of bound expressions. */

export function literal(value: unknown, type: SqlType): Literal {
  return { op: 'literal', type: withNullable(type, value === null), value }
}

export function column(type: SqlType, index: number, input = 0): ColumnRef {
  return { op: 'column', type, input, index }
}

export function call(fn: string, type: SqlType, args: readonly Expr[], at?: Place): Call {
  return at ? { op: 'call', type, fn, args, at } : { op: 'call', type, fn, args }
}

export const isLiteral = (expr: Expr): expr is Literal => expr.op === 'literal'
export const isNullLiteral = (expr: Expr): boolean => expr.op === 'literal' && expr.value === null

/** CAST to that type, keeping NULL or not from the operand; nothing where the type is the same already. */
export function castTo(expr: Expr, type: SqlType): Expr {
  if (sameType(expr.type, type, true)) return expr
  if (isNullLiteral(expr)) return literal(null, type)
  return call('CAST', withNullable(type, expr.type.nullable), [expr])
}

/** The operand, said to be never NULL. */
export function assertNotNull(expr: Expr): Expr {
  return expr.type.nullable ? call('REINTERPRET', notNull(expr.type), [expr], expr.op === 'call' ? expr.at : undefined) : expr
}

export const anyNullable = (args: readonly Expr[]): boolean => args.some((arg) => arg.type.nullable)
