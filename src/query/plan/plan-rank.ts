import type { Expr } from '../expr/expr.ts'
import { at, calc } from './calc.ts'
import type { PlanContext } from './context.ts'
import { and, conjuncts } from './exprs.ts'
import { growth } from './growth.ts'
import type { Plan, RowNumber } from './nodes.ts'
import { ttlOf } from './settings.ts'

/**
 * A ROW_NUMBER under a filter that bounds it becomes a top-N: of a window where it is numbered within one, the first or last row by time
 * where it keeps one, else of all that came.
 */
export function bounded(plan: Plan, context: PlanContext): Plan {
  if (plan.step !== 'calc' || plan.input.step !== 'rowNumber') return plan
  const numbered = plan.input
  const number = numbered.columns.length - 1
  const bounds = { from: 1, to: Number.POSITIVE_INFINITY }
  const rest: Expr[] = []
  for (const condition of conjuncts(plan.filter)) if (!narrow(bounds, condition, number)) rest.push(condition)
  if (!Number.isFinite(bounds.to)) return plan
  const ranked = rankOf(numbered, bounds, uses(plan.projection, rest, number), ttlOf(context))
  const one = bounds.to === 1 ? { op: 'literal' as const, type: at(numbered.columns, number).type, value: 1 } : undefined
  const final = (expr: Expr): Expr => (one && ranked.columns.length === number ? replaceColumn(expr, number, one) : expr)
  const projected = plan.projection.map((expr, i) => ({ name: at(plan.columns, i).name, expr: final(expr) }))
  return calc(ranked, projected, and(rest.map(final)))
}

function uses(projection: readonly Expr[], rest: readonly Expr[], column: number): boolean {
  return [...projection, ...rest].some((expr) => replaceColumn(expr, column, undefined) !== expr)
}

function replaceColumn(expr: Expr, column: number, by: Expr | undefined): Expr {
  if (expr.op === 'column') return expr.index === column ? (by ?? { ...expr }) : expr
  if (expr.op === 'literal') return expr
  const args = expr.args.map((arg) => replaceColumn(arg, column, by))
  return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args }
}

/** Takes a condition on the number itself into the bounds. */
function narrow(bounds: { from: number; to: number }, condition: Expr, number: number): boolean {
  if (condition.op !== 'call') return false
  const [a, b] = condition.args.map(plain)
  if (!a || !b) return false
  const swapped = b.op === 'column' && a.op === 'literal'
  const [column, value] = swapped ? [b, a] : [a, b]
  if (column.op !== 'column' || column.index !== number || value.op !== 'literal' || value.value === null) return false
  const n = Number(value.value)
  switch (swapped ? (MIRROR[condition.fn] ?? condition.fn) : condition.fn) {
    case 'EQUALS':
      bounds.from = Math.max(bounds.from, n)
      bounds.to = Math.min(bounds.to, n)
      return true
    case 'LESS_THAN_OR_EQUAL':
      bounds.to = Math.min(bounds.to, Math.floor(n))
      return true
    case 'LESS_THAN':
      bounds.to = Math.min(bounds.to, Math.ceil(n) - 1)
      return true
    case 'GREATER_THAN_OR_EQUAL':
      bounds.from = Math.max(bounds.from, Math.ceil(n))
      return true
    case 'GREATER_THAN':
      bounds.from = Math.max(bounds.from, Math.floor(n) + 1)
      return true
    default:
      return false
  }
}

const MIRROR: Readonly<Record<string, string>> = {
  LESS_THAN: 'GREATER_THAN',
  LESS_THAN_OR_EQUAL: 'GREATER_THAN_OR_EQUAL',
  GREATER_THAN: 'LESS_THAN',
  GREATER_THAN_OR_EQUAL: 'LESS_THAN_OR_EQUAL',
}

/** Without the cast that a comparison of BIGINT and INT puts around one side. */
function plain(expr: Expr): Expr {
  return expr.op === 'call' && (expr.fn === 'CAST' || expr.fn === 'REINTERPRET') && expr.args[0] ? plain(expr.args[0]) : expr
}

function rankOf(numbered: RowNumber, { from, to }: { from: number; to: number }, number: boolean, ttl: number): Plan {
  const { input, partition, order } = numbered
  const columns = numbered.columns.slice(0, -1)
  const withNumber = number && to !== 1
  const base = { input, from, to, number: withNumber }
  const out = withNumber ? numbered.columns : columns
  const window = input.window
  if (window && partition.includes(window.start) && partition.includes(window.end)) {
    // The start stays: sessions that end together need not have begun together.
    const others = partition.filter((column) => column !== window.end)
    return {
      step: 'windowRank',
      ...base,
      of: window,
      ...(to === 1 && isLastByTime(input, order) && { lastOfTies: true }),
      partition: others,
      order,
      columns: out,
      changing: false,
      unique: to === 1 ? [partition] : [],
      window,
    }
  }
  const [first, ...more] = order
  const time = first && at(input.columns, first.column).time
  if (to === 1 && first && time && more.length === 0 && !input.changing) {
    const keep = first.descending ? 'last' : 'first'
    return {
      step: 'deduplicate',
      input,
      keys: partition,
      order: first.column,
      time,
      keep,
      ttl,
      columns,
      // The first by its row time waits for the watermark, and stays.
      changing: keep === 'last',
      unique: [partition],
    }
  }
  const plain = out.map(({ name, type }) => ({ name, type }))
  const unique = to === 1 ? [partition] : withNumber ? [[...partition, out.length - 1]] : input.unique
  const replacing = from === 1 ? comingForward(input, partition, order) : undefined
  return { step: 'rank', ...base, partition, order, ttl, columns: plain, changing: true, unique, ...(replacing && { replacing }) }
}

/** The key of rows that only ever come forward in the order: groups by their count, or by a maximum, of rows that are not taken back. */
function comingForward(input: Plan, partition: readonly number[], order: RowNumber['order']): readonly number[] | undefined {
  const key = input.unique.find((columns) => partition.every((column) => columns.includes(column)))
  if (!key || !input.changing) return undefined
  const forward = order.every(({ column, descending }) => {
    const grows = growth(input, column)
    return grows === 'never' || grows === (descending ? 'up' : 'down')
  })
  return forward ? key : undefined
}

/** ORDER BY one row time, descending. */
function isLastByTime(input: Plan, [first, ...more]: RowNumber['order']): boolean {
  return first !== undefined && more.length === 0 && first.descending && at(input.columns, first.column).time === 'row'
}

/** A top-N whose number nobody looks at gives out fewer changes. */
export function numberless(plan: Plan): Plan {
  if (plan.step !== 'calc') return plan
  const ranked = plan.input
  if ((ranked.step !== 'rank' && ranked.step !== 'windowRank') || !ranked.number) return plan
  const number = ranked.columns.length - 1
  if (uses(plan.projection, conjuncts(plan.filter), number)) return plan
  const input = {
    ...ranked,
    number: false,
    columns: ranked.columns.slice(0, -1),
    unique: ranked.unique.filter((key) => !key.includes(number)),
  }
  return { ...plan, input, unique: plan.unique }
}

/** Whether rows can be numbered without a bound: upwards by one column, a time of rows that do not change or a value. */
export function numberAsOver({ order, input }: RowNumber): boolean {
  const [first, ...more] = order
  if (first === undefined || more.length > 0 || first.descending) return false
  return at(input.columns, first.column).time === undefined || !input.changing
}
