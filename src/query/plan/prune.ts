import type { AggregateCall } from '../aggregates/aggregate.ts'
import type { Expr } from '../expr/expr.ts'
import { at, picked } from './calc.ts'
import { columnsUsed, eachColumn, isVolatile, mapColumns } from './exprs.ts'
import type { Calc, Deduplicate, IntervalJoin, Match, MatchAggregate, MatchExpressions, Over, Plan, RegularJoin } from './nodes.ts'

/** A step without columns that nobody looks at, and where the others are now: -1 for one that is gone. */
interface Narrowed {
  readonly plan: Plan
  readonly at: readonly number[]
}

/**
 * The plan with columns left out that no later step looks at, so that they are not read from the records and not held in state: of steps that keep
 * rows (deduplication, OVER, MATCH_RECOGNIZE, joins) and of the scans below them. All other steps, and what comes out in the end, stay as they are.
 */
export function prune(plan: Plan): Plan {
  return narrow(plan, all(plan)).plan
}

const all = (plan: Plan): Set<number> => new Set(plan.columns.keys())
const stays = (plan: Plan): Narrowed => ({ plan, at: [...plan.columns.keys()] })

/** @param needed columns that the step above looks at */
function narrow(plan: Plan, needed: ReadonlySet<number>): Narrowed {
  if (isScan(plan)) return narrowScan(plan, needed)
  switch (plan.step) {
    case 'calc':
      return plan.watermark ? stays(plan) : narrowCalc(plan, needed)
    case 'deduplicate':
      return narrowDeduplicate(plan, needed)
    case 'over':
      return narrowOver(plan, needed)
    case 'match':
      return narrowMatch(plan)
    case 'intervalJoin':
    case 'join':
      return plan.left.changing || plan.right.changing ? stays(withInputs(plan)) : narrowJoin(plan, needed)
    default:
      return stays(withInputs(plan))
  }
}

/** What reads records by itself: a Calc above it says which columns are read. */
const isScan = (plan: Plan): boolean =>
  plan.step === 'scan' || (plan.step === 'calc' && plan.watermark !== undefined && plan.input.step === 'scan')

function narrowScan(plan: Plan, needed: ReadonlySet<number>): Narrowed {
  if (plan.changing || needed.size === plan.columns.length) return stays(plan)
  return { plan: picked(plan, sorted(needed)), at: places(needed, plan.columns.length) }
}

function narrowCalc(plan: Calc, needed: ReadonlySet<number>): Narrowed {
  const kept = new Set([...plan.projection.keys()].filter((i) => needed.has(i) || isVolatile(at(plan.projection, i))))
  const projection = sorted(kept).map((i) => at(plan.projection, i))
  const here = isScan(plan.input) ? stays(plan.input) : narrow(plan.input, columnsUsed(plan.filter, ...projection))
  const moved = (expr: Expr) => move(expr, () => here.at)
  const own = places(kept, plan.columns.length)
  const { window: _, ...rest } = plan
  const window = plan.window && kept.has(plan.window.start) && kept.has(plan.window.end) ? plan.window : undefined
  const time = window?.time !== undefined && kept.has(window.time) ? { time: at(own, window.time) } : {}
  const { time: _time, ...bounds } = window ?? { start: 0, end: 0 }
  const narrowed: Calc = {
    ...rest,
    input: here.plan,
    projection: projection.map(moved),
    columns: only(plan.columns, kept),
    unique: plan.unique.filter((key) => key.every((i) => kept.has(i))).map((key) => key.map((i) => at(own, i))),
    ...(plan.filter && { filter: moved(plan.filter) }),
    ...(window && { window: { ...bounds, start: at(own, window.start), end: at(own, window.end), ...time } }),
  }
  return { plan: narrowed, at: own }
}

function narrowDeduplicate(plan: Deduplicate, needed: ReadonlySet<number>): Narrowed {
  const here = narrow(plan.input, new Set([...needed, ...plan.keys, plan.order]))
  const keys = plan.keys.map((i) => at(here.at, i))
  const { columns } = here.plan
  return { plan: { ...plan, input: here.plan, keys, order: at(here.at, plan.order), columns, unique: [keys] }, at: here.at }
}

function narrowOver(plan: Over, needed: ReadonlySet<number>): Narrowed {
  const width = plan.input.columns.length
  const used = [...needed].filter((i) => i < width)
  const here = narrow(plan.input, new Set([...used, ...plan.partition, plan.order, ...callColumns(plan.calls)]))
  const { columns } = here.plan
  const over: Over = {
    ...plan,
    input: here.plan,
    partition: plan.partition.map((i) => at(here.at, i)),
    order: at(here.at, plan.order),
    calls: plan.calls.map((call) => moveCall(call, here.at)),
    columns: [...columns, ...plan.columns.slice(width)],
    unique: [],
  }
  return { plan: over, at: [...here.at, ...plan.calls.map((_, i) => columns.length + i)] }
}

