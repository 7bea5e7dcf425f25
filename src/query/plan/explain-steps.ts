import { plural } from '../../base/plural.ts'
import type { AggregateCall } from '../aggregates/aggregate.ts'
import type { WindowSpec } from '../operators/windows.ts'
import { durationText, exprText } from './expr-text.ts'
import type * as nodes from './nodes.ts'

type Plan = nodes.Plan
type Detail = readonly [name: string, text: string]

export interface StepText {
  readonly title: string
  readonly details: readonly Detail[]
}

const titled = (title: string, ...details: ReadonlyArray<Detail | undefined>): StepText => ({
  title,
  details: details.filter((detail) => detail !== undefined),
})

/** What one step does and remembers. */
export function detailsOf(plan: Plan): StepText {
  switch (plan.step) {
    case 'scan': {
      const { table } = plan
      const options = ['connector', 'topic', 'path', 'format', 'value.format'].flatMap((key) => table.options.get(key) ?? [])
      return titled(`scan ${table.name}`, ['from', options.join(' ')])
    }
    case 'values':
      return titled(`values: ${plan.rows.length} row${plan.rows.length === 1 ? '' : 's'}`)
    case 'calc':
      return calc(plan)
    case 'expand':
      return titled(`expand: each row for ${plan.projections.length} grouping sets`)
    case 'unnest':
      return titled(`unnest ${exprText(plan.collection, named(plan.input))}`, plan.outer ? ['keeps', 'rows without elements'] : undefined)
    case 'windowAssign': {
      const { spec, zone } = plan
      const session = spec.kind === 'SESSION'
      return titled(
        `assign windows: ${specText(spec)} of ${names(plan.input, [plan.time])}`,
        session ? keys(plan.input, spec.partition) : undefined,
        clock(zone),
        session ? ['state', 'rows of open sessions, until the watermark passes their end'] : undefined,
      )
    }
    case 'windowAggregate': {
      const { spec, input } = plan
      const windows =
        spec.kind === 'ATTACHED' ? `by ${names(input, [spec.start, spec.end])}` : `${specText(spec)} of ${names(input, [plan.time])}`
      return titled(`aggregate windows: ${windows}`, keys(input, plan.keys), calls(input, plan.calls), clock(plan.zone), [
        'state',
        'one accumulator per window slice and key, until the watermark passes the last window of the slice',
      ])
    }
    case 'sessionAggregate':
      return titled(
        `aggregate sessions: gap ${durationText(plan.gap)} of ${names(plan.input, [plan.time])}`,
        keys(plan.input, plan.keys),
        calls(plan.input, plan.calls),
        clock(plan.zone),
        ['state', 'one accumulator per open session, until the watermark passes its end'],
      )
    case 'groupAggregate':
      return titled(plan.calls.length === 0 ? 'distinct' : 'aggregate groups', keys(plan.input, plan.keys), calls(plan.input, plan.calls), [
        'state',
        `one accumulator per key${plan.input.changing ? ' that can take rows back' : ''}, ${until(plan.ttl)}`,
      ])
    case 'over':
      return titled(
        `over ${frameText(plan.frame)} by ${names(plan.input, [plan.order])}`,
        keys(plan.input, plan.partition),
        calls(plan.input, plan.calls),
        [
          'state',
          Number.isFinite(plan.frame.preceding)
            ? 'rows until the watermark passes them, and those of the frame per key'
            : 'rows until the watermark passes them, and one accumulator per key for ever',
        ],
      )
    case 'sortedOver':
      return titled(
        `over ${plan.units} from the first row, ordered by ${names(plan.input, [plan.order.column])}`,
        keys(plan.input, plan.partition),
        calls(plan.input, plan.calls),
        ['state', `every row, ${until(plan.ttl)}`],
      )
    case 'rowNumber':
      return titled(`number rows by ${order(plan.input, plan.order)}`, keys(plan.input, plan.partition), [
        'state',
        'a number per key for ever',
      ])
    case 'rank': {
      const kept =
        plan.replacing || !plan.input.changing ? `the first ${plural(plan.to, 'row')} per key` : 'every row per key, as rows are taken back'
      return titled(
        `top ${plan.from === 1 ? plan.to : `${plan.from} to ${plan.to}`} by ${order(plan.input, plan.order)}`,
        keys(plan.input, plan.partition),
        plan.replacing ? ['replaces', `the row with the same ${names(plan.input, plan.replacing)}`] : undefined,
        ['state', `${kept}, ${until(plan.ttl)}`],
      )
    }
    case 'deduplicate':
      return titled(
        `deduplicate: the ${plan.keep} row by ${plan.time === 'row' ? names(plan.input, [plan.order]) : 'arrival'}`,
        keys(plan.input, plan.keys),
        ['state', `one row per key, ${until(plan.ttl)}`],
      )
    case 'windowRank':
      return titled(
        `top ${plan.from === 1 ? plan.to : `${plan.from} to ${plan.to}`} of each window by ${order(plan.input, plan.order)}`,
        keys(plan.input, plan.partition),
        clock(plan.of.zone),
        ['state', `the first ${plural(plan.to, 'row')} per window and key, until the watermark passes its end`],
      )
    case 'join':
      return join(plan, 'join', ['state', `all rows of both sides, ${until(Math.max(plan.ttl.left, plan.ttl.right))}`])
    case 'intervalJoin': {
      const [left, right] = [names(plan.left, [plan.leftTime]), names(plan.right, [plan.rightTime])]
      return join(
        plan,
        'interval join',
        ['times', `${right} from ${left} ${signed(plan.lower)} to ${left} ${signed(plan.upper)}`],
        ['state', `rows of both sides, until the watermark is past what can match them`],
      )
    }
    case 'windowJoin':
      return join(plan, 'window join', clock(plan.leftWindow.zone), ['state', 'rows of open windows, until the watermark passes their end'])
    case 'temporalJoin':
      return join(
        plan,
        'temporal join',
        ['as of', names(plan.left, [plan.leftTime])],
        ['state', 'left rows until the watermark passes them; versions of the right side that may still be asked for'],
      )
    case 'match':
      return titled(
        `match ${plan.pattern.length} variables in order of ${order(plan.input, plan.order)}`,
        keys(plan.input, plan.partition),
        plan.within === undefined ? undefined : ['within', durationText(plan.within)],
        [
          'state',
          `rows until the watermark passes them, and begun matches${plan.within === undefined ? ' for ever' : ' until WITHIN ends'}`,
        ],
      )
    case 'union':
      return titled(`union of ${plan.inputs.length}`, ['watermark', 'the smallest of the inputs'])
    case 'temporalSort':
      return titled(
        `sort by ${[names(plan.input, [plan.time]), ...(plan.order.length > 0 ? [order(plan.input, plan.order)] : [])].join(', ')}`,
        ['state', 'rows until the watermark passes them'],
      )
    case 'limit':
      return titled(`limit: ${plural(plan.limit, 'row')}${plan.offset > 0 ? ` after ${plan.offset}` : ''}`, ['state', 'a count'])
    case 'normalize':
      return titled('complete the changelog', keys(plan.input, plan.keys), ['state', 'the last row per key for ever'])
  }
}

