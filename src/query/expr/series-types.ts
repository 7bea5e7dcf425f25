import { array, DOUBLE, notNull, nullable, STRING } from '../types/make-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import { isNumeric } from '../types/type-kind.ts'
import { typeText } from '../types/type-text.ts'
import type { AggregateSignature } from './aggregate-types.ts'
import { castTo } from './build.ts'
import type { Expr } from './expr.ts'
import type { BindContext } from './functions/entry.ts'

/** Our own aggregates over the rows of a series in order (docs/sql-functions.md). */
export const SERIES_AGGREGATES = ['ANOMALY_SCORE', 'ANOMALY_EXPLAIN', 'EWMA', 'ROBUST_Z', 'FORECAST', 'CORR_LAG'] as const
export type SeriesAggregate = (typeof SERIES_AGGREGATES)[number]

interface Shape {
  readonly usage: string
  /** How many arguments there may be: numbers of the row, and constants. */
  readonly least: number
  readonly most: number
  /** Whether the last may be the row's time. */
  readonly timed?: boolean
  /** What each constant may be, by position. */
  readonly constants: Readonly<Record<number, { readonly name: string; readonly wanted: string; fits(value: number): boolean }>>
}

const whole = (name: string, from: number, to: number) => {
  return { name, wanted: `a whole number from ${from} to ${to}`, fits: (x: number) => Number.isInteger(x) && x >= from && x <= to }
}

const SHAPES: Readonly<Record<SeriesAggregate, Shape>> = {
  ANOMALY_SCORE: { usage: 'ANOMALY_SCORE(value, … [, row time])', least: 1, most: 17, timed: true, constants: {} },
  ANOMALY_EXPLAIN: { usage: 'ANOMALY_EXPLAIN(value, … [, row time])', least: 1, most: 17, timed: true, constants: {} },
  EWMA: {
    usage: 'EWMA(value, alpha)',
    least: 2,
    most: 2,
    constants: { 1: { name: 'alpha', wanted: 'above 0 and up to 1', fits: (x) => x > 0 && x <= 1 } },
  },
  ROBUST_Z: { usage: 'ROBUST_Z(value)', least: 1, most: 1, constants: {} },
  FORECAST: {
    usage: 'FORECAST(value, steps [, level [, period]])',
    least: 2,
    most: 4,
    constants: {
      1: whole('steps', 1, 10_000),
      2: { name: 'level', wanted: 'between 0 and 1', fits: (x) => x > 0 && x < 1 },
      3: whole('period', 0, 10_080),
    },
  },
  CORR_LAG: { usage: 'CORR_LAG(x, y, lag)', least: 3, most: 3, constants: { 2: whole('lag', 0, 10_000) } },
}

/** Where the result is no DOUBLE. */
const RESULTS: Partial<Record<SeriesAggregate, SqlType>> = { FORECAST: array(notNull(DOUBLE)), ANOMALY_EXPLAIN: STRING }

const TIMES = ['TIMESTAMP', 'TIMESTAMP_LTZ']

/** Checks the arguments: numbers become DOUBLE, constants are judged here. NULL until there is something to say. */
export function seriesType(name: SeriesAggregate, args: readonly Expr[], context: BindContext): AggregateSignature {
  const { usage, least, most, timed, constants } = SHAPES[name]
  if (args.length < least || args.length > most) context.refuse(`${name} is called as ${usage}`)
  const cast = args.map((arg, i) => {
    const rule = constants[i]
    if (rule) {
      const value = constantOf(arg)
      if (value === undefined || !rule.fits(value)) context.refuse(`the ${rule.name} of ${usage} is a constant, ${rule.wanted}`)
      return arg
    }
    if (timed && i > 0 && i === args.length - 1 && TIMES.includes(arg.type.kind)) return arg
    if (!isNumeric(arg.type)) context.refuse(`${name} needs numbers, not ${typeText(arg.type)}`, ['CAST the value'])
    return castTo(arg, { ...DOUBLE, nullable: arg.type.nullable })
  })
  return { args: cast, type: nullable(RESULTS[name] ?? DOUBLE) }
}

function constantOf({ op, type, ...rest }: Expr): number | undefined {
  const { value } = rest as { value?: unknown }
  if (op !== 'literal' || value === null || !isNumeric(type)) return undefined
  return type.kind === 'DECIMAL' ? Number(value) / 10 ** (type.scale ?? 0) : Number(value)
}
