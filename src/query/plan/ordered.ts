import type * as ast from '../sql/ast.ts'
import { at, picked, untimed } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { identity } from './exprs.ts'
import type { Plan, SortKey } from './nodes.ts'
import { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { ttlOf } from './settings.ts'

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