function calc({ input, projection, filter, columns, watermark }: nodes.Calc): StepText {
  const of = named(input)
  const computed = projection.flatMap((expr, i) => (expr.op === 'column' ? [] : [`${columns[i]?.name} = ${exprText(expr, of)}`]))
  const mark = watermark && `${columns[watermark.column]?.name} at ${exprText(watermark.expr, (i) => columns[i]?.name ?? `#${i}`)}`
  return titled(
    filter ? 'filter' : computed.length > 0 ? 'compute' : 'pick columns',
    filter && ['where', exprText(filter, of)],
    computed.length > 0 ? ['computes', computed.join(', ')] : undefined,
    mark === undefined ? undefined : ['watermark', mark],
  )
}

type Join = nodes.RegularJoin | nodes.IntervalJoin | nodes.WindowJoin | nodes.TemporalJoin

function join(
  { type, left, right, leftKeys, rightKeys, condition }: Join,
  name: string,
  ...details: ReadonlyArray<Detail | undefined>
): StepText {
  const pairs = leftKeys.map((column, i) => `${names(left, [column])} = ${names(right, [rightKeys[i] ?? 0])}`)
  const of = (index: number, input: number): string => `${input === 0 ? 'left' : 'right'}.${named(input === 0 ? left : right)(index)}`
  return titled(
    `${type.toLowerCase()} ${name}`,
    ['on', pairs.join(' AND ') || 'nothing: every row with every row'],
    condition && ['and', exprText(condition, of)],
    ...details,
  )
}

