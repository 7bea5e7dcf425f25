import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { Column } from '../types/sql-type.ts'
import { at, calc, filtered } from './calc.ts'
import { bind, type PlanContext } from './context.ts'
import { and, columnRef, conjuncts } from './exprs.ts'
import { equalTimes, type JoinConditions, takeApart, timeBounds } from './join-conditions.ts'
import type { JoinType, Plan } from './nodes.ts'
import type { Pending } from './pending.ts'
import { Projection } from './projection.ts'
import { refuse } from './refuse.ts'
import type { Field, Relation } from './relation.ts'
import { ttlOf } from './settings.ts'

/** A JOIN of two relations, with ON, USING or NATURAL. */
export function planJoin(context: PlanContext, join: ast.Join, left: Relation, right: Relation, where: Pending): Relation {
  const type: JoinType = join.type === 'CROSS' || join.type === 'COMMA' ? 'INNER' : join.type
  const both = sideBySide(left, right)
  const shared = sharedColumns(join, left, right)
  const on = join.on ? conjuncts(bind(context, both, join.on)) : []
  const equal = shared.map(([l, r]) => equals(both.plan.columns, l, left.plan.columns.length + r))
  const joined = joinOf(context, type, left, right, [...equal, ...on, ...where.take(context, both)], join.at)
  return shared.length === 0 ? joined : usingColumns(joined, left.fields.length, shared, type)
}

/** Both relations' columns in a row: only to bind conditions over. */
export function sideBySide(left: Relation, right: Relation): Relation {
  const columns = [...left.plan.columns, ...right.plan.columns]
  return { plan: { step: 'values', rows: [], columns, changing: false, unique: [] }, fields: [...left.fields, ...right.fields] }
}

/**
 * The join that the conditions allow: of windows, of row times within bounds of each other, or of all that ever came.
 *
 * @param on over the columns of both sides in a row
 */
export function joinOf(context: PlanContext, type: JoinType, left: Relation, right: Relation, on: readonly Expr[], at: ast.Span): Relation {
  const conditions = takeApart(on, left.plan.columns.length)
  const leftFilter = type === 'INNER' || type === 'RIGHT' || type === 'SEMI' ? conditions.leftOnly : []
  const rightFilter = type === 'FULL' || type === 'RIGHT' ? [] : conditions.rightOnly
  const kept = [
    ...(leftFilter.length === 0 ? conditions.leftOnly : []),
    ...(rightFilter.length === 0 ? conditions.rightOnly.map((expr) => mapInput(expr)) : []),
    ...conditions.rest,
  ]
  const l: Relation = { ...left, plan: filtered(left.plan, and(leftFilter)) }
  const r: Relation = { ...right, plan: filtered(right.plan, and(rightFilter)) }
  const plan = chosen(context, type, l.plan, r.plan, { ...conditions, rest: kept }, at)
  return { plan, fields: type === 'SEMI' || type === 'ANTI' ? left.fields : [...left.fields, ...right.fields] }
}

const mapInput = (expr: Expr): Expr =>
  expr.op === 'column' ? { ...expr, input: 1 } : expr.op === 'call' ? { ...expr, args: expr.args.map(mapInput) } : expr

function chosen(context: PlanContext, type: JoinType, left: Plan, right: Plan, conditions: JoinConditions, at: ast.Span): Plan {
  const windows = sameWindow(conditions, left, right)
  if (windows)
    return keyed(left, right, windows.conditions, type, (base) => ({
      ...base,
      step: 'windowJoin',
      leftWindow: windows.left,
      rightWindow: windows.right,
      window: windows.left,
      changing: false,
    }))
  // As Flink: an interval join pairs rows, it does not ask whether there is one.
  const pairs = type !== 'SEMI' && type !== 'ANTI'
  const bounds =
    left.changing || right.changing || !pairs ? undefined : (timeBounds(conditions, left, right) ?? equalTimes(conditions, left, right))
  if (bounds) {
    const { leftTime, rightTime, lower, upper, rest } = bounds
    if (lower > upper) refuse(at, `the join's times exclude each other: from ${lower} to ${upper} ms`)
    return keyed(left, right, { ...conditions, rest }, type, (base) => {
      return {
        ...base,
        step: 'intervalJoin',
        leftTime,
        rightTime,
        lower,
        upper,
        changing: false,
        columns: timesKept(base.columns, left, right, type),
      }
    })
  }
  const ttl = ttlOf(context)
  const changing = left.changing || right.changing || !(type === 'INNER' || type === 'SEMI')
  return keyed(left, right, conditions, type, (base) => ({ ...base, step: 'join', ttl: { left: ttl, right: ttl }, changing }))
}