function narrowMatch(plan: Match): Narrowed {
  const lists = [plan.measures, ...plan.pattern.flatMap(({ condition }) => (condition ? [condition] : []))]
  const used = new Set([...plan.partition, ...plan.order.map(({ column }) => column), ...lists.flatMap(matchColumns)])
  const here = narrow(plan.input, used)
  const match: Match = {
    ...plan,
    input: here.plan,
    partition: plan.partition.map((i) => at(here.at, i)),
    order: plan.order.map((key) => ({ ...key, column: at(here.at, key.column) })),
    measures: moveMatch(plan.measures, here.at),
    pattern: plan.pattern.map((part) => (part.condition ? { ...part, condition: moveMatch(part.condition, here.at) } : part)),
  }
  return stays(match)
}

/** Columns of the rows of a match; those of negative inputs are something else. */
function matchColumns({ exprs, aggregates }: MatchExpressions): number[] {
  const used = new Set<number>()
  for (const expr of exprs) eachColumn(expr, ({ input, index }) => input >= 0 && used.add(index))
  for (const { projection, calls } of aggregates)
    for (const index of projection ? columnsUsed(...projection) : callColumns(calls)) used.add(index)
  return [...used]
}

function moveMatch(expressions: MatchExpressions, places: readonly number[]): MatchExpressions {
  const moved = (expr: Expr) => move(expr, (input) => (input >= 0 ? places : undefined))
  const aggregate = (each: MatchAggregate): MatchAggregate =>
    each.projection
      ? { ...each, projection: each.projection.map(moved) }
      : { ...each, calls: each.calls.map((call) => moveCall(call, places)) }
  return { ...expressions, exprs: expressions.exprs.map(moved), aggregates: expressions.aggregates.map(aggregate) }
}

function narrowJoin(plan: IntervalJoin | RegularJoin, needed: ReadonlySet<number>): Narrowed {
  const width = plan.left.columns.length
  const one = plan.type === 'SEMI' || plan.type === 'ANTI'
  const used: [Set<number>, Set<number>] = [new Set(plan.leftKeys), new Set(plan.rightKeys)]
  for (const i of needed) used[i < width ? 0 : 1].add(i < width ? i : i - width)
  if (plan.condition) eachColumn(plan.condition, ({ input, index }) => used[input === 0 ? 0 : 1].add(index))
  if (plan.step === 'intervalJoin') {
    used[0].add(plan.leftTime)
    used[1].add(plan.rightTime)
  }
  const [left, right] = [narrow(plan.left, used[0]), narrow(plan.right, used[1])]
  const leftWidth = left.plan.columns.length
  const join = {
    ...plan,
    left: left.plan,
    right: right.plan,
    leftKeys: plan.leftKeys.map((i) => at(left.at, i)),
    rightKeys: plan.rightKeys.map((i) => at(right.at, i)),
    ...(plan.condition && { condition: move(plan.condition, (input) => (input === 0 ? left.at : right.at)) }),
    ...(plan.step === 'intervalJoin' && { leftTime: at(left.at, plan.leftTime), rightTime: at(right.at, plan.rightTime) }),
    // An outer join's columns may be NULL where its input's are not: they are its own.
    columns: [...remaining(plan.columns.slice(0, width), left), ...(one ? [] : remaining(plan.columns.slice(width), right))],
    unique: [],
  } as IntervalJoin | RegularJoin
  return { plan: join, at: one ? left.at : [...left.at, ...right.at.map((i) => (i < 0 ? i : leftWidth + i))] }
}

/** Those of one side's columns that are still there, in their new order. */
function remaining<T>(columns: readonly T[], { at: places }: Narrowed): T[] {
  return columns.filter((_, i) => (places[i] ?? -1) >= 0)
}

/** The step over inputs that are pruned by themselves, with all of their columns. */
function withInputs(plan: Plan): Plan {
  if ('inputs' in plan) return { ...plan, inputs: plan.inputs.map(prune) }
  if ('left' in plan) return { ...plan, left: prune(plan.left), right: prune(plan.right) }
  return 'input' in plan ? ({ ...plan, input: prune(plan.input) } as Plan) : plan
}

const sorted = (columns: ReadonlySet<number>): number[] => [...columns].sort((a, b) => a - b)
const only = <T>(list: readonly T[], kept: ReadonlySet<number>): T[] => list.filter((_, i) => kept.has(i))

function places(kept: ReadonlySet<number>, width: number): number[] {
  let next = 0
  return Array.from({ length: width }, (_, i) => (kept.has(i) ? next++ : -1))
}

const callColumns = (calls: readonly AggregateCall[]): number[] =>
  calls.flatMap(({ args, filter }) => (filter === undefined ? args : [...args, filter]))

function moveCall<T extends AggregateCall>(call: T, places: readonly number[]): T {
  const args = call.args.map((i) => at(places, i))
  return call.filter === undefined ? { ...call, args } : { ...call, args, filter: at(places, call.filter) }
}

/** @param of where the columns of an input are now; undefined: where they were */
function move(expr: Expr, of: (input: number) => readonly number[] | undefined): Expr {
  return mapColumns(expr, (column) => {
    const places = of(column.input)
    return places ? { ...column, index: at(places, column.index) } : column
  })
}
