import { notNull, withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { isNumeric, isTimestamp } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { call, isNullLiteral, literal } from '../build.ts'
import { castRule } from '../cast/rule.ts'
import type { Call, Expr, Generated } from '../expr.ts'
import { SqlRuntimeError } from '../sql-runtime-error.ts'
import type { BindContext, FunctionEntry, Generator } from './entry.ts'
import { strict } from './strict.ts'

/** An explicit CAST or TRY_CAST, checked; `type` says nothing about NULL. */
export function bindCast(expr: Expr, type: SqlType, safe: boolean, context: BindContext): Expr {
  if (!castRule(expr.type, type, context.session.timeZone)) {
    const [from, to] = [typeText(withNullable(expr.type, true)), typeText(withNullable(type, true))]
    return context.refuse(`there is no cast of ${from} to ${to}`, [wayOf(expr.type, type)])
  }
  if (isNullLiteral(expr)) return literal(null, type)
  return call(safe ? 'TRY_CAST' : 'CAST', withNullable(type, safe || expr.type.nullable), [expr], context.at)
}

function wayOf(from: SqlType, to: SqlType): string {
  if (isNumeric(from) && isTimestamp(to)) return 'use TO_TIMESTAMP_LTZ(milliseconds, 3)'
  if (isTimestamp(from) && isNumeric(to))
    return "use TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', time) or UNIX_TIMESTAMP(CAST(time AS STRING))"
  return 'cast to STRING first, or choose another type'
}

function generate(bound: Call, safe: boolean, gen: Generator): Generated {
  const operand = bound.args[0] as Expr
  const rule = castRule(operand.type, notNull(bound.type), gen.session.timeZone)
  if (!rule) throw new Error(`no cast of ${operand.type.kind} to ${bound.type.kind}`)
  const source = gen.expr(operand)
  const { run, inline } = rule
  if (inline) {
    if (inline('v') === 'v') return source
    return strict(gen, bound.type, [source], ([value]) => inline(value as string), { total: true })
  }
  const attempt = safe && rule.fails ? orNull(run as (value: unknown) => unknown) : run
  const build = ([value]: readonly string[]) => `${gen.code.constant(attempt, 'cast')}(${value})`
  return strict(gen, bound.type, [source], build, { mayBeNull: rule.mayBeNull === true || (safe && rule.fails === true) })
}

function orNull(run: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => {
    try {
      return run(value)
    } catch (error) {
      if (error instanceof SqlRuntimeError) return null
      throw error
    }
  }
}

function entry(name: string, safe: boolean): FunctionEntry {
  return {
    names: [name],
    usage: `${name}(value AS type)`,
    internal: true,
    bind: (args, context) => bindCast(args[0] as Expr, (args[0] as Expr).type, safe, context),
    generate: (bound, gen) => generate(bound, safe, gen),
  }
}

/** The same value under another type that says the same (nullable or not). */
const reinterpret: FunctionEntry = {
  names: ['REINTERPRET'],
  usage: 'REINTERPRET(value)',
  internal: true,
  bind: (args) => args[0] as Expr,
  generate: (bound, gen) => gen.expr(bound.args[0] as Expr),
}

export const CAST: readonly FunctionEntry[] = [entry('CAST', false), entry('TRY_CAST', true), reinterpret]
