import type * as ast from '../sql/ast.ts'
import { at, calc, picked } from './calc.ts'
import { bind, type PlanContext, tryBind } from './context.ts'
import { identity } from './exprs.ts'
import type { Plan, SortKey } from './nodes.ts'
import { tableRows, unit } from './plan-from.ts'
import { planSelect, refuseNumbers } from './plan-select.ts'
import { planIntersect } from './plan-subquery.ts'
import { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import { named, type Relation } from './relation.ts'
import { ttlOf } from './settings.ts'
import { castTo, commonType } from './unify.ts'

/** A whole query. Its fields have no qualifier: what is around it gives one. */
export function planQuery(context: PlanContext, query: ast.Query): Relation {
  const inner = withTables(context, query.with)
  const body = planBody(inner, query.body)
  return sortedByMore(inner, query, body) ?? ordered(inner, query, body)
}

/** ORDER BY what SELECT does not give: it gives it for as long as it takes to sort. */
function sortedByMore(context: PlanContext, query: ast.Query, relation: Relation): Relation | undefined {
  const { body, orderBy } = query
  if (body.kind !== 'select' || body.distinct) return undefined
  const more: ast.Expression[] = orderBy.flatMap(({ expression }) =>
    expression.kind === 'number' || tryBind(context, relation, expression) ? [] : [expression],
  )
  if (more.length === 0) return undefined
  const identifier = (i: number, { at }: ast.Expression): ast.Identifier => ({ kind: 'identifier', name: `$sort${i}`, at })
  const items = more.map((expression, i): ast.SelectItem => {
    return { kind: 'selectItem', expression, alias: identifier(i, expression), at: expression.at }
  })
  const wide = planBody(context, { ...body, items: [...body.items, ...items] })
  const sorted = orderBy.map((each): ast.SortItem => {
    const i = more.indexOf(each.expression)
    return i < 0 ? each : { ...each, expression: { kind: 'column', parts: [identifier(i, each.expression)], at: each.at } }
  })
  const { plan } = ordered(context, { ...query, orderBy: sorted }, wide)
  return {
    plan: picked(
      plan,
      relation.fields.map((_, i) => i),
    ),
    fields: relation.fields,
  }
}

function withTables(context: PlanContext, tables: readonly ast.CommonTable[]): PlanContext {
  let inner = context
  for (const table of tables) {
    const around = inner
    const rows = () => {
      const relation = planQuery(around, table.query)
      const names = table.columns.map(({ name }) => name)
      if (names.length > 0 && names.length !== relation.fields.length)
        refuse(table.at, `${table.name.name} names ${names.length} columns of ${relation.fields.length}`)
      return names.length > 0 ? named(relation.plan, undefined, names) : relation
    }
    inner = { ...inner, with: new Map([...inner.with, [table.name.name, rows]]) }
  }
  return inner
}

export function planBody(context: PlanContext, body: ast.QueryBody): Relation {
  switch (body.kind) {
    case 'query':
      return planQuery(context, body)
    case 'select':
      return planSelect(context, body)
    case 'values':
      return planValues(context, body)
    case 'tableQuery':
      return unnamed(tableRows(context, body.table))
    case 'setOperation':
      return planSetOperation(context, body)
  }
}

const unnamed = (relation: Relation): Relation => ({ ...relation, fields: relation.fields.map(({ name }) => ({ name })) })

function planValues(context: PlanContext, values: ast.Values): Relation {
  const rows = values.rows.map((row) => row.items.map((item) => bind(context, unit(), item)))
  const width = rows[0]?.length ?? 0
  const bad = rows.findIndex((row) => row.length !== width)
  if (bad >= 0) refuse(at(values.rows, bad).at, `a row of ${at(rows, bad).length} values among rows of ${width}`)
  const types = Array.from({ length: width }, (_, i) =>
    commonType(
      rows.map((row) => at(row, i).type),
      values.at,
    ),
  )
  const plans = rows.map((row) => {
    return calc(
      unit().plan,
      row.map((expr, i) => ({ name: `EXPR$${i}`, expr: castTo(expr, at(types, i)) })),
    )
  })
  return named(unionAll(plans), undefined)
}

function unionAll(plans: readonly Plan[]): Plan {
  const first = at(plans, 0)
  if (plans.length === 1) return first
  const columns = first.columns.map((column, i) => {
    const nullable = plans.some((plan) => at(plan.columns, i).type.nullable)
    const { time, ...plain } = column
    const timed = time !== undefined && plans.every((plan) => at(plan.columns, i).time === time)
    return { ...plain, type: { ...column.type, nullable }, ...(timed && { time }) }
  })
  return { step: 'union', inputs: plans, columns, changing: plans.some(({ changing }) => changing), unique: [] }
}

function planSetOperation(context: PlanContext, { operator, all, left, right, at: place }: ast.SetOperation): Relation {
  const sides = [planBody(context, left), planBody(context, right)] as const
  const [l, r] = sides
  if (l.fields.length !== r.fields.length) refuse(place, `${operator} of ${l.fields.length} and ${r.fields.length} columns`)
  const types = l.plan.columns.map((column, i) => commonType([column.type, at(r.plan.columns, i).type], place))
  const plans = sides.map(({ plan }) => {
    const exprs = identity(plan.columns)
    const fits = plan.columns.every((column, i) => column.type.kind === at(types, i).kind && column.type.scale === at(types, i).scale)
    return fits
      ? plan
      : calc(
          plan,
          exprs.map((expr, i) => ({ name: at(l.fields, i).name, expr: castTo(expr, at(types, i)) })),
        )
  })
  if (operator === 'UNION') {
    const union = unionAll(plans)
    return { plan: all ? union : distinct(context, union), fields: l.fields }
  }
  if (all) refuse(place, `${operator} ALL is not supported`, `${operator} without ALL gives each row once`)
  const plan = planIntersect(context, operator, distinct(context, at(plans, 0)), at(plans, 1), place)
  return { plan, fields: l.fields }
}

/** Each row once. */
export function distinct(context: PlanContext, input: Plan): Plan {
  const keys = input.columns.map((_, i) => i)
  const columns = input.columns.map(({ name, type }) => ({ name, type }))
  return { step: 'groupAggregate', input, keys, calls: [], ttl: ttlOf(context), columns, changing: true, unique: [keys] }
}

/**
 * ORDER BY, OFFSET and LIMIT.
 *
 * @param partition columns of which each combination has an order and a limit of its own
 */
export function ordered(context: PlanContext, query: ast.Query, relation: Relation, partition: readonly number[] = []): Relation {
  if (query.orderBy.length === 0 && !query.limit && !query.offset) return relation
  const offset = query.offset ? Number(query.offset.text) : 0
  const limit = query.limit ? Number(query.limit.text) : undefined
  if (query.orderBy.length === 0 && partition.length === 0) {
    if (limit === undefined) refuse(query.at, 'OFFSET without LIMIT does nothing useful on a stream', 'give a LIMIT too')
    const { plan } = relation
    return {
      ...relation,
      plan: { step: 'limit', input: plan, offset, limit, columns: plan.columns, changing: plan.changing, unique: plan.unique },
    }
  }
  const below = new Projection(relation.plan)
  const order = sortKeys(context, relation, query.orderBy, below)
  const input = below.over(relation.plan)
  const own = relation.plan.columns.map((_, i) => i)
  if (limit !== undefined) {
    const { columns, unique } = input
    const rank: Plan = {
      step: 'rank',
      input,
      partition,
      order,
      from: offset + 1,
      to: offset + limit,
      number: false,
      ttl: ttlOf(context),
      columns: untimed(columns),
      changing: true,
      unique,
    }
    return { ...relation, plan: picked(rank, own) }
  }
  const [first, ...others] = order
  if (!first || input.columns[first.column]?.time !== 'row' || first.descending) {
    refuse(
      at(query.orderBy, 0).at,
      'a stream is sorted by a row time, ascending, first: it has no end to sort at',
      'add LIMIT n to keep the top n',
      'ORDER BY the row time',
    )
  }
  if (input.changing) refuse(query.at, 'ORDER BY a row time takes rows that do not change', 'ORDER BY … LIMIT n')
  const sorted: Plan = {
    step: 'temporalSort',
    input,
    time: first.column,
    order: others,
    columns: input.columns,
    changing: false,
    unique: input.unique,
  }
  return { ...relation, plan: picked(sorted, own) }
}

export const untimed = (columns: Plan['columns']): Plan['columns'] => columns.map(({ name, type }) => ({ name, type }))

/** ORDER BY as columns of a projection. NULLs are the smallest values, as in Flink. */
export function sortKeys(
  context: PlanContext,
  relation: Relation,
  items: readonly ast.SortItem[],
  below: Projection,
  options?: Parameters<typeof bind>[3],
): SortKey[] {
  return items.map(({ expression, descending, nulls }) => {
    const ordinal = expression.kind === 'number' ? Number(expression.text) : undefined
    const expr = ordinal === undefined ? bind(context, relation, expression, options) : identity(relation.plan.columns)[ordinal - 1]
    if (!expr) refuse(expression.at, `there is no column ${ordinal}`)
    return { column: below.add(expr), descending, nullsFirst: nulls ? nulls === 'FIRST' : !descending }
  })
}

/** A query's rows for a sink: a ROW_NUMBER without bounds cannot run. */
export function finished(relation: Relation, place: ast.Span): Plan {
  refuseNumbers(relation.plan, place)
  return relation.plan
}
