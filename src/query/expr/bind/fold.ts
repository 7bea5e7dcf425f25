import { isNullLiteral } from '../build.ts'
import { functionNamed } from '../catalogue.ts'
import { compileExpression } from '../compile.ts'
import type { Call, Expr, Place } from '../expr.ts'
import { planError } from '../plan-error.ts'
import type { Session } from '../session.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'

/**
 * A call of constants as its value. Not where it depends on the clock or on chance; not where it fails (the row that meets it fails, as long
 * as none is met nothing does); not where NULL comes out of a type that has none (an overflow of DECIMAL).
 */
export function fold(expr: Expr, session: Session, at: Place | undefined): Expr {
  if (expr.op !== 'call' || expr.args.length === 0) return expr
  return foldCall({ ...expr, args: expr.args.map((arg) => foldCast(arg, session)) }, session, at)
}

/** The implicit casts of a function's arguments are not folded yet. */
function foldCast(arg: Expr, session: Session): Expr {
  return arg.op === 'call' && arg.fn === 'CAST' ? foldCall(arg, session, arg.at) : arg
}

function foldCall(expr: Call, session: Session, at: Place | undefined): Expr {
  const entry = functionNamed(expr.fn)
  if (!entry || entry.volatile || entry.kept || !expr.args.every((arg) => arg.op === 'literal')) return expr
  // As Flink: a division of two constants by zero is refused, even one of DOUBLEs, which a row would answer with Infinity.
  if (expr.fn === 'DIVIDE' && isZero(expr.args[1]) && !isNullLiteral(expr.args[0] as Expr)) throw planError(at, 'division by zero')
  try {
    const value = compileExpression(expr, session)()
    if (value === null && !expr.type.nullable) return expr
    // Flink's constants are decimal numbers: they have no minus zero.
    return { op: 'literal', type: expr.type, value: Object.is(value, -0) ? 0 : value }
  } catch (error) {
    if (error instanceof SqlRuntimeError) return expr
    throw error
  }
}

function isZero(expr: Expr | undefined): boolean {
  return expr?.op === 'literal' && (expr.value === 0 || expr.value === 0n)
}
