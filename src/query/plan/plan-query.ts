import type * as ast from '../sql/ast.ts'
import { at, calc, picked } from './calc.ts'
import { bind, type PlanContext, tryBind } from './context.ts'
import { distinct } from './distinct.ts'
import { identity } from './exprs.ts'
import type { Plan } from './nodes.ts'
import { ordered } from './ordered.ts'
import { planSelect, refuseNumbers } from './plan-select.ts'
import { planIntersect } from './plan-subquery.ts'
import { tableRows } from './plan-table.ts'
import { refuse } from './refuse.ts'
import { named, type Relation, unit } from './relation.ts'
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

/** A query's rows for a sink: a ROW_NUMBER without bounds cannot run. */
export function finished(relation: Relation, place: ast.Span): Plan {
  refuseNumbers(relation.plan, place)
  return relation.plan
}
