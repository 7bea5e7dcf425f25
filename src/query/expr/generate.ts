import { functionNamed } from './catalogue.ts'
import type { CodeContext, Expr, Generated, Literal } from './expr.ts'
import type { Generator } from './functions/entry.ts'
import type { Session } from './session.ts'

/** Writes the code of an expression into a context, and says where its value is. */
export function generateExpression(expr: Expr, code: CodeContext, session: Session): Generated {
  return generatorOf(code, session).expr(expr)
}

export function generatorOf(code: CodeContext, session: Session): Generator {
  const gen: Generator = {
    code,
    session,
    expr(expr) {
      if (expr.op === 'literal') return literalCode(expr, code)
      if (expr.op === 'column') return code.column(expr.input, expr.index)
      const entry = functionNamed(expr.fn)
      if (!entry) throw new Error(`no code for function ${expr.fn}`)
      return entry.generate(expr, gen)
    },
  }
  return gen
}

function literalCode({ value }: Literal, code: CodeContext): Generated {
  if (value === null) return { value: 'null', isNull: 'true' }
  return { value: constantCode(value, code), isNull: 'false' }
}

function constantCode(value: unknown, code: CodeContext): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : value < 0 ? `(${value})` : String(value)
  if (typeof value === 'bigint') return value < 0n ? `(${value}n)` : `${value}n`
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  return code.constant(value, 'literal')
}
