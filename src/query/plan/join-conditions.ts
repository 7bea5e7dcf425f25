import type { Expr } from '../expr/expr.ts'
import { at } from './calc.ts'
import { columnsUsed, mapColumns } from './exprs.ts'
import type { Plan } from './nodes.ts'

/** A join's condition, taken apart. Expressions of one side are over its own columns; `rest` over both (inputs 0 and 1). */
export interface JoinConditions {
  /** Pairs that must be equal: an expression of the left side and one of the right. */
  readonly equal: ReadonlyArray<readonly [left: Expr, right: Expr]>
  readonly leftOnly: readonly Expr[]
  readonly rightOnly: readonly Expr[]
  readonly rest: readonly Expr[]
}

/** @param list over the columns of both sides in a row, the left ones first */
export function takeApart(list: readonly Expr[], leftColumns: number): JoinConditions {
  const equal: Array<readonly [Expr, Expr]> = []
  const leftOnly: Expr[] = []
  const rightOnly: Expr[] = []
  const rest: Expr[] = []
  for (const expr of list) {
    const side = sideOf(expr, leftColumns)
    if (side === 'left') leftOnly.push(expr)
    else if (side === 'right') rightOnly.push(toRight(expr, leftColumns))
    else {
      const pair = equalPair(expr, leftColumns)
      if (pair) equal.push(pair)
      else rest.push(toBoth(expr, leftColumns))
    }
  }
  return { equal, leftOnly, rightOnly, rest }
}

function equalPair(expr: Expr, leftColumns: number): readonly [Expr, Expr] | undefined {
  if (expr.op !== 'call' || expr.fn !== 'EQUALS') return undefined
  const [a, b] = expr.args
  if (!a || !b) return undefined
  const sides = [sideOf(a, leftColumns), sideOf(b, leftColumns)]
  if (sides[0] === 'left' && sides[1] === 'right') return [a, toRight(b, leftColumns)]
  if (sides[0] === 'right' && sides[1] === 'left') return [b, toRight(a, leftColumns)]
  return undefined
}

function sideOf(expr: Expr, leftColumns: number): 'left' | 'right' | 'both' | 'none' {
  const used = [...columnsUsed(expr)]
  if (used.length === 0) return 'none'
  if (used.every((index) => index < leftColumns)) return 'left'
  return used.every((index) => index >= leftColumns) ? 'right' : 'both'
}

function toRight(expr: Expr, leftColumns: number): Expr {
  return mapColumns(expr, (column) => ({ ...column, index: column.index - leftColumns }))
}

/** Over the left row (input 0) and the right row (input 1). */
export function toBoth(expr: Expr, leftColumns: number): Expr {
  return mapColumns(expr, (column) => (column.index < leftColumns ? column : { ...column, input: 1, index: column.index - leftColumns }))
}

/** `right time` between `left time` + lower and `left time` + upper, in ms; and the conditions that are left. */
export interface TimeBounds {
  readonly leftTime: number
  readonly rightTime: number
  readonly lower: number
  readonly upper: number
  readonly rest: readonly Expr[]
}

/** Looks for bounds of the row times of both sides against each other: an interval join has a lower and an upper one. */
export function timeBounds(conditions: JoinConditions, left: Plan, right: Plan): TimeBounds | undefined {
  let [lower, upper] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  let times: { leftTime: number; rightTime: number } | undefined
  const rest: Expr[] = []
  const sides = [left, right] as const
  for (const expr of conditions.rest) {
    const bound = boundOf(expr, sides)
    if (!bound || (times && (times.leftTime !== bound.leftTime || times.rightTime !== bound.rightTime))) {
      rest.push(expr)
      continue
    }
    times ??= bound
    lower = Math.max(lower, bound.lower)
    upper = Math.min(upper, bound.upper)
  }
  if (!times || !Number.isFinite(lower) || !Number.isFinite(upper)) return undefined
  return { leftTime: times.leftTime, rightTime: times.rightTime, lower, upper, rest }
}

/** As an interval: two row times that must be equal. */
export function equalTimes(conditions: JoinConditions, left: Plan, right: Plan): TimeBounds | undefined {
  const found = conditions.equal.find(([a, b]) => isRowTime(a, left) && isRowTime(b, right))
  if (found?.[0].op !== 'column' || found[1].op !== 'column') return undefined
  return { leftTime: found[0].index, rightTime: found[1].index, lower: 0, upper: 0, rest: conditions.rest }
}

const isRowTime = (expr: Expr, plan: Plan) => expr.op === 'column' && at(plan.columns, expr.index).time === 'row'

interface Shifted {
  readonly input: number
  readonly index: number
  readonly shift: number
}

function boundOf(expr: Expr, sides: readonly [Plan, Plan]): (Omit<TimeBounds, 'rest'> & { rest?: never }) | undefined {
  if (expr.op !== 'call') return undefined
  const [a, b] = expr.args.map((arg) => shiftedTime(arg, sides))
  if (!a || !b || a.input === b.input) return undefined
  // left + l  op  right + r, whichever side it was written on
  const swapped = a.input === 1
  const [l, r] = swapped ? [b, a] : [a, b]
  const op = swapped ? MIRROR[expr.fn] : expr.fn
  const times = { leftTime: l.index, rightTime: r.index }
  const by = l.shift - r.shift
  switch (op) {
    case 'LESS_THAN_OR_EQUAL':
      return { ...times, lower: by, upper: Number.POSITIVE_INFINITY }
    case 'LESS_THAN':
      return { ...times, lower: by + 1, upper: Number.POSITIVE_INFINITY }
    case 'GREATER_THAN_OR_EQUAL':
      return { ...times, lower: Number.NEGATIVE_INFINITY, upper: by }
    case 'GREATER_THAN':
      return { ...times, lower: Number.NEGATIVE_INFINITY, upper: by - 1 }
    case 'EQUALS':
      return { ...times, lower: by, upper: by }
    default:
      return undefined
  }
}

const MIRROR: Readonly<Record<string, string>> = {
  LESS_THAN: 'GREATER_THAN',
  LESS_THAN_OR_EQUAL: 'GREATER_THAN_OR_EQUAL',
  GREATER_THAN: 'LESS_THAN',
  GREATER_THAN_OR_EQUAL: 'LESS_THAN_OR_EQUAL',
  EQUALS: 'EQUALS',
}

/** A row time, perhaps with a constant interval added or taken away, perhaps through casts that do not change it. */
function shiftedTime(expr: Expr, sides: readonly [Plan, Plan]): Shifted | undefined {
  if (expr.op === 'column') {
    const plan = expr.input === 1 ? sides[1] : sides[0]
    return at(plan.columns, expr.index).time === 'row' ? { input: expr.input, index: expr.index, shift: 0 } : undefined
  }
  if (expr.op !== 'call') return undefined
  const [first, second] = expr.args
  if (!first) return undefined
  if (expr.fn === 'CAST') return expr.type.kind === first.type.kind ? shiftedTime(first, sides) : undefined
  if (expr.fn !== 'TIME_PLUS' && expr.fn !== 'TIME_MINUS') return undefined
  if (second?.op !== 'literal' || second.type.kind !== 'INTERVAL_DAY_TIME' || typeof second.value !== 'number') return undefined
  const time = shiftedTime(first, sides)
  return time && { ...time, shift: time.shift + (expr.fn === 'TIME_PLUS' ? second.value : -second.value) }
}
