import type { AggregateCall } from '../aggregates/aggregate.ts'
import type { Expr } from '../expr/expr.ts'
import type { Row } from '../operators/operator.ts'
import type { WindowSpec } from '../operators/windows.ts'
import type { Column } from '../types/sql-type.ts'
import type { Table } from './table.ts'

/** What every step of a plan says about the rows that it gives out. */
interface Step {
  readonly columns: readonly Column[]
  /** Whether it takes rows back (UPDATE_BEFORE, UPDATE_AFTER, DELETE), or only ever adds. */
  readonly changing: boolean
  /** Sets of columns that have each combination of values at most once at a time. */
  readonly unique: ReadonlyArray<readonly number[]>
  /** Where a window that an earlier step assigned has its columns. */
  readonly window?: WindowColumns
}

export interface WindowColumns {
  readonly start: number
  readonly end: number
  /** Whether rows of one window arrive only before the watermark passes its end (they came from a window step and no clock but that). */
  readonly time?: number
  /** The time zone whose clock cut it, where the row time is an instant (TIMESTAMP_LTZ). */
  readonly zone?: string
}

/** The steps of a query as a tree: what `analyze explain` prints and the runtime builds. Columns are counted from 0. */
export type Plan =
  | Scan
  | ValuesStep
  | Calc
  | Expand
  | WindowAssign
  | WindowAggregateStep
  | SessionAggregateStep
  | GroupAggregateStep
  | Over
  | SortedOver
  | RowNumber
  | Rank
  | Deduplicate
  | WindowRank
  | RegularJoin
  | IntervalJoin
  | WindowJoin
  | TemporalJoin
  | Unnest
  | Match
  | UnionAll
  | TemporalSort
  | Limit
  | Normalize

/** Reads a table: its physical and metadata columns, computed ones by a Calc above it, then the watermark. */
export interface Scan extends Step {
  readonly step: 'scan'
  readonly table: Table
}

export interface ValuesStep extends Step {
  readonly step: 'values'
  readonly rows: readonly Row[]
}

/** Filter, then projection: both over the columns of the input. */
export interface Calc extends Step {
  readonly step: 'calc'
  readonly input: Plan
  readonly filter?: Expr
  readonly projection: readonly Expr[]
  /** Column → the watermark's expression over the OUTPUT columns: only directly above a scan. */
  readonly watermark?: { readonly column: number; readonly expr: Expr }
}

/** Several rows for each: one per grouping set, with NULL for what the set leaves out, and the number of the set last. */
export interface Expand extends Step {
  readonly step: 'expand'
  readonly input: Plan
  readonly projections: ReadonlyArray<readonly Expr[]>
}

/** A window table function whose rows are wanted themselves: the columns of the input, then window start, end and time. */
export interface WindowAssign extends Step {
  readonly step: 'windowAssign'
  readonly input: Plan
  readonly spec: WindowSpec | SessionSpec
  readonly time: number
  /** See {@link WindowColumns}. */
  readonly zone?: string
}

export interface SessionSpec {
  readonly kind: 'SESSION'
  readonly gap: number
  /** PARTITION BY. */
  readonly partition: readonly number[]
}

/** Out: keys, aggregates, window start, end, time. */
export interface WindowAggregateStep extends Step {
  readonly step: 'windowAggregate'
  readonly input: Plan
  readonly spec: WindowSpec | { readonly kind: 'ATTACHED'; readonly start: number; readonly end: number }
  readonly time: number
  readonly zone?: string
  readonly keys: readonly number[]
  readonly calls: readonly AggregateCall[]
}

/** Out: keys, aggregates, window start, end, time. */
export interface SessionAggregateStep extends Step {
  readonly step: 'sessionAggregate'
  readonly input: Plan
  readonly gap: number
  readonly time: number
  readonly zone?: string
  readonly keys: readonly number[]
  readonly calls: readonly AggregateCall[]
}

