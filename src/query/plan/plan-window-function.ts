import type { WindowSpec } from '../operators/windows.ts'
import type * as ast from '../sql/ast.ts'
import type { Column, SqlType } from '../types/sql-type.ts'
import { at } from './calc.ts'
import { bind, columnOf, constant, type PlanContext } from './context.ts'
import type { SessionSpec, WindowAssign } from './nodes.ts'
import { tableRows } from './plan-table.ts'
import { refuse } from './refuse.ts'
import type { Relation } from './relation.ts'

const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  TUMBLE: ['DATA', 'TIMECOL', 'SIZE', 'OFFSET'],
  HOP: ['DATA', 'TIMECOL', 'SLIDE', 'SIZE', 'OFFSET'],
  CUMULATE: ['DATA', 'TIMECOL', 'STEP', 'SIZE', 'OFFSET'],
  SESSION: ['DATA', 'TIMECOL', 'GAP'],
}

/** `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL …))` and its sisters: the rows of `t` with the columns of their window. */
export function planWindowFunction(context: PlanContext, call: ast.Call): Relation {
  const name = call.name.parts.at(-1)?.name.toUpperCase() ?? ''
  const parameters = PARAMETERS[name]
  if (!parameters) refuse(call.at, `there is no table function ${name}`, 'TUMBLE, HOP, CUMULATE and SESSION cut time into windows')
  const args = argumentsOf(call, parameters)
  const data = args.get('DATA')
  if (data?.kind !== 'tableArgument') refuse(call.at, `${name} takes a table first: ${name}(TABLE t, DESCRIPTOR(ts), …)`)
  const descriptor = args.get('TIMECOL')
  if (descriptor?.kind !== 'descriptor' || descriptor.columns.length !== 1) refuse(call.at, `${name} takes DESCRIPTOR(time column) second`)
  const input = data.table.kind === 'query' ? context.planner.query(context, data.table) : tableRows(context, data.table)
  const [column] = descriptor.columns
  const { expr } = columnOf(input, [column?.name ?? ''], descriptor.at)
  if (expr.op !== 'column') refuse(descriptor.at, 'DESCRIPTOR takes a column')
  const time = at(input.plan.columns, expr.index)
  if (time.time !== 'row') {
    refuse(
      descriptor.at,
      `${time.name} is ${time.time === 'proc' ? 'the time of the machine' : 'not a row time'}: windows here follow event time`,
      `WATERMARK FOR ${time.name} AS ${time.name} - INTERVAL '5' SECOND, in the table's CREATE TABLE`,
    )
  }
  if (data.partitionBy.length > 0 && name !== 'SESSION')
    refuse(data.at, `PARTITION BY is SESSION's; rows of ${name} are grouped by GROUP BY`)
  const partition = data.partitionBy.map((node) => {
    const key = bind(context, input, node)
    return key.op === 'column' ? key.index : refuse(node.at, 'PARTITION BY takes columns')
  })
  const spec = specOf(context, name, args, partition, call)
  return assigned(context, input, expr.index, spec)
}

/** A relation with window columns behind it. */
export function assigned(context: PlanContext, input: Relation, time: number, spec: WindowSpec | SessionSpec): Relation {
  const first = input.plan.columns.length
  // Instants are cut by the local clock.
  const { timeZone } = context.session
  const zone = at(input.plan.columns, time).type.kind === 'TIMESTAMP_LTZ' && timeZone !== 'UTC' ? { zone: timeZone } : {}
  const plan: WindowAssign = {
    step: 'windowAssign',
    input: input.plan,
    spec,
    time,
    ...zone,
    columns: [...input.plan.columns, ...windowColumns(at(input.plan.columns, time).type)],
    changing: input.plan.changing,
    unique: spec.kind === 'TUMBLE' ? input.plan.unique : [],
    window: { start: first, end: first + 1, time: first + 2, ...zone },
  }
  const names = [{ name: 'window_start' }, { name: 'window_end' }, { name: 'window_time' }]
  return { plan, fields: [...input.fields, ...names] }
}

/** window_start, window_end and window_time, which is a row time again. */
export function windowColumns(time: SqlType): Column[] {
  const border: SqlType = { kind: 'TIMESTAMP', precision: 3, nullable: false }
  return [
    { name: 'window_start', type: border },
    { name: 'window_end', type: border },
    { name: 'window_time', type: { kind: time.kind, precision: 3, nullable: false }, time: 'row' },
  ]
}

type Argument = Exclude<ast.CallArgument, ast.NamedArgument>

function argumentsOf(call: ast.Call, parameters: readonly string[]): Map<string, Argument> {
  const args = new Map<string, Argument>()
  for (const [i, argument] of call.arguments.entries()) {
    const name = argument.kind === 'namedArgument' ? argument.name.name.toUpperCase() : parameters[i]
    if (name === undefined || !parameters.includes(name)) {
      refuse(argument.at, `${call.name.parts.at(-1)?.name} takes ${parameters.join(', ')}`)
    }
    args.set(name, argument.kind === 'namedArgument' ? argument.value : argument)
  }
  return args
}

function specOf(
  context: PlanContext,
  name: string,
  args: ReadonlyMap<string, Argument>,
  partition: readonly number[],
  call: ast.Call,
): WindowSpec | SessionSpec {
  const length = (parameter: string, missing?: number): number => {
    const node = args.get(parameter)
    if (!node || node.kind === 'default') return missing ?? refuse(call.at, `${name} needs ${parameter}: an INTERVAL`)
    const ms = interval(context, node as ast.Expression, `an INTERVAL of days to seconds for ${parameter}`)
    if (missing === undefined && ms <= 0) refuse(node.at, `${parameter} must be longer than nothing`)
    return ms
  }
  switch (name) {
    case 'TUMBLE':
      return { kind: 'TUMBLE', size: length('SIZE'), offset: length('OFFSET', 0) }
    case 'HOP': {
      const [slide, size] = [length('SLIDE'), length('SIZE')]
      if (size % slide !== 0) refuse(call.at, `HOP needs a size that is a multiple of its slide: ${size} ms is none of ${slide} ms`)
      return { kind: 'HOP', slide, size, offset: length('OFFSET', 0) }
    }
    case 'CUMULATE': {
      const [step, size] = [length('STEP'), length('SIZE')]
      if (size % step !== 0) refuse(call.at, `CUMULATE needs a size that is a multiple of its step: ${size} ms is none of ${step} ms`)
      return { kind: 'CUMULATE', step, size, offset: length('OFFSET', 0) }
    }
    default:
      return { kind: 'SESSION', gap: length('GAP'), partition }
  }
}

/** The length of a constant interval of days to seconds, ms. */
export function interval(context: PlanContext, node: ast.Expression, wanted: string): number {
  const value = constant(context, node, wanted, ({ kind }) => kind === 'INTERVAL_DAY_TIME')
  return typeof value === 'number' ? value : refuse(node.at, `${wanted} is wanted here`)
}
