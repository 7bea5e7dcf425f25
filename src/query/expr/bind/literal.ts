import type { IntervalLiteral, Literal as LiteralAst, NumberLiteral, TemporalLiteral } from '../../sql/ast.ts'
import * as make from '../../types/make-type.ts'
import { parseDate, parseTime, parseTimestamp } from '../../types/time-text.ts'
import { wide } from '../../types/wide-integer.ts'
import { literal } from '../build.ts'
import type { Literal } from '../expr.ts'
import { planError } from '../plan-error.ts'
import { intervalValue, isMonths } from './interval.ts'

export function bindLiteral(ast: LiteralAst): Literal {
  switch (ast.kind) {
    case 'number':
      return numberLiteral(ast)
    case 'string':
      return literal(ast.value, make.char(ast.value.length))
    case 'binary':
      return literal(Buffer.from(ast.hex, 'hex'), make.binary(ast.hex.length / 2))
    case 'boolean':
      return literal(ast.value, make.BOOLEAN)
    case 'null':
      return literal(null, make.NULL_TYPE)
    case 'temporal':
      return temporalLiteral(ast)
    case 'interval':
      return intervalLiteral(ast)
  }
}

/** @param negative with a minus before it, which makes -2147483648 an INT */
export function numberLiteral(ast: NumberLiteral, negative = false): Literal {
  const { text } = ast
  const sign = negative ? '-' : ''
  if (ast.approximate) return literal(Number(sign + text) + 0, make.DOUBLE)
  const [whole = '', behind = ''] = text.split('.')
  if (behind === '') {
    const value = BigInt(sign + (whole || '0'))
    if (value >= -(2n ** 31n) && value < 2n ** 31n) return literal(Number(value), make.INT)
    if (value >= -(2n ** 63n) && value < 2n ** 63n) return literal(wide(value), make.BIGINT)
    throw planError(ast.at.start, `the number ${text} does not fit BIGINT`, [
      `write CAST('${text}' AS DECIMAL(${Math.min(38, whole.length)}, 0))`,
    ])
  }
  const digits = whole.length + behind.length
  if (digits > 38)
    throw planError(ast.at.start, `the number ${text} has ${digits} digits; a DECIMAL has 38 at most`, [
      'write it with an exponent: a DOUBLE',
    ])
  return literal(wide(BigInt(sign + whole + behind)), make.decimal(digits, behind.length))
}

function temporalLiteral(ast: TemporalLiteral): Literal {
  const { text } = ast
  const bad = (form: string) => planError(ast.at.start, `'${text}' is no ${ast.type}: it has the form '${form}'`)
  if (ast.type === 'DATE') {
    const days = /^\d{4}-\d\d?-\d\d?$/.test(text) ? parseDate(text) : null
    if (days === null) throw bad('2026-01-31')
    return literal(days, make.DATE)
  }
  if (ast.type === 'TIME') {
    const ms = /^\d\d?:\d\d?:\d\d?(\.\d+)?$/.test(text) ? parseTime(text) : null
    if (ms === null) throw bad('10:20:30')
    return literal(Math.floor(ms / 1000) * 1000, make.time(0))
  }
  const digits = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0
  if (digits > 6) throw planError(ast.at.start, `'${text}' has ${digits} digits of the second: times are kept to the microsecond here`)
  const ms = parseTimestamp(text, 6)
  if (ms === null) throw bad('2026-01-31 10:20:30.123')
  return literal(ms, ast.type === 'TIMESTAMP' ? make.timestamp(digits) : make.timestampLtz(digits))
}

function intervalLiteral(ast: IntervalLiteral): Literal {
  const value = intervalValue(ast)
  return literal(value, isMonths(ast.qualifier) ? make.YEAR_MONTH : make.DAY_TIME)
}