/** Out: keys, aggregates. */
export interface GroupAggregateStep extends Step {
  readonly step: 'groupAggregate'
  readonly input: Plan
  readonly keys: readonly number[]
  readonly calls: readonly AggregateCall[]
  /** ms, 0 for ever. */
  readonly ttl: number
}

/** OVER: the columns of the input, then the aggregates. All of them have this one window. */
export interface Over extends Step {
  readonly step: 'over'
  readonly input: Plan
  readonly partition: readonly number[]
  /** The row time or processing time column that rows are ordered by. */
  readonly order: number
  readonly time: 'row' | 'proc'
  readonly frame: OverFrame
  readonly calls: readonly OverCall[]
}

/** OVER ordered by a value that is no time, from the first row on: the columns of the input, then the results, which change. */
export interface SortedOver extends Step {
  readonly step: 'sortedOver'
  readonly input: Plan
  readonly partition: readonly number[]
  readonly order: SortKey
  readonly units: 'ROWS' | 'RANGE'
  readonly calls: readonly OverCall[]
  readonly ttl: number
}

/** From so many rows, or ms, before the current row (Infinity: the first) up to it; RANGE takes in all rows of its time. */
export interface OverFrame {
  readonly units: 'ROWS' | 'RANGE'
  readonly preceding: number
}

/** An aggregate; or LAG (the value `offset` rows before), ROW_NUMBER, RANK, DENSE_RANK, which look at the order alone. */
export interface OverCall extends AggregateCall {
  readonly offset?: number
}

