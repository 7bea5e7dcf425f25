import { ShitopsError } from '../../base/errors.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import { calc, filtered, type Projected, picked } from './calc.ts'
import { bind, bindWhen, type PlanContext } from './context.ts'
import { splitAnd } from './correlated.ts'
import { distinct } from './distinct.ts'
import { and, conjuncts, mapColumns } from './exprs.ts'
import { inputsOf } from './inputs.ts'
import type { Plan } from './nodes.ts'
import { Pending } from './pending.ts'
import { planAggregation } from './plan-aggregate.ts'
import { planFrom } from './plan-from.ts'
import { OverCalls } from './plan-over.ts'
import { bounded, numberAsOver, numberless } from './plan-rank.ts'
import { planSubqueries, Subqueries } from './plan-subquery.ts'
import { refuse } from './refuse.ts'
import { type Relation, refTo, unit } from './relation.ts'

/** Marks the column of a sub-query while GROUP BY is looked at: it is not one of the rows that are grouped. */
const SUBQUERY_INPUT = -4
const marked = (expr: Expr | undefined): Expr | undefined => expr && mapColumns(expr, (column) => ({ ...column, input: SUBQUERY_INPUT }))

/** SELECT … FROM … WHERE … GROUP BY … HAVING …, in the order in which they happen. */
export function planSelect(context: PlanContext, select: ast.Select): Relation {
  const where = new Pending(select.where ? splitAnd(select.where) : [])
  const from = select.from ? planFrom(context, select.from, where) : unit()
  const rows = planWhere(context, from, where.conditions)
  const grouped = planAggregation(context, select, rows)
  const base = grouped?.relation ?? rows
  const subqueries = new Subqueries(context, base)
  const bindItem = (node: ast.Expression): Expr => {
    const replace = (inner: ast.Expression) => over.replace(inner) ?? marked(subqueries.find(inner)) ?? grouped?.options.replace?.(inner)
    const expr = bind(context, grouped?.input ?? base, node, { replace })
    return mapColumns(grouped ? grouped.rewrite(expr, node.at) : expr, (column) =>
      column.input === SUBQUERY_INPUT ? { ...column, input: 0 } : column,
    )
  }
  const over = new OverCalls(context, select.windows, bindItem)
  const having = select.having && bindItem(select.having)
  const items = select.items.flatMap((item, i) => projected(item, i, base, bindItem, grouped !== undefined))
  const qualify = select.qualify && bindItem(select.qualify)
  let plan = filtered(subqueries.joined(base.plan), having)
  plan = over.over(plan)
  plan = numberless(
    bounded(
      calc(
        plan,
        items.map((item) => over.placed(item)),
        qualify && over.place(qualify),
      ),
      context,
    ),
  )
  if (select.distinct) plan = distinct(context, plan)
  return { plan, fields: items.map(({ name }) => ({ name })) }
}

/** The filter, with its sub-queries as joins; a bound on ROW_NUMBER makes a top-N of it. */
function planWhere(context: PlanContext, relation: Relation, conditions: readonly ast.Expression[]): Relation {
  const { relation: joined, rest } = planSubqueries(context, relation, conditions)
  const scalars = new Subqueries(context, joined)
  const width = joined.plan.columns.length
  const replace = (node: ast.Expression) => scalars.find(node)
  const filter = and(rest.flatMap((node) => conjuncts(bindWhen(context, joined, node, 'WHERE', { replace }))))
  const rows = filtered(scalars.joined(joined.plan), filter)
  const own = joined.plan.columns.map((_, i) => i)
  return { ...joined, plan: bounded(rows.columns.length > width ? picked(rows, own) : rows, context) }
}

function projected(
  item: ast.SelectItem | ast.Star,
  position: number,
  base: Relation,
  bindItem: (node: ast.Expression) => Expr,
  grouped: boolean,
): Projected[] {
  if (item.kind === 'selectItem') {
    return [{ name: item.alias?.name ?? nameOf(item.expression) ?? `EXPR$${position}`, expr: bindItem(item.expression) }]
  }
  if (grouped) refuse(item.at, 'SELECT * with GROUP BY: name the columns that are grouped by')
  const qualifier = item.qualifier?.parts.at(-1)?.name
  const fields = base.fields.flatMap((field, i) =>
    (qualifier === undefined ? !field.hidden : field.qualifier === qualifier) ? [{ name: field.name, expr: refTo(base.plan, i) }] : [],
  )
  const row = qualifier === undefined || fields.length > 0 ? undefined : rowFields(item.qualifier as ast.QualifiedName, bindItem)
  if (row) return row
  if (fields.length === 0) refuse(item.at, qualifier === undefined ? 'SELECT * needs a FROM' : `there is no table ${qualifier} in FROM`)
  return fields
}

/** `column.*`: the fields of a ROW. */
function rowFields(name: ast.QualifiedName, bindItem: (node: ast.Expression) => Expr): Projected[] | undefined {
  const operand: ast.Column = { kind: 'column', parts: name.parts, at: name.at }
  try {
    const { type } = bindItem(operand)
    return type.fields?.map((field) => {
      const node: ast.FieldAccess = { kind: 'field', operand, field: { kind: 'identifier', name: field.name, at: name.at }, at: name.at }
      return { name: field.name, expr: bindItem(node) }
    })
  } catch (error) {
    if (error instanceof ShitopsError && error.code === 'SHITOPS_E_SQL_PLAN') return undefined
    throw error
  }
}

/** A column keeps its name; other expressions have none. */
function nameOf(node: ast.Expression): string | undefined {
  if (node.kind === 'column') return node.parts.at(-1)?.name
  return node.kind === 'field' ? node.field.name : undefined
}

/** Refuses a plan in which a ROW_NUMBER is left that no filter bounds, unless it goes by the time alone. */
export function refuseNumbers(plan: Plan, place: ast.Span): void {
  if (plan.step === 'rowNumber' && !numberAsOver(plan)) {
    refuse(
      place,
      'ROW_NUMBER without a bound would have to remember every row',
      'SELECT … FROM (SELECT *, ROW_NUMBER() OVER (…) AS n …) WHERE n <= 10',
    )
  }
  for (const input of inputsOf(plan)) refuseNumbers(input, place)
}
