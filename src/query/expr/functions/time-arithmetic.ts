import { addMonths, addMonthsToTimestamp, MS_PER_DAY } from '../../types/calendar.ts'
import { withNullable } from '../../types/make-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { truncateFraction } from '../../types/time-text.ts'
import { isInteger, isInterval, isTemporal } from '../../types/type-kind.ts'
import { typeText } from '../../types/type-text.ts'
import { anyNullable, call } from '../build.ts'
import type { Call, Expr } from '../expr.ts'
import type { BindContext, FunctionEntry } from './entry.ts'
import { strict } from './strict.ts'

/** `time ± interval`, `interval ± interval`, `interval * n`: the call, or undefined when neither operand is a time or an interval. */
export function bindTimeArithmetic(sign: string, left: Expr, right: Expr, context: BindContext): Expr | undefined {
  const types = [left.type, right.type]
  if (!types.some((type) => isInterval(type) || isTemporal(type))) return undefined
  if (sign === '+' && isInterval(left.type) && isTemporal(right.type)) return timePlus(right, left, 1, context)
  if ((sign === '+' || sign === '-') && isInterval(right.type)) {
    if (isTemporal(left.type)) return timePlus(left, right, sign === '+' ? 1 : -1, context)
    if (left.type.kind === right.type.kind)
      return intervals(sign === '+' ? 'INTERVAL_PLUS' : 'INTERVAL_MINUS', left.type, [left, right], context)
  }
  if (sign === '*' && isInterval(left.type) && isInteger(right.type)) return intervals('INTERVAL_TIMES', left.type, [left, right], context)
  if (sign === '*' && isInteger(left.type) && isInterval(right.type)) return intervals('INTERVAL_TIMES', right.type, [right, left], context)
  const what = `${typeText(left.type)} ${sign} ${typeText(right.type)}`
  const way =
    isTemporal(left.type) && isTemporal(right.type) ? 'use TIMESTAMPDIFF(SECOND, earlier, later)' : 'use TIMESTAMPADD(SECOND, n, time)'
  return context.refuse(`there is no ${what}`, [way])
}

function intervals(fn: string, type: SqlType, args: readonly Expr[], context: BindContext): Expr {
  return call(fn, withNullable(type, anyNullable(args)), args, context.at)
}

function timePlus(time: Expr, interval: Expr, sign: 1 | -1, context: BindContext): Expr {
  return call(sign === 1 ? 'TIME_PLUS' : 'TIME_MINUS', withNullable(time.type, anyNullable([time, interval])), [time, interval], context.at)
}

/** JavaScript of time ± interval: `sign` is `+` or `-`. */
function plusCode(
  bound: Call,
  sign: '+' | '-',
  [time, interval]: readonly string[],
  constant: (value: unknown, hint: string) => string,
): string {
  const type = bound.type
  const months = bound.args[1]?.type.kind === 'INTERVAL_YEAR_MONTH'
  const signed = sign === '-' ? `-${interval}` : interval
  if (type.kind === 'DATE') {
    return months ? `${constant(addMonths, 'addMonths')}(${time}, ${signed})` : `${time} + Math.trunc(${signed} / ${MS_PER_DAY}) + 0`
  }
  if (type.kind === 'TIME') return months ? `${time}` : `((${time} + ${signed}) % ${MS_PER_DAY} + ${MS_PER_DAY}) % ${MS_PER_DAY}`
  if (months) return `${constant(addMonthsToTimestamp, 'addMonths')}(${time}, ${signed})`
  const sum = `${time} ${sign} ${interval}`
  return (type.precision ?? 6) < 3 ? `${constant(truncateFraction, 'truncate')}(${sum}, ${type.precision})` : sum
}

function timeEntry(name: string, sign: '+' | '-'): FunctionEntry {
  return {
    names: [name],
    usage: `TIME ${sign} INTERVAL`,
    internal: true,
    bind: (args, context) => timePlus(args[0] as Expr, args[1] as Expr, sign === '+' ? 1 : -1, context),
    generate: (bound, gen) =>
      strict(
        gen,
        bound.type,
        bound.args.map((arg) => gen.expr(arg)),
        (values) => plusCode(bound, sign, values, (value, hint) => gen.code.constant(value, hint)),
        { total: true },
      ),
  }
}

function intervalEntry(name: string, sign: string): FunctionEntry {
  return {
    names: [name],
    usage: `INTERVAL ${sign} INTERVAL`,
    internal: true,
    bind: (args, context) => intervals(name, (args[0] as Expr).type, args, context),
    generate: (bound, gen) =>
      strict(
        gen,
        bound.type,
        bound.args.map((arg) => gen.expr(arg)),
        ([a, b]) => `${a} ${sign} Number(${b}) + 0`,
        { total: true },
      ),
  }
}

export const TIME_ARITHMETIC: readonly FunctionEntry[] = [
  timeEntry('TIME_PLUS', '+'),
  timeEntry('TIME_MINUS', '-'),
  intervalEntry('INTERVAL_PLUS', '+'),
  intervalEntry('INTERVAL_MINUS', '-'),
  intervalEntry('INTERVAL_TIMES', '*'),
]