interface JoinBase {
  left: Plan
  right: Plan
  type: JoinType
  leftKeys: number[]
  rightKeys: number[]
  condition?: Expr
  columns: Column[]
  unique: number[][]
}

/** Puts the keys of a join into columns of its sides, builds it, and takes those columns out again. */
export function keyed(left: Plan, right: Plan, conditions: JoinConditions, type: JoinType, make: (base: JoinBase) => Plan): Plan {
  const [l, r] = [new Projection(left), new Projection(right)]
  const leftKeys = conditions.equal.map(([expr]) => l.add(expr))
  const rightKeys = conditions.equal.map(([, expr]) => r.add(expr))
  const [leftPlan, rightPlan] = [l.over(left), r.over(right)]
  const condition = and(conditions.rest)
  const one = type === 'SEMI' || type === 'ANTI'
  const columns = one
    ? outColumns(leftPlan, false)
    : [...outColumns(leftPlan, type === 'RIGHT' || type === 'FULL'), ...outColumns(rightPlan, type === 'LEFT' || type === 'FULL')]
  const unique = one ? left.unique.map((key) => [...key]) : uniqueOf(leftPlan, rightPlan, leftKeys, rightKeys)
  const plan = make({ left: leftPlan, right: rightPlan, type, leftKeys, rightKeys, ...(condition && { condition }), columns, unique })
  const added = leftPlan.columns.length - left.columns.length
  if (added === 0 && (one || rightPlan.columns.length === right.columns.length)) return plan
  const picks = plan.columns.flatMap(({ name, type }, i) => {
    const inLeft = i < leftPlan.columns.length
    const own = inLeft ? i < left.columns.length : i - leftPlan.columns.length < right.columns.length
    return own ? [{ name, expr: columnRef(i, type) }] : []
  })
  return calc(plan, picks)
}

/** A join gives no time of its own: the columns lose theirs, except where the kind of join keeps it. */
function outColumns(plan: Plan, nullable: boolean): Column[] {
  return plan.columns.map(({ name, type }) => ({ name, type: nullable ? { ...type, nullable: true } : type }))
}

function timesKept(columns: readonly Column[], left: Plan, right: Plan, type: JoinType): Column[] {
  const times = [...left.columns, ...right.columns].map(({ time }) => time)
  const leftPads = type === 'RIGHT' || type === 'FULL'
  const rightPads = type === 'LEFT' || type === 'FULL'
  return columns.map((column, i) => {
    const time = i < left.columns.length ? (leftPads ? undefined : times[i]) : rightPads ? undefined : times[i]
    return time ? { ...column, time } : column
  })
}

function uniqueOf(left: Plan, right: Plan, leftKeys: readonly number[], rightKeys: readonly number[]): number[][] {
  const within = (plan: Plan, keys: readonly number[]) => plan.unique.some((key) => key.every((column) => keys.includes(column)))
  const unique: number[][] = []
  if (within(right, rightKeys)) unique.push(...left.unique.map((key) => [...key]))
  if (within(left, leftKeys)) unique.push(...right.unique.map((key) => key.map((column) => column + left.columns.length)))
  const [l] = left.unique
  const [r] = right.unique
  if (unique.length === 0 && l && r) unique.push([...l, ...r.map((column) => column + left.columns.length)])
  return unique
}

/** Equal window starts and equal window ends: the join is one of windows, and these are no keys any more. */
function sameWindow(conditions: JoinConditions, left: Plan, right: Plan) {
  const [l, r] = [left.window, right.window]
  if (!l || !r) return undefined
  const isPair = (pair: readonly [Expr, Expr], a: number, b: number) =>
    pair[0].op === 'column' && pair[1].op === 'column' && pair[0].index === a && pair[1].index === b
  const starts = conditions.equal.some((pair) => isPair(pair, l.start, r.start))
  const ends = conditions.equal.some((pair) => isPair(pair, l.end, r.end))
  if (!starts || !ends) return undefined
  // The start stays a key: sessions that end together need not have begun together.
  const equal = conditions.equal.filter((pair) => !isPair(pair, l.end, r.end))
  return { left: l, right: r, conditions: { ...conditions, equal } }
}

