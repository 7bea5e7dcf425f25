import { castTo } from '../expr/build.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import { at, calc } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { type Decorrelated, planSubquery, scopes, splitAnd } from './correlated.ts'
import { distinct } from './distinct.ts'
import { columnRef, conjuncts, identity, mapColumns } from './exprs.ts'
import type { JoinType, Plan } from './nodes.ts'
import { Pending } from './pending.ts'
import { joinOf, keyed } from './plan-join.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { ttlOf } from './settings.ts'
import { commonType } from './unify.ts'

/** Takes IN (query) and EXISTS (query) out of the conditions of WHERE as semi and anti joins; the other conditions are left. */
export function planSubqueries(
  context: PlanContext,
  relation: Relation,
  conditions: readonly ast.Expression[],
): { relation: Relation; rest: ast.Expression[] } {
  let current = relation
  const rest: ast.Expression[] = []
  for (const node of conditions) {
    const negated = node.kind === 'unary' && node.operator === 'NOT'
    const inner = negated ? node.operand : node
    if (inner.kind === 'in' && 'kind' in inner.set) current = planIn(context, current, inner, inner.negated !== negated)
    else if (inner.kind === 'exists') current = planExists(context, current, inner.query, negated)
    else rest.push(node)
  }
  return { relation: current, rest }
}

function planIn(context: PlanContext, left: Relation, node: ast.In, negated: boolean): Relation {
  const query = node.set as ast.Query
  const found = planSubquery(context, left, query)
  const {
    relation: right,
    own,
    on,
  } = 'plain' in found ? { relation: found.plain, own: found.plain.fields.length, on: [] } : found.correlated
  if ('correlated' in found && found.correlated.computed)
    refuse(query.at, 'IN compares with rows, and this query aggregates', 'compare with = (SELECT …)')
  const operands = node.operand.kind === 'row' ? node.operand.items : [node.operand]
  if (operands.length !== own) refuse(node.at, `IN compares ${operands.length} values with a query of ${own} columns`)
  const pairs = operands.map((operand, i): readonly [Expr, Expr] => {
    const l = bind(context, left, operand)
    const column = at(right.plan.columns, i)
    const type = commonType([l.type, column.type], node.at)
    return [castTo(l, type), castTo(columnRef(left.plan.columns.length + i, column.type), type)]
  })
  if (!negated) return joinOf(context, 'SEMI', left, right, [...pairs.map(([l, r]) => bool('EQUALS', [l, r], true)), ...on], node.at)
  // NOT IN is unknown as soon as one side is NULL: such a pair forbids the row as an equal one does.
  const nullable = pairs.some(([l, r]) => l.type.nullable || r.type.nullable)
  const same = pairs.map(([l, r]) => (nullable ? nullAware(l, r) : bool('EQUALS', [l, r], true)))
  return joinOf(context, 'ANTI', left, right, [...same, ...on], node.at)
}

const bool = (fn: string, args: readonly Expr[], nullable: boolean): Expr => ({ op: 'call', fn, args, type: { kind: 'BOOLEAN', nullable } })

/** Equal, or one of them NULL. */
function nullAware(l: Expr, r: Expr): Expr {
  return bool('OR', [bool('OR', [bool('EQUALS', [l, r], true), bool('IS_NULL', [l], false)], true), bool('IS_NULL', [r], false)], true)
}

function semi(
  context: PlanContext,
  type: JoinType,
  left: Plan,
  right: Plan,
  equal: ReadonlyArray<readonly [Expr, Expr]>,
  rest: readonly Expr[],
): Plan {
  const ttl = ttlOf(context)
  const changing = left.changing || right.changing || type === 'ANTI'
  const conditions = { equal, leftOnly: [], rightOnly: [], rest }
  return keyed(left, right, conditions, type, (base) => ({ ...base, step: 'join', ttl: { left: ttl, right: ttl }, changing }))
}

