import type { AggregateCall } from '../aggregates/aggregate.ts'
import type { ColumnRef, Expr } from '../expr/expr.ts'
import type { Column } from '../types/sql-type.ts'
import { sameCall } from './aggregate-calls.ts'
import { at } from './calc.ts'
import { columnRef } from './exprs.ts'
import type { MatchAggregate, Plan } from './nodes.ts'
import { Projection } from './projection.ts'

/** The aggregates of one clause by variable. Each is computed once, however often it is written. */
export class MatchAggregateCalls {
  readonly #row: Plan
  readonly #of: Array<{ readonly variable: number; readonly below: Projection; readonly calls: AggregateCall[] }> = []

  constructor(columns: readonly Column[]) {
    this.#row = { step: 'values', rows: [], columns, changing: false, unique: [] }
  }

  /** @param make the call with its arguments as columns of the projection over a row */
  add(variable: number, make: (below: Projection) => AggregateCall): ColumnRef {
    let number = this.#of.findIndex((each) => each.variable === variable)
    if (number < 0) number = this.#of.push({ variable, below: new Projection(this.#row), calls: [] }) - 1
    const { below, calls } = at(this.#of, number)
    const call = make(below)
    const known = calls.findIndex((other) => sameCall(other, call))
    return columnRef(known >= 0 ? known : calls.push(call) - 1, call.type, -2 - number)
  }

  finished(): readonly MatchAggregate[] {
    return this.#of.map(({ variable, below, calls }) => {
      const step = below.over(this.#row)
      return step.step === 'calc' ? narrowed(variable, step.projection, calls) : { variable, calls }
    })
  }
}

/** With a projection that has the arguments and nothing else. */
function narrowed(variable: number, projection: readonly Expr[], calls: readonly AggregateCall[]): MatchAggregate {
  const used = [...new Set(calls.flatMap(({ args }) => args))]
  return {
    variable,
    projection: used.map((i) => at(projection, i)),
    calls: calls.map((call) => ({ ...call, args: call.args.map((i) => used.indexOf(i)) })),
  }
}
