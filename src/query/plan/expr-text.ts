import type { Expr } from '../expr/expr.ts'
import { dateText, timestampText } from '../types/time-text.ts'
import { typeText } from '../types/type-text.ts'

const INFIX: Readonly<Record<string, string>> = {
  EQUALS: '=',
  NOT_EQUALS: '<>',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  AND: 'AND',
  OR: 'OR',
  PLUS: '+',
  MINUS: '-',
  TIMES: '*',
  DIVIDE: '/',
  TIME_PLUS: '+',
  TIME_MINUS: '-',
  LIKE: 'LIKE',
  IS_DISTINCT_FROM: 'IS DISTINCT FROM',
  IS_NOT_DISTINCT_FROM: 'IS NOT DISTINCT FROM',
}

const SUFFIX: Readonly<Record<string, string>> = {
  IS_NULL: 'IS NULL',
  IS_NOT_NULL: 'IS NOT NULL',
  IS_TRUE: 'IS TRUE',
  IS_FALSE: 'IS FALSE',
}

/** A bound expression for people to read: close to SQL, with the columns under the names given. */
export function exprText(expr: Expr, nameOf: (index: number, input: number) => string): string {
  const text = (each: Expr): string => exprText(each, nameOf)
  if (expr.op === 'column') return nameOf(expr.index, expr.input)
  if (expr.op === 'literal') return literalText(expr.value, expr.type)
  const { fn, args } = expr
  const inner = (each: Expr): string => (each.op === 'call' && INFIX[each.fn] ? `(${text(each)})` : text(each))
  const infix = INFIX[fn]
  if (infix && args.length === 2) {
    // A chain of one operator needs no parentheses.
    const side = (each: Expr): string => (each.op === 'call' && each.fn === fn && (fn === 'AND' || fn === 'OR') ? text(each) : inner(each))
    return args.map(side).join(` ${infix} `)
  }
  const [first] = args
  if (first && SUFFIX[fn]) return `${inner(first)} ${SUFFIX[fn]}`
  if (first && (fn === 'CAST' || fn === 'TRY_CAST' || fn === 'REINTERPRET')) return `${fn}(${text(first)} AS ${plainType(expr.type)})`
  if (fn === 'CASE') return caseText(args.map(text))
  return `${fn}(${args.map(text).join(', ')})`
}

/** A type without what it says about NULL. */
export const plainType = (type: Expr['type']): string => typeText({ ...type, nullable: true })

function caseText(args: readonly string[]): string {
  const parts: string[] = []
  for (let i = 0; i + 1 < args.length; i += 2) parts.push(`WHEN ${args[i]} THEN ${args[i + 1]}`)
  return `CASE ${parts.join(' ')} ELSE ${args.at(-1)} END`
}

function literalText(value: unknown, { kind, scale }: Expr['type']): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (typeof value === 'number') {
    if (kind === 'DATE') return `DATE '${dateText(value)}'`
    if (kind === 'TIMESTAMP' || kind === 'TIMESTAMP_LTZ') return `${kind} '${timestampText(value, 3)}'`
    if (kind === 'INTERVAL_DAY_TIME') return durationText(value)
    if (kind === 'DECIMAL') return String(value / 10 ** (scale ?? 0))
  }
  return Array.isArray(value) ? JSON.stringify(value) : String(value)
}

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** A length of time in the largest unit that fits it: `10 s`, `90 min`. */
export function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([each]) => ms !== 0 && ms % each === 0) ?? [1, 'ms']
  return `${ms / size} ${unit}`
}
