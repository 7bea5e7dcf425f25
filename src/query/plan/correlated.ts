import { ShitopsError } from '../../base/errors.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import { aggregatesIn } from './aggregate-calls.ts'
import { at } from './calc.ts'
import { bind, type PlanContext, tryBind } from './context.ts'
import { columnRef, conjuncts, mapColumns } from './exprs.ts'
import type { Plan } from './nodes.ts'
import { ordered } from './ordered.ts'
import { Pending } from './pending.ts'
import { sideBySide } from './plan-join.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'

/** A sub-query that looks at the columns around it, planned for all rows around it at once: a join with it by `on` gives what it means. */
export interface Decorrelated {
  /** Its own columns, then those that `on` looks at. */
  readonly relation: Relation
  readonly own: number
  /** Over the columns around it and those of `relation` in a row. */
  readonly on: readonly Expr[]
  /**
   * Aggregates of everything give a row where there is nothing to aggregate too: the join must be an outer one, and the columns of the query are
   * these, over both sides in a row.
   */
  readonly computed?: ReadonlyArray<{ readonly name: string; readonly expr: Expr }>
}

/**
 * Plans a sub-query, which may look at the columns of `outer` in its WHERE.
 *
 * @returns a plain relation where it does not
 */
export function planSubquery(context: PlanContext, outer: Relation, query: ast.Query): { plain: Relation } | { correlated: Decorrelated } {
  try {
    return { plain: context.planner.query(context, query) }
  } catch (error) {
    if (!(error instanceof ShitopsError) || error.code !== 'SHITOPS_E_SQL_PLAN') throw error
    const parts = takeApart(context, outer, query)
    if (!parts || parts.correlated.length === 0) throw error
    return { correlated: decorrelate(context, outer, query, parts) }
  }
}

interface Parts {
  readonly select: ast.Select
  /** Conditions that look at the query's own tables only. */
  readonly own: readonly ast.Expression[]
  readonly correlated: readonly ast.Expression[]
  readonly from: Relation
}

function takeApart(context: PlanContext, outer: Relation, query: ast.Query): Parts | undefined {
  const { body } = query
  if (body.kind !== 'select' || !body.from || !body.where || query.with.length > 0) return undefined
  const from = context.planner.from(context, body.from, new Pending([]))
  const own: ast.Expression[] = []
  const correlated: ast.Expression[] = []
  for (const node of splitAnd(body.where)) {
    if (hasQuery(node) || tryBind(context, from, node)) own.push(node)
    else {
      // Binds, or says what is wrong with it.
      bind(context, scopes(outer, from), node)
      correlated.push(node)
    }
  }
  return { select: body, own, correlated, from }
}

function decorrelate(context: PlanContext, outer: Relation, query: ast.Query, parts: Parts): Decorrelated {
  const { select, correlated } = parts
  const aggregated = select.groupBy !== undefined || select.having !== undefined || aggregatesIn(expressionsOf(select)).length > 0
  const bounded = query.limit !== undefined || query.offset !== undefined
  if (!aggregated && !bounded && !select.distinct && select.windows.length === 0) return joined(context, outer, query, parts)
  const pairs = correlated.map((node) => equalPair(context, outer, parts.from, node))
  const keys = pairs.map(({ inner }, i): ast.SelectItem => item(inner, `$k${i}`))
  const everything = aggregated && select.groupBy === undefined
  if (everything && (bounded || select.having))
    refuse(query.at, 'HAVING or LIMIT of aggregates without GROUP BY in a sub-query that looks outside')
  const aggregates = everything ? aggregatesIn(expressionsOf(select)) : []
  const items = everything ? aggregates.map((node, i) => item(node, `$a${i}`)) : select.items
  const groupBy: ast.GroupBy | undefined = aggregated
    ? {
        kind: 'groupBy',
        distinct: false,
        at: query.at,
        ...select.groupBy,
        items: [...plainGroups(select), ...pairs.map(({ inner }) => inner)],
      }
    : undefined
  const { where: _where, ...rest } = select
  const plain = context.planner.select(context, {
    ...rest,
    items: [...items, ...keys],
    ...where(parts.own, query.at),
    ...(groupBy && { groupBy }),
  })
  const own = plain.fields.length - keys.length
  const partition = keys.map((_, i) => own + i)
  const relation = bounded ? ordered(context, query, plain, partition) : plain
  const width = outer.plan.columns.length
  const on = pairs.map(({ around }, i): Expr => equal(around, columnRef(width + own + i, at(relation.plan.columns, own + i).type)))
  if (!everything) return { relation, own, on }
  return { relation, own, on, computed: computedOf(context, outer, select, aggregates, relation.plan) }
}

