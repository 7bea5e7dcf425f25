import { quotientType } from '../types/decimal-type.ts'
import { array, BIGINT, DOUBLE, decimal, INT, multiset, notNull, nullable, STRING, varchar, withNullable } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { isApproximate, isDecimal, isExact, isInterval, isNumeric, isText } from '../types/type-kind.ts'
import { typeText } from '../types/type-text.ts'
import { castTo } from './build.ts'
import type { Expr } from './expr.ts'
import type { BindContext } from './functions/entry.ts'
import { notJson } from './json/write-json.ts'
import { SERIES_AGGREGATES, seriesType } from './series-types.ts'

/** Types of the aggregate functions, by Flink's rules. Running them is the operators' work. */

export interface AggregateSignature {
  /** Its arguments with implicit casts. */
  readonly args: readonly Expr[]
  readonly type: SqlType
}

export const AGGREGATES = [
  'COUNT',
  'SUM',
  'SUM0',
  'AVG',
  'MIN',
  'MAX',
  'STDDEV_POP',
  'STDDEV_SAMP',
  'VAR_POP',
  'VAR_SAMP',
  'FIRST_VALUE',
  'LAST_VALUE',
  'LISTAGG',
  'COLLECT',
  'ARRAY_AGG',
  'PERCENTILE',
  ...SERIES_AGGREGATES,
  'JSON_OBJECTAGG',
  'JSON_ARRAYAGG',
  'ROW_NUMBER',
  'RANK',
  'DENSE_RANK',
  'PERCENT_RANK',
  'CUME_DIST',
  'NTILE',
  'LAG',
  'LEAD',
] as const

export type AggregateName = (typeof AGGREGATES)[number]

/** Other names of the same aggregates. */
const SYNONYMS: Readonly<Record<string, AggregateName>> = { STDDEV: 'STDDEV_SAMP', VARIANCE: 'VAR_SAMP' }

/** @param name in any case */
export function aggregateNamed(name: string): AggregateName | undefined {
  const upper = name.toUpperCase()
  return SYNONYMS[upper] ?? AGGREGATES.find((aggregate) => aggregate === upper)
}

/**
 * Checks the arguments of an aggregate (none for COUNT(*)) and gives its type.
 * @param grouped with GROUP BY or in a window, where no group is empty: then NULL comes from NULLs alone; an aggregate over everything, or one
 * with FILTER, may see no row
 */
export function aggregateType(name: AggregateName, args: readonly Expr[], grouped: boolean, context: BindContext): AggregateSignature {
  const [value] = args
  switch (name) {
    case 'COUNT':
      return { args, type: notNull(BIGINT) }
    case 'ROW_NUMBER':
    case 'RANK':
    case 'DENSE_RANK':
      need(args, 0, 0, context)
      return { args, type: notNull(BIGINT) }
    case 'PERCENT_RANK':
    case 'CUME_DIST':
      need(args, 0, 0, context)
      return { args, type: notNull(DOUBLE) }
    case 'NTILE':
      need(args, 1, 1, context)
      return { args, type: notNull(BIGINT) }
    case 'SUM':
    case 'SUM0':
      return { args: numeric(args, context), type: emptyIsNull(sumType(first(value, context)), grouped, name === 'SUM0') }
    case 'AVG':
      return { args: numeric(args, context), type: emptyIsNull(avgType(first(value, context)), grouped) }
    case 'STDDEV_POP':
    case 'STDDEV_SAMP':
    case 'VAR_POP':
    case 'VAR_SAMP':
      return deviation(name, numeric(args, context), grouped)
    case 'MIN':
    case 'MAX':
      return { args: comparable(args, context), type: emptyIsNull(first(value, context), grouped) }
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      need(args, 1, 1, context)
      return { args, type: emptyIsNull(first(value, context), grouped) }
    case 'LISTAGG':
      return listAgg(args, grouped, context)
    case 'COLLECT':
      need(args, 1, 1, context)
      return { args, type: notNull(multiset(first(value, context))) }
    case 'ARRAY_AGG':
      need(args, 1, 1, context)
      return { args, type: nullable(array(first(value, context))) }
    case 'PERCENTILE':
      return percentile(args, context)
    case 'ANOMALY_SCORE':
    case 'ANOMALY_EXPLAIN':
    case 'EWMA':
    case 'ROBUST_Z':
    case 'FORECAST':
    case 'CORR_LAG':
      return seriesType(name, args, context)
    case 'JSON_OBJECTAGG':
    case 'JSON_ARRAYAGG':
      return json(args, context)
    case 'LAG':
    case 'LEAD':
      return shifted(args, context)
  }
}

