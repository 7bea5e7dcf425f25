import type { Accumulator, Aggregates } from '../aggregates/aggregate.ts'
import { ANY_VARIABLE } from '../plan/nodes.ts'
import type { Partition, Run } from './match-run.ts'
import type { Row } from './operator.ts'

/** Aggregates over the rows that one variable took. */
export class MatchAggregates {
  readonly variable: number
  readonly #aggregates: Aggregates
  readonly #project: ((row: Row) => Row) | undefined

  /** @param project computes the arguments from a row, where they are not columns of it */
  constructor(variable: number, aggregates: Aggregates, project?: (row: Row) => Row) {
    this.variable = variable
    this.#aggregates = aggregates
    this.#project = project
  }

  /** The accumulator with one more row: the same one, or a new one where there was none. */
  add(acc: Accumulator | undefined, row: Row): Accumulator {
    const into = acc ?? this.#aggregates.create()
    this.#aggregates.add(into, this.#project ? this.#project(row) : row)
    return into
  }

  copy(acc: Accumulator): Accumulator {
    return this.#aggregates.load(this.#aggregates.save(acc))
  }

  /** The results so far, and with a row that is only tried. */
  results(acc: Accumulator | undefined, tried?: Row): unknown[] {
    const values: unknown[] = []
    const seen = tried ? this.add(acc && this.copy(acc), tried) : (acc ?? this.#aggregates.create())
    this.#aggregates.results(seen, values)
    return values
  }

  /** The accumulator of a run, from its rows; undefined where the variable has none. */
  of(partition: Partition, run: Run, end: number): Accumulator | undefined {
    const { variable } = this
    const [from, to] = variable === ANY_VARIABLE ? [run.start, end] : [run.bounds[2 * variable] ?? -1, run.bounds[2 * variable + 1] ?? -1]
    let acc: Accumulator | undefined
    for (let i = from; i < to; i++) acc = this.add(acc, partition.rows[i - partition.base] as Row)
    return acc
  }

  /** The results over all rows of a run. */
  final(partition: Partition, run: Run, end: number): unknown[] {
    return this.results(this.of(partition, run, end))
  }

  /** Whether a row that this variable takes is one of its rows. */
  sees(variable: number): boolean {
    return this.variable === variable || this.variable === ANY_VARIABLE
  }
}