/** Names of columns; with its number where another has the same, and what it is made of where it has none. */
function named(plan: Plan): (index: number) => string {
  const { columns } = plan
  return (index) => {
    const name = columns[index]?.name ?? '?'
    const expr = plan.step === 'calc' ? plan.projection[index] : undefined
    // A column that the planner made up is no news to anybody: what is in it is.
    if (plan.step === 'calc' && expr && /^\$(f\d+|time)$/.test(name)) return exprText(expr, named(plan.input))
    return columns.some((column, i) => column.name === name && i !== index) ? `${name}#${index}` : name
  }
}

const names = (plan: Plan, columns: readonly number[]): string => columns.map(named(plan)).join(', ')

const keys = (plan: Plan, columns: readonly number[]): Detail | undefined =>
  columns.length > 0 ? ['keys', names(plan, columns)] : undefined

const clock = (zone: string | undefined): Detail | undefined => (zone === undefined ? undefined : ['clock', zone])

function calls(plan: Plan, list: readonly AggregateCall[]): Detail | undefined {
  if (list.length === 0) return undefined
  const text = ({ fn, args, distinct, filter, constants }: AggregateCall): string => {
    const values = args.map((column, i) => (constants?.[i] === undefined ? names(plan, [column]) : JSON.stringify(constants[i])))
    const inner = values.join(', ') || (fn === 'COUNT' ? '*' : '')
    return `${fn}(${distinct ? 'DISTINCT ' : ''}${inner})${filter === undefined ? '' : ` FILTER (WHERE ${names(plan, [filter])})`}`
  }
  return ['computes', list.map(text).join(', ')]
}

const order = (plan: Plan, keysOf: readonly nodes.SortKey[]): string =>
  keysOf.map(({ column, descending }) => `${names(plan, [column])}${descending ? ' DESC' : ''}`).join(', ')

const until = (ttl: number): string =>
  ttl === 0 ? 'for ever (table.exec.state.ttl is not set)' : `until ${durationText(ttl)} after it was last touched`

const signed = (ms: number): string => `${ms < 0 ? '-' : '+'} ${durationText(Math.abs(ms))}`

function frameText({ units, preceding }: nodes.OverFrame): string {
  if (!Number.isFinite(preceding)) return `${units} from the first row`
  return units === 'ROWS' ? `${preceding} ROWS before` : `RANGE ${durationText(preceding)} before`
}

function specText(spec: WindowSpec | nodes.SessionSpec): string {
  const offset = 'offset' in spec && spec.offset !== 0 ? ` offset ${durationText(spec.offset)}` : ''
  switch (spec.kind) {
    case 'TUMBLE':
      return `TUMBLE ${durationText(spec.size)}${offset}`
    case 'HOP':
      return `HOP ${durationText(spec.size)} every ${durationText(spec.slide)}${offset}`
    case 'CUMULATE':
      return `CUMULATE to ${durationText(spec.size)} by ${durationText(spec.step)}${offset}`
    case 'SESSION':
      return `SESSION gap ${durationText(spec.gap)}`
  }
}