/** EXISTS (SELECT … FROM t WHERE …): the conditions that look at the outer row are the join's. */
function planExists(context: PlanContext, left: Relation, query: ast.Query, negated: boolean): Relation {
  const { body } = query
  const simple = body.kind === 'select' && !body.groupBy && !body.having && !body.distinct && query.with.length === 0 && !query.limit
  if (!simple || !body.from) {
    const right = context.planner.query(context, query)
    return { ...left, plan: semi(context, negated ? 'ANTI' : 'SEMI', left.plan, right.plan, [], []) }
  }
  const where = new Pending(body.where ? splitAnd(body.where) : [])
  const right = context.planner.from(context, body.from, where)
  const hidden = scopes(left, right)
  const on = where.conditions.flatMap((node) => conjuncts(bindCorrelated(context, right, hidden, node, left.plan.columns.length)))
  return joinOf(context, negated ? 'ANTI' : 'SEMI', left, right, on, query.at)
}

/** Over the inner table alone where that is possible, else over both. */
function bindCorrelated(context: PlanContext, right: Relation, both: Relation, node: ast.Expression, width: number): Expr {
  const own = new Pending([node]).take(context, right)[0]
  return own ? shiftBy(own, width) : bind(context, both, node)
}

function shiftBy(expr: Expr, width: number): Expr {
  if (expr.op === 'column') return { ...expr, index: expr.index + width }
  return expr.op === 'call' ? { ...expr, args: expr.args.map((arg) => shiftBy(arg, width)) } : expr
}

/** Sub-queries that stand for one value: each becomes a column behind those of the relation. */
export class Subqueries {
  readonly #context: PlanContext
  readonly #outer: Relation
  readonly #found: Array<{ node: ast.Expression; value: Value }> = []

  /** @param outer the rows around them, whose columns they may look at */
  constructor(context: PlanContext, outer: Relation) {
    this.#context = context
    this.#outer = outer
  }

