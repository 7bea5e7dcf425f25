import { aggregateNamed, aggregateType } from '../expr/aggregate-types.ts'
import type { ColumnRef, Expr } from '../expr/expr.ts'
import type * as ast from '../sql/ast.ts'
import type { SqlType } from '../types/sql-type.ts'
import { aggregateCall, aggregateContext, isAggregate } from './aggregate-calls.ts'
import { at, type Projected, untimed } from './calc.ts'
import type { PlanContext } from './context.ts'
import { columnRef, mapColumns } from './exprs.ts'
import type { OverCall, OverFrame, Plan, SortKey } from './nodes.ts'
import { interval } from './plan-window-function.ts'
import { Projection } from './projection.ts'
import { DIVIDED_OVER, hiddenCounts } from './reduced-calls.ts'
import { refuse } from './refuse.ts'
import { ttlOf } from './settings.ts'
import { functionName } from './walk.ts'

/** Marks a column as the result of an OVER call, until it is placed. */
const OVER_INPUT = -2
const BIGINT: SqlType = { kind: 'BIGINT', nullable: false }
/** Functions of the order alone. */
const NUMBERING = ['ROW_NUMBER', 'RANK', 'DENSE_RANK']

interface Found {
  readonly node: ast.Call
  readonly name: string
  readonly partition: readonly Expr[]
  readonly order: ReadonlyArray<{ expr: Expr; descending: boolean; nullsFirst: boolean }>
  readonly frame: ast.WindowFrame | undefined
  readonly type: SqlType
}

/** The calls with OVER of one SELECT: found while its expressions are bound, then planned as one step below them. */
export class OverCalls {
  readonly #context: PlanContext
  readonly #windows: readonly ast.NamedWindow[]
  readonly #bind: (node: ast.Expression) => Expr
  readonly #found: Found[] = []
  /** Where the step put each call. */
  #columns: number[] = []

  /** @param bind an expression over the rows that the windows are of (grouped, where there is a GROUP BY) */
  constructor(context: PlanContext, windows: readonly ast.NamedWindow[], bind: (node: ast.Expression) => Expr) {
    this.#context = context
    this.#windows = windows
    this.#bind = bind
  }