/** SUM(DECIMAL(p, s)) is DECIMAL(38, s); of other numbers it is their own type, which wraps. */
export function sumType(type: SqlType): SqlType {
  return isDecimal(type) ? { ...decimal(38, type.scale ?? 0), nullable: type.nullable } : type
}

/** AVG(INT) is INT; AVG(DECIMAL(p, s)) is DECIMAL(38, max(6, s)). */
export function avgType(type: SqlType): SqlType {
  return isDecimal(type) ? { ...quotientType([38, type.scale ?? 0], [20, 0]), nullable: type.nullable } : type
}

function emptyIsNull(type: SqlType, grouped: boolean, zero = false): SqlType {
  if (zero) return notNull(type)
  return withNullable(type, !grouped || type.nullable)
}

function need(args: readonly Expr[], least: number, most: number, context: BindContext): void {
  if (args.length >= least && args.length <= most) return
  context.refuse(
    `${context.name} takes ${least === most ? least : `${least} to ${most}`} argument${most === 1 ? '' : 's'}, not ${args.length}`,
  )
}

function first(value: Expr | undefined, context: BindContext): SqlType {
  if (!value || value.type.kind === 'NULL') return context.refuse(`${context.name} needs a value`, ['CAST a bare NULL to a type'])
  return value.type
}

function numeric(args: readonly Expr[], context: BindContext): readonly Expr[] {
  need(args, 1, 1, context)
  const type = first(args[0], context)
  if (!isNumeric(type)) return context.refuse(`${context.name} needs numbers, not ${typeText(type)}`, ['CAST the value, or COUNT it'])
  return args
}

/** Of numbers that are exact the result is exact too, and truncated: Flink gives them the type that AVG would give. */
function deviation(_name: AggregateName, args: readonly Expr[], grouped: boolean): AggregateSignature {
  const type = (args[0] as Expr).type
  const result = isApproximate(type) ? type : isExact(type) ? avgType(type) : DOUBLE
  return { args, type: emptyIsNull(withNullable(result, type.nullable), grouped) }
}

function comparable(args: readonly Expr[], context: BindContext): readonly Expr[] {
  need(args, 1, 1, context)
  const type = first(args[0], context)
  if (['ARRAY', 'MAP', 'MULTISET', 'ROW'].includes(type.kind))
    return context.refuse(`${context.name} needs values with an order, not ${typeText(type)}`)
  return args
}

function listAgg(args: readonly Expr[], grouped: boolean, context: BindContext): AggregateSignature {
  need(args, 1, 2, context)
  if (args.some((arg) => !isText(arg.type))) context.refuse('LISTAGG joins STRINGs', ['CAST the value to STRING'])
  if (args[1] && args[1].op !== 'literal') context.refuse('the separator of LISTAGG must be a constant')
  return { args: args.map((arg) => castTo(arg, STRING)), type: emptyIsNull(withNullable(STRING, (args[0] as Expr).type.nullable), grouped) }
}

/** PERCENTILE(value, p [, frequency]): a DOUBLE, or an array of them when p is one. */
function percentile(args: readonly Expr[], context: BindContext): AggregateSignature {
  need(args, 2, 3, context)
  const [value, at, frequency] = args as [Expr, Expr, Expr | undefined]
  if (!isNumeric(value.type) && !isInterval(value.type)) context.refuse(`PERCENTILE needs numbers, not ${typeText(value.type)}`)
  const isList = at.type.kind === 'ARRAY'
  const cast = [castTo(value, DOUBLE), castTo(at, isList ? array(DOUBLE) : DOUBLE), ...(frequency ? [frequency] : [])]
  return { args: cast, type: nullable(isList ? array(DOUBLE) : DOUBLE) }
}

function json(args: readonly Expr[], context: BindContext): AggregateSignature {
  const bad = notJson((args.at(-1) as Expr).type)
  if (bad) context.refuse(`${context.name}: ${typeText(nullable(bad))} cannot become JSON`, ['CAST it to STRING'])
  // Calcite's own length, which Flink keeps.
  return { args, type: notNull(varchar(2000)) }
}

/** LAG(value [, offset [, default]]): NULL before the first row unless the default is none. */
function shifted(args: readonly Expr[], context: BindContext): AggregateSignature {
  need(args, 1, 3, context)
  const [value, offset, otherwise] = args as [Expr, Expr | undefined, Expr | undefined]
  if (offset && !isExact(offset.type)) context.refuse(`the offset of ${context.name} is an integer`)
  const type = first(value, context)
  const cast = [
    value,
    ...(offset ? [castTo(offset, INT)] : []),
    ...(otherwise ? [castTo(otherwise, withNullable(type, otherwise.type.nullable))] : []),
  ]
  return { args: cast, type: withNullable(type, !otherwise || type.nullable || otherwise.type.nullable) }
}