  /** The value of a sub-query or EXISTS, in a column counted from the end of the rows around; undefined for any other node. */
  find(node: ast.Expression): Expr | undefined {
    if (node.kind !== 'subquery' && node.kind !== 'exists') return undefined
    let index = this.#found.findIndex((known) => known.node === node)
    if (index < 0) index = this.#found.push({ node, value: this.#value(node) }) - 1
    const column = columnRef(this.#outer.plan.columns.length + index, { ...at(this.#found, index).value.type, nullable: true })
    if (node.kind === 'subquery') return column
    return bool('GREATER_THAN', [column, { op: 'literal', type: { kind: 'BIGINT', nullable: false }, value: 0 }], false)
  }

  /** The relation with a column for each sub-query found. */
  joined(plan: Plan): Plan {
    return this.#found.reduce((rows, { value }) => value.join(rows), plan)
  }

  #value(node: ast.Subquery | ast.Exists): Value {
    const query = node.kind === 'exists' ? counting(node.query) : node.query
    const found = planSubquery(this.#context, this.#outer, query)
    if ('correlated' in found) return this.#correlated(found.correlated, node)
    const { plan, fields } = found.plain
    if (fields.length !== 1) refuse(node.at, `a query in place of a value gives one column, not ${fields.length}`)
    const single = plan.step === 'groupAggregate' && plan.keys.length === 0 ? plan : singleValue(plan, fields[0]?.name ?? 'v', [])
    const conditions = { equal: [], leftOnly: [], rightOnly: [], rest: [] }
    const ttl = ttlOf(this.#context)
    return {
      type: at(single.columns, 0).type,
      join: (rows) =>
        keyed(rows, single, conditions, 'LEFT', (base) => ({ ...base, step: 'join', ttl: { left: ttl, right: ttl }, changing: true })),
    }
  }

  /** Joined by what it compares with the columns around it, which come first in the rows that are joined too. */
  #correlated({ relation, own, on, computed }: Decorrelated, node: ast.Expression): Value {
    const columns = computed?.length ?? own
    if (columns !== 1) refuse(node.at, `a query in place of a value gives one column, not ${columns}`)
    const keys = relation.plan.columns.flatMap((_, i) => (i < own ? [] : [i]))
    const right = computed ? relation.plan : singleValue(relation.plan, relation.fields[0]?.name ?? 'v', keys)
    const width = this.#outer.plan.columns.length
    // A single value has its keys first.
    const place = (index: number) => (computed ? index : index < own ? keys.length + index : index - own)
    const type = computed ? at(computed, 0).expr.type : at(right.columns, keys.length).type
    return {
      type,
      join: (rows) => {
        const more = rows.columns.length - width
        const moved = (expr: Expr): Expr =>
          mapColumns(expr, (column) => (column.index < width ? column : { ...column, index: width + more + place(column.index - width) }))
        const left: Relation = { plan: rows, fields: rows.columns.map(({ name }) => ({ name })) }
        const both = joinOf(
          this.#context,
          'LEFT',
          left,
          { plan: right, fields: right.columns.map(({ name }) => ({ name })) },
          on.map(moved),
          node.at,
        )
        const value = computed ? moved(at(computed, 0).expr) : columnRef(rows.columns.length + keys.length, { ...type, nullable: true })
        return calc(both.plan, [
          ...identity(rows.columns).map((expr, i) => ({ name: at(rows.columns, i).name, expr })),
          { name: '$q', expr: value },
        ])
      },
    }
  }
}

interface Value {
  readonly type: SqlType
  /** The rows with the value in a column behind. */
  join(rows: Plan): Plan
}

/** The one value of each key; more than one is a failure while it runs. */
function singleValue(input: Plan, name: string, keys: readonly number[]): Plan {
  const { type } = at(input.columns, 0)
  const out = { ...type, nullable: true }
  const calls = [{ fn: 'SINGLE_VALUE', args: [0], argTypes: [type], type: out }]
  const columns = [...keys.map((column) => at(input.columns, column)), { name, type: out }].map((each) => ({
    name: each.name,
    type: each.type,
  }))
  return { step: 'groupAggregate', input, keys, calls, ttl: 0, columns, changing: true, unique: [keys.map((_, i) => i)] }
}

/** EXISTS (SELECT …) as the number of its rows. */
function counting(query: ast.Query): ast.Query {
  const { body, at: place } = query
  if (body.kind !== 'select' || body.groupBy || body.having || query.limit || query.offset)
    return refuse(place, 'EXISTS of such a query can only stand between ANDs', 'write it as a join')
  const count: ast.Identifier = { kind: 'identifier', name: 'COUNT', at: place }
  const call: ast.Call = {
    kind: 'call',
    name: { kind: 'name', parts: [count], at: place },
    distinct: false,
    arguments: [{ kind: 'star', at: place }],
    orderBy: [],
    withinGroup: [],
    at: place,
  }
  return { ...query, orderBy: [], body: { ...body, distinct: false, items: [{ kind: 'selectItem', expression: call, at: place }] } }
}

/** INTERSECT and EXCEPT of rows of one shape: rows of the left side that are, or are not, on the right. NULL equals NULL here. */
export function planIntersect(context: PlanContext, operator: 'INTERSECT' | 'EXCEPT', left: Plan, right: Plan, _at: ast.Span): Plan {
  const other = distinct(context, right)
  const same = left.columns.map(({ type }, i) =>
    bool('IS_NOT_DISTINCT_FROM', [columnRef(i, type), columnRef(i, at(other.columns, i).type, 1)], false),
  )
  const nullable = left.columns.some(({ type }, i) => type.nullable || at(other.columns, i).type.nullable)
  const pairs = left.columns.map(({ type }, i): readonly [Expr, Expr] => [columnRef(i, type), columnRef(i, at(other.columns, i).type)])
  return semi(context, operator === 'INTERSECT' ? 'SEMI' : 'ANTI', left, other, nullable ? [] : pairs, nullable ? same : [])
}