  /** A mark in place of a call with OVER; undefined for any other node. */
  replace(node: ast.Expression): Expr | undefined {
    if (node.kind !== 'call' || !node.over) return undefined
    const known = this.#found.findIndex((found) => found.node === node)
    const index = known >= 0 ? known : this.#found.push(this.#read(node, node.over)) - 1
    return columnRef(index, at(this.#found, index).type, OVER_INPUT)
  }

  /** The step that computes them, over the rows; the rows themselves where there are none. */
  over(input: Plan): Plan {
    const [first, ...others] = this.#found
    if (!first) return input
    const other = others.find((found) => !sameWindow(found, first))
    if (other)
      refuse(other.node.at, 'two different OVER windows in one SELECT: Flink refuses that too', 'compute one of them in a sub-query')
    const below = new Projection(input)
    const partition = first.partition.map((expr) => below.add(expr))
    const order = first.order.map(({ expr, ...rest }): SortKey => ({ column: below.add(expr), ...rest }))
    if (first.name === 'ROW_NUMBER' && others.length === 0) return this.#numbered(below.over(input), partition, order)
    const calls = this.#found.map((found) => this.#call(found, below))
    const rows = below.over(input)
    const [by] = order
    if (by && at(rows.columns, by.column).time === undefined) return this.#sorted(first, rows, partition, order, calls)
    const time = this.#timeOf(first, rows, order)
    if (rows.changing)
      refuse(
        first.node.at,
        'OVER takes rows that do not change, and these are updated or deleted later',
        'window the rows first, or use GROUP BY',
      )
    const width = rows.columns.length
    this.#columns = calls.map((_, i) => width + i)
    const columns = [...rows.columns, ...calls.map(({ type }, i) => ({ name: `w${i}`, type }))]
    return {
      step: 'over',
      input: rows,
      partition,
      order: at(order, 0).column,
      time,
      frame: this.#frame(first),
      calls,
      columns,
      changing: false,
      unique: rows.unique,
    }
  }

  /** Ordered by a value: the results of rows that were given out already change. */
  #sorted(first: Found, rows: Plan, partition: readonly number[], order: readonly SortKey[], calls: readonly OverCall[]): Plan {
    const [by, another] = order
    if (!by || another) refuse(first.node.at, 'OVER is ordered by one column', 'compute one value of them in a sub-query')
    if (by.descending) refuse(first.node.at, 'OVER is ordered upwards only', 'ORDER BY 0 - x turns numbers round')
    const frame = this.#frame(first)
    if (Number.isFinite(frame.preceding))
      refuse(first.node.at, 'OVER ordered by a value begins at the first row', 'ROWS or RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW')
    if (calls.some(({ fn }) => fn === 'LAG')) refuse(first.node.at, 'LAG goes along a time of the stream', 'ORDER BY the row time')
    const width = rows.columns.length
    this.#columns = calls.map((_, i) => width + i)
    const all = [...calls, ...hiddenCounts(calls, DIVIDED_OVER)]
    const columns = [...untimed(rows.columns), ...all.map(({ type }, i) => ({ name: `w${i}`, type }))]
    return {
      step: 'sortedOver',
      input: rows,
      partition,
      order: by,
      units: frame.units,
      calls: all,
      ttl: ttlOf(this.#context),
      columns,
      changing: true,
      unique: rows.unique,
    }
  }

  placed({ name, expr }: Projected): Projected {
    return { name, expr: this.place(expr) }
  }

  /** The expression with the marks replaced by the columns of the step. */
  place(expr: Expr): Expr {
    return mapColumns(expr, (column: ColumnRef) =>
      column.input === OVER_INPUT ? columnRef(at(this.#columns, column.index), column.type) : column,
    )
  }

  #numbered(rows: Plan, partition: readonly number[], order: readonly SortKey[]): Plan {
    this.#columns = [rows.columns.length]
    const columns = [...rows.columns, { name: 'w0', type: BIGINT }]
    // Numbered along the time rows keep their number; by a value, or from the last, each new row moves others.
    const [by] = order
    const moves = order.length !== 1 || by === undefined || by.descending || at(rows.columns, by.column).time === undefined
    return { step: 'rowNumber', input: rows, partition, order, columns, changing: rows.changing || moves, unique: rows.unique }
  }

  #read(node: ast.Call, over: ast.WindowSpecification | ast.Identifier): Found {
    const window = this.#resolve(over)
    const name = functionName(node)
    const order = window.orderBy.map(({ expression, descending, nulls }) => {
      return { expr: this.#bind(expression), descending, nullsFirst: nulls ? nulls === 'FIRST' : !descending }
    })
    const partition = window.partitionBy.map(this.#bind)
    return { node, name, partition, order, frame: window.frame, type: this.#typeOf(node, name) }
  }

  #typeOf(node: ast.Call, name: string): SqlType {
    if (node.filter) refuse(node.filter.at, 'FILTER does not go with OVER', `${name}(CASE WHEN … THEN … END) OVER (…)`)
    if (NUMBERING.includes(name)) return BIGINT
    const args = node.arguments.flatMap((argument) => (argument.kind === 'star' ? [] : [this.#bind(argument as ast.Expression)]))
    if (name === 'LAG') return { ...(args[0]?.type ?? BIGINT), nullable: args.length < 3 || args.some(({ type }) => type.nullable) }
    if (!isAggregate(name)) refuse(node.at, `${name} does not work with OVER here`, `${NUMBERING.join(', ')}, LAG, and the aggregates do`)
    return aggregateType(aggregateNamed(name) ?? 'COUNT', args, false, aggregateContext(this.#context, node)).type
  }

  #resolve(over: ast.WindowSpecification | ast.Identifier): ast.WindowSpecification {
    const name = over.kind === 'identifier' ? over : over.base
    if (!name) return over as ast.WindowSpecification
    const base = this.#windows.find((window) => window.name.name === name.name)?.window
    if (!base) refuse(name.at, `there is no window ${name.name}`)
    const whole = this.#resolve(base)
    if (over.kind === 'identifier') return whole
    return { ...whole, ...(over.orderBy.length > 0 && { orderBy: over.orderBy }), ...(over.frame && { frame: over.frame }) }
  }

  #call({ node, name, type }: Found, below: Projection): OverCall {
    if (NUMBERING.includes(name)) return { fn: name, args: [], argTypes: [], type }
    if (name !== 'LAG') return aggregateCall(this.#context, node, below, this.#bind, true)
    const [value, offset, otherwise] = node.arguments.map((argument) => this.#bind(argument as ast.Expression))
    if (!value || (offset && offset.op !== 'literal') || (otherwise && otherwise.op !== 'literal'))
      refuse(node.at, 'LAG takes a value, a constant offset and a constant default')
    const constants = otherwise?.op === 'literal' ? { constants: { 2: otherwise.value } } : {}
    return {
      fn: 'LAG',
      args: [below.add(value)],
      argTypes: [value.type],
      type,
      offset: offset?.op === 'literal' ? Number(offset.value) : 1,
      ...constants,
    }
  }

  #timeOf({ node }: Found, rows: Plan, order: readonly SortKey[]): 'row' | 'proc' {
    const [first, ...more] = order
    const time = first && at(rows.columns, first.column).time
    if (!first || !time || first.descending || more.length > 0) {
      refuse(
        node.at,
        'OVER goes along a time of the stream: ORDER BY one row time, ascending',
        'ORDER BY the column that has the WATERMARK',
      )
    }
    return time
  }

  #frame({ frame, node }: Found): OverFrame {
    if (!frame) return { units: 'RANGE', preceding: Number.POSITIVE_INFINITY }
    const { start, end, units } = frame
    if (end.type !== 'CURRENT ROW')
      refuse(end.at, 'a window that reaches past the current row would have to wait for rows to come', 'end it at CURRENT ROW')
    if (start.type === 'UNBOUNDED PRECEDING') return { units, preceding: Number.POSITIVE_INFINITY }
    if (start.type === 'CURRENT ROW') return { units, preceding: 0 }
    if (start.type !== 'PRECEDING' || !start.offset) refuse(start.at, 'a window starts at UNBOUNDED PRECEDING, n PRECEDING or CURRENT ROW')
    if (units === 'RANGE') return { units, preceding: interval(this.#context, start.offset, 'an INTERVAL') }
    const rows = this.#bind(start.offset)
    if (rows.op !== 'literal' || typeof rows.value !== 'number')
      refuse(start.offset.at, `a number of rows is wanted before PRECEDING of ${functionName(node)}`)
    return { units, preceding: rows.value }
  }
}

function sameWindow(a: Found, b: Found): boolean {
  const shape = ({ partition, order, frame }: Found) => JSON.stringify([partition, order, frame && stripped(frame)])
  return shape(a) === shape(b)
}

const stripped = (frame: ast.WindowFrame): unknown => JSON.parse(JSON.stringify(frame, (key, value) => (key === 'at' ? undefined : value)))
