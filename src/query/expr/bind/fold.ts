import { functionNamed } from '../catalogue.ts'
import { compileExpression } from '../compile.ts'
import type { Expr, Place } from '../expr.ts'
import { planError } from '../plan-error.ts'
import type { Session } from '../session.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'

/**
 * A call of constants as its value. Not where it depends on the clock or on chance; not where it fails (the row that meets it fails, as long
 * as none is met nothing does); not where NULL comes out of a type that has none (an overflow of DECIMAL).
 */
export function fold(expr: Expr, session: Session, at: Place | undefined): Expr {
  if (expr.op !== 'call' || expr.args.length === 0 || !expr.args.every((arg) => arg.op === 'literal')) return expr
  const entry = functionNamed(expr.fn)
  if (!entry || entry.volatile) return expr
  // As Flink: a division of two constants by zero is refused, even one of DOUBLEs, which a row would answer with Infinity.
  if (expr.fn === 'DIVIDE' && isZero(expr.args[1])) throw planError(at, 'division by zero')
  try {
    const value = compileExpression(expr, session)()
    return value === null && !expr.type.nullable ? expr : { op: 'literal', type: expr.type, value }
  } catch (error) {
    if (error instanceof SqlRuntimeError) return expr
    throw error
  }
}

function isZero(expr: Expr | undefined): boolean {
  return expr?.op === 'literal' && (expr.value === 0 || expr.value === 0n)
}
