import type { SqlType } from '../types/sql-type.ts'

/** One aggregate of a query, over columns of the row that comes in (the step before has computed its arguments). */
export interface AggregateCall {
  /** Upper case: COUNT, SUM, SUM0, AVG, MIN, MAX, STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP, FIRST_VALUE, LAST_VALUE, LISTAGG, COLLECT … */
  readonly fn: string
  /** Columns of its arguments; none for COUNT(*). */
  readonly args: readonly number[]
  readonly argTypes: readonly SqlType[]
  readonly type: SqlType
  readonly distinct?: boolean
  /** A BOOLEAN column: only rows where it is true count (FILTER WHERE). */
  readonly filter?: number
  /** Arguments that are the same for every row, by position (the separator of LISTAGG, the fraction of PERCENTILE). */
  readonly constants?: Readonly<Record<number, unknown>>
  /** MAX, MIN: what it was told stays when the row is taken back, since a greater (smaller) one follows. */
  readonly keeps?: boolean
}

/** What running a list of aggregates needs to be able to do, beside adding rows. */
export interface AggregateNeeds {
  /** Rows are taken away again: changelog input, or a window that slides. */
  readonly retract: boolean
  /** Partial results are put together: slices of a window, sessions that grow into one. */
  readonly merge: boolean
}

/** Opaque: the fields of one group's aggregates. */
export type Accumulator = Record<string, unknown>

/** A list of aggregates compiled to JavaScript for its types. */
export interface Aggregates {
  create(): Accumulator
  add(acc: Accumulator, row: readonly unknown[]): void
  /** Only with {@link AggregateNeeds.retract}. */
  retract(acc: Accumulator, row: readonly unknown[]): void
  /** Only with {@link AggregateNeeds.merge}: adds what `from` has, which stays as it is and is the later one. */
  merge(acc: Accumulator, from: Accumulator): void
  /** The results in order, appended to `into`. */
  results(acc: Accumulator, into: unknown[]): void
  /** Makes a function for rows of just these columns and the results behind them: an array of its final size at once. */
  rowOf(columns: readonly number[]): (acc: Accumulator, row: readonly unknown[]) => unknown[]
  save(acc: Accumulator): unknown[]
  load(saved: readonly unknown[]): Accumulator
  /** The generated text, for `analyze explain --js`. */
  readonly source: string
}

/**
 * How one aggregate is written in JavaScript. `a.NAME` is the accumulator's field, `b.NAME` that of the one merged in; `names` gives this
 * aggregate's own names for its fields.
 */
export interface AggregateCode {
  /** Field → its first value, as source. */
  readonly fields: Readonly<Record<string, string>>
  /** Statements for a row whose arguments are not NULL (for those that skip NULLs) and pass the filter. */
  readonly add: string
  readonly retract?: string
  readonly merge?: string
  /** An expression. */
  readonly result: string
  /** Fields that hold an object with `save()`; `load` is the source of a function that makes it again from what was saved. */
  readonly objects?: Readonly<Record<string, string>>
  /** Whether NULL arguments are handed in too (COUNT(*) has none; FIRST_VALUE and others skip them). */
  readonly takesNulls?: boolean
}