function equals(columns: readonly Column[], left: number, right: number): Expr {
  return {
    op: 'call',
    fn: 'EQUALS',
    args: [columnRef(left, at(columns, left).type), columnRef(right, at(columns, right).type)],
    type: { kind: 'BOOLEAN', nullable: true },
  }
}

function sharedColumns(join: ast.Join, left: Relation, right: Relation): Array<readonly [number, number]> {
  const position = (relation: Relation, name: string, where: ast.Span) => {
    const index = relation.fields.findIndex((field) => field.name === name)
    return index >= 0 ? index : refuse(where, `USING (${name}): one side has no such column`)
  }
  if (join.natural) {
    const seen = left.fields.filter(({ hidden }) => !hidden).map(({ name }) => name)
    const names = seen.filter((name) => right.fields.some((field) => field.name === name))
    return names.map((name) => [position(left, name, join.at), position(right, name, join.at)] as const)
  }
  return join.using.map(({ name, at }) => [position(left, name, at), position(right, name, at)] as const)
}

/** The columns of USING once and first, then the others of both sides; their own ones of USING by the table's name only. */
function usingColumns(joined: Relation, leftColumns: number, shared: ReadonlyArray<readonly [number, number]>, type: JoinType): Relation {
  const all = joined.plan.columns
  const hidden = new Set(shared.flatMap(([l, r]) => [l, leftColumns + r]))
  const merged = shared.map(([l, r]): Expr => {
    const [a, b] = [columnRef(l, at(all, l).type), columnRef(leftColumns + r, at(all, leftColumns + r).type)]
    if (type === 'RIGHT') return b
    return type === 'FULL' ? { op: 'call', fn: 'COALESCE', args: [a, b], type: a.type } : a
  })
  const names = shared.map(([l]) => at(joined.fields, l).name)
  const plan = calc(joined.plan, [
    ...merged.map((expr, i) => ({ name: at(names, i), expr })),
    ...all.map(({ name, type }, i) => ({ name, expr: columnRef(i, type) })),
  ])
  const own = joined.fields.map((field, i): Field => (hidden.has(i) ? { ...field, hidden: true } : field))
  return { plan, fields: [...names.map((name) => ({ name })), ...own] }
}

/** `JOIN t FOR SYSTEM_TIME AS OF left.time ON keys`: each left row with the version that was valid at its time. */
export function planTemporalJoin(context: PlanContext, join: ast.Join, left: Relation, right: Relation, asOf: ast.Expression): Relation {
  if (join.type !== 'INNER' && join.type !== 'LEFT') refuse(join.at, `a temporal join is INNER or LEFT, not ${join.type}`)
  const moment = bind(context, left, asOf)
  const time = moment.op === 'column' ? left.plan.columns[moment.index]?.time : undefined
  if (moment.op !== 'column' || time !== 'row') {
    refuse(
      asOf.at,
      'FOR SYSTEM_TIME AS OF takes a row time of the left side',
      'a lookup by processing time is not deterministic, and is not supported',
    )
  }
  const rightTime = right.plan.columns.findIndex((column) => column.time === 'row')
  if (rightTime < 0 || right.plan.unique.length === 0) {
    refuse(
      join.right.at,
      'the right side of a temporal join needs versions: a primary key and a row time',
      'PRIMARY KEY (…) NOT ENFORCED and WATERMARK in its CREATE TABLE, or a view that keeps the last row by ROW_NUMBER',
    )
  }
  const both = sideBySide(left, right)
  const conditions = takeApart(join.on ? conjuncts(bind(context, both, join.on)) : [], left.plan.columns.length)
  const keys = conditions.equal.flatMap(([, expr]) => (expr.op === 'column' ? [expr.index] : []))
  if (!right.plan.unique.some((key) => key.every((column) => keys.includes(column)))) {
    refuse(join.at, "a temporal join's ON must compare the whole primary key of the right side", 'ON left.key = right.key')
  }
  const rest = [...conditions.leftOnly, ...conditions.rightOnly.map(mapInput), ...conditions.rest]
  const plan = keyed(left.plan, right.plan, { ...conditions, rest }, join.type, (base) => {
    const columns = base.columns.map(
      (column, i): Column => (left.plan.columns[i]?.time ? { ...column, time: left.plan.columns[i]?.time ?? 'row' } : column),
    )
    return { ...base, step: 'temporalJoin', leftTime: moment.index, rightTime, columns, changing: left.plan.changing }
  })
  return { plan, fields: [...left.fields, ...right.fields] }
}
