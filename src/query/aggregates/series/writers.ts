import type { AggregateCall, AggregateCode, AggregateNeeds } from '../aggregate.ts'

/** Of its class the arguments before what was saved, as source, and how many of its arguments change from row to row. */
interface SeriesFunction {
  readonly className: string
  constants(call: AggregateCall): readonly unknown[]
}

const constant = (call: AggregateCall, at: number, otherwise: number) => Number(call.constants?.[at] ?? otherwise)

/** How many values a row has, and whether its time follows them. */
function columnsAndTime({ args, argTypes }: AggregateCall): readonly unknown[] {
  const timed = argTypes.at(-1)?.kind.startsWith('TIMESTAMP') ?? false
  return [args.length - (timed ? 1 : 0), timed]
}

const FUNCTIONS: Readonly<Record<string, SeriesFunction>> = {
  ANOMALY_SCORE: { className: 'AnomalyScore', constants: columnsAndTime },
  ANOMALY_EXPLAIN: { className: 'AnomalyExplain', constants: columnsAndTime },
  EWMA: { className: 'Ewma', constants: (call) => [constant(call, 1, 0)] },
  ROBUST_Z: { className: 'RobustZ', constants: () => [] },
  FORECAST: { className: 'HoltWinters', constants: (call) => [constant(call, 1, 1), constant(call, 2, 0.9), constant(call, 3, 0)] },
  CORR_LAG: { className: 'CorrLag', constants: (call) => [constant(call, 2, 0)] },
}

type Writer = (call: AggregateCall, needs: AggregateNeeds, f: (name: string) => string, v: readonly string[]) => AggregateCode

/** Kept up to date row by row; by replay where rows leave or parts are put together. */
function writerOf({ className, constants }: SeriesFunction): Writer {
  return (call, needs, f, v) => {
    const m = f('m')
    const values = v.filter((_, i) => call.constants?.[i] === undefined).join(', ')
    const given = constants(call).map((value) => JSON.stringify(value))
    const make = (...more: string[]) => `new ${className}(${[...given, ...more].join(', ')})`
    const replays = needs.retract || needs.merge
    return {
      fields: { [m]: replays ? `new Replayed(() => ${make()})` : make() },
      objects: { [m]: replays ? `(s) => new Replayed(() => ${make()}, s)` : `(s) => ${make('s')}` },
      add: `a.${m}.add(${values})`,
      ...(replays && { retract: `a.${m}.remove(${values})`, merge: `a.${m}.merge(b.${m})` }),
      result: `a.${m}.result()`,
    }
  }
}

/** Our own functions of a series: its rows in order. */
export const SERIES_WRITERS: Readonly<Record<string, Writer>> = Object.fromEntries(
  Object.entries(FUNCTIONS).map(([name, series]) => [name, writerOf(series)]),
)