/** A query of rows only: any condition will do, since the rows are there to look at. */
function joined(context: PlanContext, outer: Relation, query: ast.Query, { select, own, correlated, from }: Parts): Decorrelated {
  if (from.fields.some(({ hidden }) => hidden)) refuse(query.at, 'USING inside of a sub-query that looks outside', 'JOIN … ON')
  const { where: _where, ...rest } = select
  const star: ast.Star = { kind: 'star', at: query.at }
  const relation = context.planner.select(context, { ...rest, items: [...select.items, star], ...where(own, query.at) })
  const count = relation.fields.length - from.fields.length
  const width = outer.plan.columns.length
  const behind = (expr: Expr): Expr =>
    mapColumns(expr, (column) => (column.index < width ? column : { ...column, index: column.index + count }))
  const on = correlated.flatMap((node) => conjuncts(bind(context, scopes(outer, from), node))).map(behind)
  return { relation, own: count, on }
}

/** Expressions over aggregates, where a missing row of them means that there was nothing: COUNT is 0 then, others are NULL. */
function computedOf(
  context: PlanContext,
  outer: Relation,
  select: ast.Select,
  aggregates: ReturnType<typeof aggregatesIn>,
  plan: Plan,
): Array<{ name: string; expr: Expr }> {
  const width = outer.plan.columns.length
  const replace = (node: ast.Expression): Expr | undefined => {
    const i = aggregates.indexOf(node as ast.Call)
    if (i < 0) return undefined
    const { type } = at(plan.columns, i)
    const column = columnRef(width + i, { ...type, nullable: true })
    if (node.kind !== 'call' || node.name.parts.at(-1)?.name.toUpperCase() !== 'COUNT') return column
    const zero: Expr = { op: 'literal', type: { kind: 'BIGINT', nullable: false }, value: 0 }
    return { op: 'call', fn: 'COALESCE', args: [column, zero], type: { kind: 'BIGINT', nullable: false } }
  }
  return select.items.map((each, i) => {
    if (each.kind === 'star') refuse(each.at, 'SELECT * beside aggregates')
    return { name: each.alias?.name ?? `EXPR$${i}`, expr: bind(context, outer, each.expression, { replace }) }
  })
}

/** `inner = outer`, either way round. */
function equalPair(context: PlanContext, outer: Relation, from: Relation, node: ast.Expression): { inner: ast.Expression; around: Expr } {
  if (node.kind === 'operation' && node.operator === '=') {
    for (const [inner, around] of [
      [node.left, node.right],
      [node.right, node.left],
    ] as const) {
      if (!tryBind(context, from, inner)) continue
      const expr = tryBind(context, outer, around)
      if (expr) return { inner, around: expr }
    }
  }
  return refuse(
    node.at,
    'a sub-query that aggregates or has a LIMIT can only compare its own columns with those around it by =',
    'write it as a join with a view that groups',
  )
}

function plainGroups(select: ast.Select): readonly ast.GroupItem[] {
  const items = select.groupBy?.items ?? []
  const set = items.find(({ kind }) => ['groupingSet', 'groupingSets', 'rollup', 'cube'].includes(kind))
  return set ? refuse(set.at, 'grouping sets in a sub-query that looks outside') : items
}

/** Both relations in one scope; a name that the sub-query's own tables have means theirs. */
export function scopes(outer: Relation, inner: Relation): Relation {
  const names = new Set(inner.fields.map(({ name }) => name))
  const tables = new Set(inner.fields.map(({ qualifier }) => qualifier))
  const both = sideBySide(outer, inner)
  const fields = both.fields.map((field, i) => {
    if (i >= outer.fields.length || !names.has(field.name)) return field
    if (field.qualifier === undefined || tables.has(field.qualifier)) return { name: ` ${field.name}` }
    return { ...field, hidden: true as const }
  })
  return { plan: both.plan, fields }
}

/** The conditions of an AND chain. */
export function splitAnd(node: ast.Expression): ast.Expression[] {
  return node.kind === 'operation' && node.operator === 'AND' ? [...splitAnd(node.left), ...splitAnd(node.right)] : [node]
}

const equal = (a: Expr, b: Expr): Expr => ({ op: 'call', fn: 'EQUALS', args: [a, b], type: { kind: 'BOOLEAN', nullable: true } })

const item = (expression: ast.Expression, name: string): ast.SelectItem => ({
  kind: 'selectItem',
  expression,
  alias: { kind: 'identifier', name, at: expression.at },
  at: expression.at,
})

const expressionsOf = (select: ast.Select): ast.Expression[] =>
  select.items.flatMap((each) => (each.kind === 'selectItem' ? [each.expression] : []))

/** AND of all of them, as WHERE has it. */
function where(nodes: readonly ast.Expression[], place: ast.Span): { where?: ast.Expression } {
  const [first, ...others] = nodes
  if (!first) return {}
  return {
    where: others.reduce<ast.Expression>((left, right) => ({ kind: 'operation', operator: 'AND', left, right, at: place }), first),
  }
}

/** Whether there is a query somewhere in an expression. */
function hasQuery(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  if ('kind' in value && value.kind === 'query') return true
  return Object.values(value).some(hasQuery)
}
