import type { Expr } from '../expr/expr.ts'
import type { Column } from '../types/sql-type.ts'
import { and, conjuncts, eachColumn, identity, isVolatile, mapColumns } from './exprs.ts'
import type { Calc, Plan, WindowColumns } from './nodes.ts'

/** A column that a Calc gives out. */
export interface Projected {
  readonly name: string
  readonly expr: Expr
}

/**
 * Filter, then projection, over a plan. What only passes through keeps what is known of it: its time, its window, its uniqueness.
 * A Calc over a Calc becomes one where no work is done twice by it.
 */
export function calc(input: Plan, projected: readonly Projected[], filter?: Expr): Plan {
  const below = input.step === 'calc' && input.watermark === undefined ? input : undefined
  if (below && mergeable(below, [...projected.map(({ expr }) => expr), ...conjuncts(filter)])) {
    const lower = (expr: Expr): Expr => mapColumns(expr, ({ index }) => at(below.projection, index))
    const both = and([...conjuncts(below.filter), ...conjuncts(filter && lower(filter))])
    return make(
      below.input,
      projected.map(({ name, expr }) => ({ name, expr: lower(expr) })),
      both,
    )
  }
  if (!filter && isIdentity(input, projected)) return input
  return make(input, projected, filter)
}

/** Rows for which `filter` is true, as they are. */
export function filtered(input: Plan, filter: Expr | undefined): Plan {
  if (!filter) return input
  return calc(
    input,
    identity(input.columns).map((expr, i) => ({ name: at(input.columns, i).name, expr })),
    filter,
  )
}

/** Columns of a plan by number, under their names. */
export function picked(input: Plan, columns: readonly number[]): Plan {
  const all = identity(input.columns)
  return calc(
    input,
    columns.map((i) => ({ name: at(input.columns, i).name, expr: at(all, i) })),
  )
}

function make(input: Plan, projected: readonly Projected[], filter: Expr | undefined): Calc {
  /** Input column → where it goes through unchanged, first place. */
  const passes = new Map<number, number>()
  const columns = projected.map(({ name, expr }, i): Column => {
    if (expr.op === 'call' && expr.fn === 'PROCTIME') return { name, type: expr.type, time: 'proc' }
    if (expr.op !== 'column') return { name, type: expr.type }
    if (!passes.has(expr.index)) passes.set(expr.index, i)
    const { time } = at(input.columns, expr.index)
    return { name, type: expr.type, ...(time && { time }) }
  })
  const window = input.window && windowThrough(input.window, passes)
  return {
    step: 'calc',
    input,
    projection: projected.map(({ expr }) => expr),
    columns,
    changing: input.changing,
    unique: input.unique.flatMap((key) => {
      const kept = key.map((column) => passes.get(column))
      return kept.every((column) => column !== undefined) ? [kept as number[]] : []
    }),
    ...(filter && { filter }),
    ...(window && { window }),
  }
}

function windowThrough(window: WindowColumns, passes: ReadonlyMap<number, number>): WindowColumns | undefined {
  const [start, end] = [passes.get(window.start), passes.get(window.end)]
  if (start === undefined || end === undefined) return undefined
  const time = window.time === undefined ? undefined : passes.get(window.time)
  return { start, end, ...(time !== undefined && { time }), ...(window.zone !== undefined && { zone: window.zone }) }
}

/** Whether putting the lower expressions into the upper ones copies nothing but columns and literals, and moves nothing volatile. */
function mergeable(below: Calc, upper: readonly Expr[]): boolean {
  const uses = new Map<number, number>()
  for (const expr of upper) eachColumn(expr, ({ index }) => uses.set(index, (uses.get(index) ?? 0) + 1))
  return below.projection.every((expr, i) => {
    if (isVolatile(expr)) return false
    return expr.op !== 'call' || (uses.get(i) ?? 0) <= 1
  })
}

function isIdentity(input: Plan, projected: readonly Projected[]): boolean {
  return (
    projected.length === input.columns.length &&
    projected.every(({ name, expr }, i) => expr.op === 'column' && expr.index === i && name === at(input.columns, i).name)
  )
}

export function at<T>(list: readonly T[], i: number): T {
  const value = list[i]
  if (value === undefined) throw new RangeError(`nothing at ${i} of ${list.length}`)
  return value
}

/** Columns that carry no time any more. */
export const untimed = (columns: Plan['columns']): Plan['columns'] => columns.map(({ name, type }) => ({ name, type }))
