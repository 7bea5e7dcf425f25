import type { AggregateCall } from '../aggregates/aggregate.ts'
import type { Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { Column, SqlType } from '../types/sql-type.ts'
import { aggregateCall, aggregatesIn, sameCall } from './aggregate-calls.ts'
import { at, calc, untimed } from './calc.ts'
import { type BindOptions, bind, type PlanContext } from './context.ts'
import { columnRef, columnsUsed, identity, sameExpr } from './exprs.ts'
import { groupingSets } from './grouping.ts'
import { legacyWindow } from './legacy-windows.ts'
import type { Expand, Plan, WindowAssign } from './nodes.ts'
import { windowColumns } from './plan-window-function.ts'
import { Projection } from './projection.ts'
import { dividedInGroups, growing, hiddenCounts } from './reduced-calls.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'
import { ttlOf } from './settings.ts'
import { functionName } from './walk.ts'

/** GROUP BY and aggregates, planned; expressions of SELECT and HAVING are bound over `input` with `options`, then rewritten. */
export interface Aggregation {
  /** What SELECT and HAVING see. */
  readonly relation: Relation
  /** What their names are bound over: the rows before they were grouped. */
  readonly input: Relation
  readonly options: BindOptions
  /** From the rows before to the groups: what is neither a key nor an aggregate is refused. */
  rewrite(expr: Expr, place: ast.Span): Expr
}

/** Marks a column as one of the aggregates, until it is rewritten. */
const AGGREGATE_INPUT = -1
/** The number of the grouping set, until then. */
const SET_INPUT = -3

export function planAggregation(context: PlanContext, select: ast.Select, rows: Relation): Aggregation | undefined {
  const nodes = [
    ...select.items.flatMap((item) => (item.kind === 'selectItem' ? [item.expression] : [])),
    ...[select.having, select.qualify].filter((node) => node !== undefined),
  ]
  const aggregates = aggregatesIn(nodes)
  if (!select.groupBy && aggregates.length === 0) {
    if (select.having) refuse(select.having.at, 'HAVING without GROUP BY or an aggregate', 'WHERE filters rows')
    return undefined
  }
  const sets = select.groupBy ? groupingSets(select.groupBy) : [[]]
  const windowed = legacyWindow(context, rows, sets.flat(), nodes)
  const input = windowed?.relation ?? rows
  const bindKey = (node: ast.Expression): Expr => bind(context, input, node, windowed ? { replace: windowed.replace } : {})
  const keySets = sets.map((set) => set.flatMap((node) => windowed?.keys(node) ?? [bindKey(node)]))
  const keys = unique(keySets.flat())
  const below = new Projection()
  const several = sets.length > 1
  const one = several ? [] : keys.map((key, i) => below.add(key, nameOf(input, key) ?? `k${i}`))
  const calls: AggregateCall[] = []
  const placed = new Map<ast.Expression, number>()
  for (const node of aggregates) {
    const call = aggregateCall(context, node, below, bindKey, keys.length === 0)
    const known = calls.findIndex((other) => sameCall(other, call))
    placed.set(node, known >= 0 ? known : calls.push(call) - 1)
  }
  // A grouping set leaves a key out, but not what aggregates take of it: several sets have the keys in columns of their own.
  const keyColumns = several ? keys.map((key, i) => below.copy(key, nameOf(input, key) ?? `k${i}`)) : one
  const built = build(context, input.plan, below, { keys, keyColumns, keySets, calls })
  const grouping = (node: ast.Expression) => groupingFunction(context, input, node, keys, built.setColumn, keySets)
  const replace = (node: ast.Expression): Expr | undefined => {
    const call = placed.get(node)
    if (call !== undefined) return columnRef(call, at(calls, call).type, AGGREGATE_INPUT)
    return grouping(node) ?? windowed?.replace(node)
  }
  const rewrite = (expr: Expr, place: ast.Span): Expr => rewritten(expr, place, keys, built, input)
  const fields = built.plan.columns.map(({ name }) => ({ name }))
  return { relation: { plan: built.plan, fields }, input, options: { replace }, rewrite }
}

interface Built {
  readonly plan: Plan
  /** Where each key is in the result. */
  readonly keyAt: readonly number[]
  /** Where the first aggregate is. */
  readonly firstCall: number
  /** Where the number of the grouping set is. */
  readonly setColumn?: number
}

interface Grouped {
  readonly keys: readonly Expr[]
  readonly keyColumns: readonly number[]
  readonly keySets: ReadonlyArray<readonly Expr[]>
  readonly calls: readonly AggregateCall[]
}

function build(context: PlanContext, input: Plan, below: Projection, grouped: Grouped): Built {
  const { keys, keySets, calls } = grouped
  const window = input.window
  const isWindow = (key: Expr, column: number | undefined) => key.op === 'column' && key.index === column
  const hasStart = window && keySets.every((set) => set.some((key) => isWindow(key, window.start)))
  const hasEnd = window && keySets.every((set) => set.some((key) => isWindow(key, window.end)))
  const special = window && hasStart && hasEnd && sessionKeysFit(input, grouped) ? window : undefined
  const border = (key: Expr): number =>
    special ? [special.start, special.end, special.time].findIndex((column) => isWindow(key, column)) : -1
  const plain = keys.flatMap((key, i) => (border(key) < 0 ? [i] : []))
  const keyColumns = plain.map((i) => at(grouped.keyColumns, i))
  const multi = keySets.length > 1
  const nullable = (i: number) => multi && !keySets.every((set) => set.some((key) => sameExpr(key, at(keys, i))))
  const columnOf = (i: number): Column => ({
    name: below.nameOf(at(grouped.keyColumns, i)),
    type: nullableIf(at(keys, i).type, nullable(i)),
  })
  const firstCall = plain.length + (multi ? 1 : 0)
  const setColumn = multi ? plain.length : undefined
  const columns: Column[] = [
    ...plain.map(columnOf),
    ...(multi ? [{ name: '$e', type: { kind: 'BIGINT' as const, nullable: false } }] : []),
    ...calls.map(({ type }, i) => ({ name: `a${i}`, type })),
  ]
  const keyAt = keys.map((key, i) => (border(key) < 0 ? plain.indexOf(i) : columns.length + border(key)))
  const source = special ? sourceOfWindow(input, below, special, calls) : { plan: below.over(input) }
  const expanded = multi ? expand(source.plan, grouped, keyColumns, plain) : source.plan
  const stepKeys = multi ? [...keyColumns, expanded.columns.length - 1] : keyColumns
  const built = { keyAt, firstCall, ...(setColumn !== undefined && { setColumn }) }
  if (!source.window) {
    const counts = hiddenCounts(calls, dividedInGroups(calls))
    const all = untimed([...columns, ...counts.map(({ type }, i) => ({ name: `$c${i}`, type }))])
    const plan: Plan = {
      step: 'groupAggregate',
      input: expanded,
      keys: stepKeys,
      calls: [...growing(expanded, stepKeys, calls), ...counts],
      ttl: ttlOf(context),
      columns: all,
      changing: true,
      unique: [columns.slice(0, firstCall).map((_, i) => i)],
    }
    const shown = identity(all).slice(0, columns.length)
    const expr = shown.map((each, i) => ({ name: at(all, i).name, expr: each }))
    return { plan: counts.length > 0 ? calc(plan, expr) : plan, ...built }
  }
  const { spec, time } = source.window
  const zone = special?.zone === undefined ? {} : { zone: special.zone }
  const timeType: SqlType = time === undefined ? { kind: 'TIMESTAMP', precision: 3, nullable: false } : at(source.plan.columns, time).type
  const out = [...columns, ...windowColumns(timeType)]
  const borders = [columns.length, columns.length + 1]
  const common = {
    input: expanded,
    time: time ?? 0,
    ...zone,
    keys: stepKeys,
    calls,
    columns: out,
    changing: false,
    unique: [[...columns.slice(0, firstCall).map((_, i) => i), ...borders]],
    window: { start: columns.length, end: columns.length + 1, time: columns.length + 2, ...zone },
  }
  const plan: Plan =
    spec.kind === 'SESSION' ? { step: 'sessionAggregate', gap: spec.gap, ...common } : { step: 'windowAggregate', spec, ...common }
  return { plan, ...built }
}

const nullableIf = (type: SqlType, nullable: boolean): SqlType => (nullable && !type.nullable ? { ...type, nullable: true } : type)

/**
 * Sessions are those of their PARTITION BY: grouped by anything else their rows are plain groups, that change with each row. True where the
 * windows are no sessions just assigned.
 */
function sessionKeysFit(input: Plan, { keys }: Grouped): boolean {
  const assign = input.step === 'calc' ? input.input : input
  if (assign.step !== 'windowAssign' || assign.spec.kind !== 'SESSION') return true
  const own = assign.input.columns.length
  const below = keys.map((key) => (key.op === 'column' && input.step === 'calc' ? input.projection[key.index] : key))
  const columns = below.map((key) => (key?.op === 'column' ? key.index : -1)).filter((column) => column < own)
  const { partition } = assign.spec
  return columns.every((column) => partition.includes(column)) && partition.every((column) => columns.includes(column))
}

type WindowSource =
  | { plan: Plan; window?: undefined }
  | { plan: Plan; window: { spec: WindowAssign['spec'] | { kind: 'ATTACHED'; start: number; end: number }; time?: number } }

/** Aggregates of a window function cut time themselves, where nothing between the two looks at the window; else rows carry its columns. */
function sourceOfWindow(
  input: Plan,
  below: Projection,
  window: NonNullable<Plan['window']>,
  calls: readonly AggregateCall[],
): WindowSource {
  const aggregated = new Set(calls.flatMap(({ args, filter }) => (filter === undefined ? args : [...args, filter])))
  const projected = below.over(input)
  const assign = projected.step === 'calc' && projected.input.step === 'windowAssign' ? projected.input : undefined
  if (projected.step === 'calc' && assign) {
    const own = assign.input.columns.length
    const used = columnsUsed(projected.filter, ...projected.projection.filter((expr, i) => aggregated.has(i) || !isBorder(expr, assign)))
    const sessionFits =
      assign.spec.kind !== 'SESSION' || assign.spec.partition.every((column) => projected.projection.some((expr) => isColumn(expr, column)))
    if ([...used].every((column) => column < own) && sessionFits) {
      const exprs = projected.projection.map((expr) =>
        isBorder(expr, assign) ? columnRef(assign.time, at(assign.input.columns, assign.time).type) : expr,
      )
      const time = exprs.length
      const all = [...exprs, columnRef(assign.time, at(assign.input.columns, assign.time).type)]
      const plan = calc(
        assign.input,
        all.map((expr, i) => ({ name: expr === projected.projection[i] ? at(projected.columns, i).name : '$time', expr })),
        projected.filter,
      )
      return { plan, window: { spec: assign.spec, time } }
    }
  }
  const [start, end] = [below.add(identity(input.columns)[window.start] as Expr), below.add(identity(input.columns)[window.end] as Expr)]
  const time = window.time === undefined ? undefined : below.add(identity(input.columns)[window.time] as Expr)
  return { plan: below.over(input), window: { spec: { kind: 'ATTACHED', start, end }, ...(time !== undefined && { time }) } }
}

const isColumn = (expr: Expr, index: number) => expr.op === 'column' && expr.index === index
const isBorder = (expr: Expr, assign: WindowAssign) => expr.op === 'column' && expr.index >= assign.input.columns.length

function expand(input: Plan, { keys, keySets }: Grouped, keyColumns: readonly number[], plain: readonly number[]): Expand {
  const all = identity(input.columns)
  const projections = keySets.map((set, number): Expr[] => {
    const row = all.map((expr, column): Expr => {
      const i = plain[keyColumns.indexOf(column)]
      if (i === undefined || set.some((key) => sameExpr(key, at(keys, i)))) return expr
      return { op: 'literal', type: { ...expr.type, nullable: true }, value: null }
    })
    return [...row, { op: 'literal', type: { kind: 'BIGINT', nullable: false }, value: number }]
  })
  const columns = [...input.columns, { name: '$e', type: { kind: 'BIGINT' as const, nullable: false } }]
  return { step: 'expand', input, projections, columns, changing: input.changing, unique: [] }
}

function rewritten(expr: Expr, place: ast.Span, keys: readonly Expr[], built: Built, input: Relation): Expr {
  const key = keys.findIndex((known) => sameExpr(known, expr))
  if (key >= 0) {
    const index = at(built.keyAt, key)
    return columnRef(index, at(built.plan.columns, index).type)
  }
  if (expr.op === 'literal') return expr
  if (expr.op === 'column') {
    if (expr.input === AGGREGATE_INPUT) return columnRef(built.firstCall + expr.index, expr.type)
    if (expr.input === SET_INPUT) return columnRef(expr.index, expr.type)
    if (expr.input < AGGREGATE_INPUT) return expr
    refuse(
      place,
      `column ${input.fields[expr.index]?.name} is neither grouped by nor inside an aggregate`,
      `add it to GROUP BY, or take MAX(${input.fields[expr.index]?.name})`,
    )
  }
  return { ...expr, args: expr.args.map((arg) => rewritten(arg, place, keys, built, input)) }
}

/** GROUPING(a, b) and GROUPING_ID: which of the keys the grouping set leaves out, as bits. */
function groupingFunction(
  context: PlanContext,
  input: Relation,
  node: ast.Expression,
  keys: readonly Expr[],
  setColumn: number | undefined,
  sets: ReadonlyArray<readonly Expr[]>,
): Expr | undefined {
  if (node.kind !== 'call' || !['GROUPING', 'GROUPING_ID', 'GROUP_ID'].includes(functionName(node))) return undefined
  const wanted = node.arguments.map((argument) => bind(context, input, argument as ast.Expression))
  for (const key of wanted)
    if (!keys.some((known) => sameExpr(known, key))) refuse(node.at, `${functionName(node)} takes expressions of GROUP BY`)
  const type: SqlType = { kind: 'BIGINT', nullable: false }
  const bits = sets.map((set) => wanted.reduce((value, key) => value * 2 + (set.some((known) => sameExpr(known, key)) ? 0 : 1), 0))
  if (setColumn === undefined) return { op: 'literal', type, value: bits[0] ?? 0 }
  const set = columnRef(setColumn, type, SET_INPUT)
  const literal = (value: number): Expr => ({ op: 'literal', type, value })
  const args = bits
    .slice(0, -1)
    .flatMap((value, number): Expr[] => [
      { op: 'call', fn: 'EQUALS', args: [set, literal(number)], type: { kind: 'BOOLEAN', nullable: false } },
      literal(value),
    ])
  return { op: 'call', fn: 'CASE', args: [...args, literal(bits.at(-1) ?? 0)], type }
}

function unique(exprs: readonly Expr[]): Expr[] {
  return exprs.filter((expr, i) => exprs.findIndex((other) => sameExpr(other, expr)) === i)
}

function nameOf(input: Relation, key: Expr): string | undefined {
  return key.op === 'column' ? input.fields[key.index]?.name : undefined
}
