import type { AggregateCall } from '../aggregates/aggregate.ts'
import { aggregateNamed, aggregateType } from '../expr/aggregate-types.ts'
import { bindCall } from '../expr/bind.ts'
import type { Expr } from '../expr/expr.ts'
import type { BindContext } from '../expr/functions/entry.ts'
import { isJsonText } from '../expr/functions/json-make.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { PlanContext } from './context.ts'
import type { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import { functionName, walk } from './walk.ts'

/** Functions of the order of rows, which the catalogue counts among the aggregates. */
const ORDER_ONLY = ['ROW_NUMBER', 'RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LAG', 'LEAD']

export const isAggregate = (name: string): boolean => aggregateNamed(name) !== undefined && !ORDER_ONLY.includes(name)

/** An aggregate as it is written: a call, or one of the two with a syntax of their own. */
export type AggregateNode = ast.Call | ast.JsonObjectAgg | ast.JsonArrayAgg

/** The aggregates in some expressions, apart from those of OVER. */
export function aggregatesIn(nodes: readonly ast.Expression[]): AggregateNode[] {
  const found: AggregateNode[] = []
  for (const node of nodes) {
    walk(node, (inner) => {
      const isJson = inner.kind === 'jsonObjectAgg' || inner.kind === 'jsonArrayAgg'
      if (!isJson && (inner.kind !== 'call' || inner.over || !isAggregate(functionName(inner)))) return true
      found.push(inner)
      return false
    })
  }
  return found
}

/** Arguments that must be the same for all rows, by function and position. */
const CONSTANTS: Readonly<Record<string, readonly number[]>> = {
  LISTAGG: [1],
  PERCENTILE: [1],
  EWMA: [1],
  FORECAST: [1, 2, 3],
  CORR_LAG: [2],
}

/**
 * An aggregate over columns of `below`.
 *
 * @param bind an expression over the rows that are aggregated
 * @param empty whether it may see no row at all, and so be NULL (no GROUP BY)
 */
export function aggregateCall(
  context: PlanContext,
  call: AggregateNode,
  below: Projection,
  bind: (node: ast.Expression) => Expr,
  empty: boolean,
): AggregateCall {
  if (call.kind !== 'call') return jsonAggregate(context, call, below, bind)
  const name = functionName(call)
  if (call.orderBy.length > 0 || call.withinGroup.length > 0)
    refuse(call.at, `${name} with an order is not supported on a stream`, 'the order is that of the rows as they come')
  const nodes = call.arguments.filter((argument) => argument.kind !== 'star').map((argument) => expression(argument, name))
  const exprs = nodes.map(bind)
  if (name === 'COUNT' && exprs.length > 1) refuse(call.at, 'COUNT takes one value', 'COUNT one value made of them, as in a || b')
  const constants: Record<number, unknown> = {}
  for (const i of CONSTANTS[name] ?? []) {
    const expr = exprs[i]
    if (!expr) continue
    if (expr.op !== 'literal' || expr.value === null) refuse(nodes[i]?.at ?? call.at, `argument ${i + 1} of ${name} must be a constant`)
    constants[i] = plainConstant(expr.value, expr.type)
  }
  if (name === 'PERCENTILE') checkShares(constants[1], nodes[1] ?? call)
  const filter = call.filter && bind(call.filter)
  if (filter && filter.type.kind !== 'BOOLEAN') refuse(call.filter?.at ?? call.at, 'FILTER takes a condition')
  const fn = aggregateNamed(name) ?? refuse(call.at, `there is no aggregate ${name}`)
  const { args, type } = aggregateType(fn, exprs, !empty && !filter, aggregateContext(context, call))
  return {
    fn,
    type,
    args: args.map((expr) => below.add(expr)),
    argTypes: args.map((expr) => expr.type),
    ...(call.distinct && { distinct: true }),
    ...(filter && { filter: below.add(filter) }),
    ...(Object.keys(constants).length > 0 && { constants }),
  }
}

function checkShares(shares: unknown, node: ast.Node): void {
  for (const share of Array.isArray(shares) ? shares : [shares])
    if (typeof share !== 'number' || !(share >= 0 && share <= 1)) refuse(node.at, `PERCENTILE takes shares from 0 to 1, not ${share}`)
}

/** JSON_OBJECTAGG and JSON_ARRAYAGG: the value is made JSON text in the step below. NULLs stay in objects and out of arrays by default. */
function jsonAggregate(
  context: PlanContext,
  node: ast.JsonObjectAgg | ast.JsonArrayAgg,
  below: Projection,
  bind: (node: ast.Expression) => Expr,
): AggregateCall {
  const isObject = node.kind === 'jsonObjectAgg'
  const fn = isObject ? 'JSON_OBJECTAGG' : 'JSON_ARRAYAGG'
  if (!isObject && node.orderBy.length > 0)
    refuse(node.at, 'JSON_ARRAYAGG with an order is not supported on a stream', 'the order is that of the rows as they come')
  const values = isObject ? [bind(node.entry.key), bind(node.entry.value)] : [bind(node.item)]
  const { args, type } = aggregateType(fn, values, true, aggregateContext(context, node, fn))
  const [key] = args
  if (isObject && key?.type.kind !== 'CHAR' && key?.type.kind !== 'VARCHAR')
    refuse(node.entry.key.at, 'a key of JSON_OBJECTAGG is a STRING', 'CAST(… AS STRING)')
  const scope = { session: context.session, column: () => refuse(node.at, 'no column here') }
  const value = args.at(-1) as Expr
  const json = isJsonText(value) ? value : bindCall('JSON_STRING', [value], scope, node.at.start)
  const all = isObject ? [key as Expr, json] : [json]
  return {
    fn,
    type,
    args: all.map((expr) => below.add(expr)),
    argTypes: all.map((expr) => expr.type),
    constants: { 2: node.onNull ?? (isObject ? 'NULL' : 'ABSENT') },
  }
}

function expression(argument: ast.CallArgument, name: string): ast.Expression {
  switch (argument.kind) {
    case 'star':
    case 'namedArgument':
    case 'tableArgument':
    case 'descriptor':
    case 'default':
      return refuse(argument.at, `${name} takes plain values`)
    default:
      return argument
  }
}

/** Whether two calls are one. */
export function sameCall(a: AggregateCall, b: AggregateCall): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** What the catalogue asks for to check a call. */
export function aggregateContext(
  { session }: PlanContext,
  call: AggregateNode,
  name = call.kind === 'call' ? functionName(call) : call.kind,
): BindContext {
  return {
    name,
    at: call.at.start,
    session,
    refuse: (reason, suggestions) => refuse(call.at, reason, ...(suggestions ?? [])),
  }
}

/** A constant as JavaScript counts: a DECIMAL as the number that it is. */
function plainConstant(value: unknown, type: SqlType): unknown {
  if (type.kind === 'ARRAY' && type.element) return (value as unknown[]).map((item) => plainConstant(item, type.element as SqlType))
  return type.kind === 'DECIMAL' ? Number(value) / 10 ** (type.scale ?? 0) : value
}
