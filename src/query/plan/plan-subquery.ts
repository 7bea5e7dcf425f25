import { castTo } from '../expr/build.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import { at } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { columnRef, conjuncts } from './exprs.ts'
import type { JoinType, Plan } from './nodes.ts'
import { Pending, planFrom } from './plan-from.ts'
import { joinOf, keyed, sideBySide } from './plan-join.ts'
import { distinct, planQuery } from './plan-query.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { ttlOf } from './settings.ts'
import { commonType } from './unify.ts'

/** The conditions of an AND chain. */
export function splitAnd(node: ast.Expression): ast.Expression[] {
  return node.kind === 'operation' && node.operator === 'AND' ? [...splitAnd(node.left), ...splitAnd(node.right)] : [node]
}

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
  const right = planQuery(context, node.set as ast.Query)
  const operands = node.operand.kind === 'row' ? node.operand.items : [node.operand]
  if (operands.length !== right.fields.length)
    refuse(node.at, `IN compares ${operands.length} values with a query of ${right.fields.length} columns`)
  const pairs = operands.map((operand, i): readonly [Expr, Expr] => {
    const l = bind(context, left, operand)
    const column = at(right.plan.columns, i)
    const type = commonType([l.type, column.type], node.at)
    return [castTo(l, type), castTo(columnRef(i, column.type), type)]
  })
  if (!negated) return { ...left, plan: semi(context, 'SEMI', left.plan, right.plan, pairs, []) }
  // NOT IN is unknown as soon as one side is NULL: such a pair forbids the row as an equal one does.
  if (pairs.every(([l, r]) => !l.type.nullable && !r.type.nullable))
    return { ...left, plan: semi(context, 'ANTI', left.plan, right.plan, pairs, []) }
  const rest = pairs.map(([l, r]) => nullAware(l, toInput1(r)))
  return { ...left, plan: semi(context, 'ANTI', left.plan, right.plan, [], rest) }
}

const bool = (fn: string, args: readonly Expr[], nullable: boolean): Expr => ({ op: 'call', fn, args, type: { kind: 'BOOLEAN', nullable } })

/** Equal, or one of them NULL. */
function nullAware(l: Expr, r: Expr): Expr {
  return bool('OR', [bool('OR', [bool('EQUALS', [l, r], true), bool('IS_NULL', [l], false)], true), bool('IS_NULL', [r], false)], true)
}

function toInput1(expr: Expr): Expr {
  if (expr.op === 'column') return { ...expr, input: 1 }
  return expr.op === 'call' ? { ...expr, args: expr.args.map(toInput1) } : expr
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
    const right = planQuery(context, query)
    return { ...left, plan: semi(context, negated ? 'ANTI' : 'SEMI', left.plan, right.plan, [], []) }
  }
  const where = new Pending(body.where ? splitAnd(body.where) : [])
  const right = planFrom(context, body.from, where)
  const both = sideBySide(left, right)
  // Names of the sub-query's own tables come first, as scopes have it.
  const inner = new Set(right.fields.map(({ name }) => name))
  const hidden: Relation = {
    plan: both.plan,
    fields: both.fields.map((field, i) =>
      i < left.fields.length && inner.has(field.name) ? { ...field, name: field.qualifier ? field.name : ` ${field.name}` } : field,
    ),
  }
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
  readonly #plans: Array<{ node: ast.Subquery; plan: Plan }> = []

  constructor(context: PlanContext) {
    this.#context = context
  }

  /** The column of a sub-query, counted from `width`; undefined for any other node. */
  find(node: ast.Expression, width: number): Expr | undefined {
    if (node.kind !== 'subquery') return undefined
    let index = this.#plans.findIndex((known) => known.node === node)
    if (index < 0) index = this.#plans.push({ node, plan: this.#single(node) }) - 1
    const type = at(at(this.#plans, index).plan.columns, 0).type
    return columnRef(width + index, { ...type, nullable: true })
  }

  /** The relation with a column for each sub-query found. */
  joined(plan: Plan): Plan {
    let joined = plan
    for (const { plan: right } of this.#plans) {
      const ttl = ttlOf(this.#context)
      const conditions = { equal: [], leftOnly: [], rightOnly: [], rest: [] }
      joined = keyed(joined, right, conditions, 'LEFT', (base) => ({
        ...base,
        step: 'join',
        ttl: { left: ttl, right: ttl },
        changing: true,
      }))
    }
    return joined
  }

  #single(node: ast.Subquery): Plan {
    const { plan, fields } = planQuery(this.#context, node.query)
    if (fields.length !== 1) refuse(node.at, `a query in place of a value gives one column, not ${fields.length}`)
    if (plan.step === 'groupAggregate' && plan.keys.length === 0) return plan
    const { type } = at(plan.columns, 0)
    const out = { ...type, nullable: true }
    const calls = [{ fn: 'SINGLE_VALUE', args: [0], argTypes: [type], type: out }]
    return {
      step: 'groupAggregate',
      input: plan,
      keys: [],
      calls,
      ttl: 0,
      columns: [{ name: fields[0]?.name ?? 'v', type: out }],
      changing: true,
      unique: [[]],
    }
  }
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