export interface SortKey {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** ROW_NUMBER not yet bounded by a filter: it becomes a Rank, a WindowRank or a Deduplicate, or the query is refused. Out: input, number. */
export interface RowNumber extends Step {
  readonly step: 'rowNumber'
  readonly input: Plan
  readonly partition: readonly number[]
  readonly order: readonly SortKey[]
}

/** Top-N: rows `from` to `to` (from 1) of each partition by `order`; ties in order of arrival. Out: input, and the number if `number`. */
export interface Rank extends Step {
  readonly step: 'rank'
  readonly input: Plan
  readonly partition: readonly number[]
  readonly order: readonly SortKey[]
  readonly from: number
  readonly to: number
  readonly number: boolean
  /** Columns that tell rows apart, where each only ever comes forward: a row replaces the one before. */
  readonly replacing?: readonly number[]
  readonly ttl: number
}

/** The first or last row of each key by a time attribute. Out: as input. */
export interface Deduplicate extends Step {
  readonly step: 'deduplicate'
  readonly input: Plan
  readonly keys: readonly number[]
  readonly order: number
  readonly time: 'row' | 'proc'
  readonly keep: 'first' | 'last'
  readonly ttl: number
}

/** Top-N within a window: given out when the watermark passes its end. `partition` is without the window's columns. */
export interface WindowRank extends Step {
  readonly step: 'windowRank'
  readonly input: Plan
  /** The window's columns of the input. */
  readonly of: WindowColumns
  /** Of rows that tie the last one comes first (deduplication that keeps the last by its time). */
  readonly lastOfTies?: boolean
  readonly partition: readonly number[]
  readonly order: readonly SortKey[]
  readonly from: number
  readonly to: number
  readonly number: boolean
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'SEMI' | 'ANTI'

interface JoinStep extends Step {
  readonly left: Plan
  readonly right: Plan
  readonly type: JoinType
  /** Columns that must be equal, pairwise; NULL equals nothing. */
  readonly leftKeys: readonly number[]
  readonly rightKeys: readonly number[]
  /** The rest of ON, over left (input 0) and right (input 1). */
  readonly condition?: Expr
}

/** Out (as of all joins): left columns, right columns; SEMI and ANTI the left ones alone. */
export interface RegularJoin extends JoinStep {
  readonly step: 'join'
  readonly ttl: { readonly left: number; readonly right: number }
}

/** Right time between left time + lower and left time + upper, both in ms and inclusive. */
export interface IntervalJoin extends JoinStep {
  readonly step: 'intervalJoin'
  readonly leftTime: number
  readonly rightTime: number
  readonly lower: number
  readonly upper: number
}

/** Rows of the same window on both sides. */
export interface WindowJoin extends JoinStep {
  readonly step: 'windowJoin'
  readonly leftWindow: WindowColumns
  readonly rightWindow: WindowColumns
}

/** FOR SYSTEM_TIME AS OF the left row time: the version of the right row that was valid then. INNER or LEFT. */
export interface TemporalJoin extends JoinStep {
  readonly step: 'temporalJoin'
  readonly leftTime: number
  /** The row time of the right side's versions. */
  readonly rightTime: number
}

/** CROSS or LEFT JOIN UNNEST(expr): input columns, then the columns of an element. */
export interface Unnest extends Step {
  readonly step: 'unnest'
  readonly input: Plan
  readonly collection: Expr
  readonly outer: boolean
  readonly ordinality: boolean
}

/** MATCH_RECOGNIZE, one row per match. Out: the partition columns, then the measures. */
export interface Match extends Step {
  readonly step: 'match'
  readonly input: Plan
  readonly partition: readonly number[]
  /** The time, then further columns that order rows of one time. */
  readonly order: readonly SortKey[]
  readonly time: 'row' | 'proc'
  /** The variables in the order of the pattern, each with its quantifier. */
  readonly pattern: readonly MatchVariable[]
  readonly measures: MatchExpressions
  readonly after: MatchSkip
  /** ms; absent: matches may take any time. */
  readonly within?: number
}

/** Where the search goes on behind a match; `variable` is one of the pattern, by number. */
export type MatchSkip = { readonly to: 'NEXT_ROW' | 'PAST_LAST_ROW' } | { readonly to: 'FIRST' | 'LAST'; readonly variable: number }

export interface MatchVariable {
  readonly name: string
  readonly min: number
  /** Absent: no end. */
  readonly max?: number
  readonly greedy: boolean
  /** DEFINE: one expression, BOOLEAN; absent: every row will do. Input 0 is the row in question. */
  readonly condition?: MatchExpressions
}

/**
 * Expressions over the rows of a match. What a column of theirs refers to is told by its input: 0 the current row (of DEFINE), `i + 1` the
 * row `rows[i]`, which may not be there and is NULL then, -1 the time of the match, `-2 - i` the results of `aggregates[i]`.
 */
export interface MatchExpressions {
  readonly exprs: readonly Expr[]
  readonly rows: readonly MatchRow[]
  readonly aggregates: readonly MatchAggregate[]
}

/** A row of those that a variable took: the first or the last of them, or the one so many behind or before it. */
export interface MatchRow {
  /** By number in the pattern, or one of {@link ANY_VARIABLE}, {@link NO_VARIABLE}. */
  readonly variable: number
  readonly first: boolean
  readonly offset: number
}

/** Aggregates over the rows of a variable: their arguments are columns of `projection`, or of the row itself where there is none. */
export interface MatchAggregate {
  readonly variable: number
  readonly projection?: readonly Expr[]
  readonly calls: readonly AggregateCall[]
}

/** All rows of the match, whatever variable took them. */
export const ANY_VARIABLE = -1
/** A SUBSET: Flink finds no rows for one. */
export const NO_VARIABLE = -2

export interface UnionAll extends Step {
  readonly step: 'union'
  readonly inputs: readonly Plan[]
}

/** ORDER BY a row time (ascending), then other columns: given out when the watermark passes. */
export interface TemporalSort extends Step {
  readonly step: 'temporalSort'
  readonly input: Plan
  readonly time: number
  readonly order: readonly SortKey[]
}

/** LIMIT without ORDER BY: the first so many rows that come. */
export interface Limit extends Step {
  readonly step: 'limit'
  readonly input: Plan
  readonly offset: number
  readonly limit: number
}

/** Makes a full changelog of one that says only what is new by key (upsert-kafka), or says the same twice. */
export interface Normalize extends Step {
  readonly step: 'normalize'
  readonly input: Plan
  readonly keys: readonly number[]
}
