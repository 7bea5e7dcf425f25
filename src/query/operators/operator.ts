/** One row: the values of its columns in order, as SqlType says they look at run time. Never changed once it was handed on. */
export type Row = readonly unknown[]

/** What a row does to the result, as in Flink: it is new; it takes back a row; it replaces the one taken back; it is gone. */
export type RowKind = 0 | 1 | 2 | 3
export const INSERT = 0
export const UPDATE_BEFORE = 1
export const UPDATE_AFTER = 2
export const DELETE = 3
export const KIND_NAMES = ['INSERT', 'UPDATE_BEFORE', 'UPDATE_AFTER', 'DELETE'] as const

/** Whether a row of this kind adds to what is there (INSERT, UPDATE_AFTER) or takes away from it. */
export const adds = (kind: RowKind): boolean => kind === INSERT || kind === UPDATE_AFTER

/** What takes rows and watermarks: the input of an operator, or a sink. */
export interface Downstream {
  row(kind: RowKind, row: Row): void
  /** No row with a row time at or before `ms` (ms since the epoch) will come any more; Infinity at the end of the input. */
  watermark(ms: number): void
}

/**
 * A step of a running query. Its only clock is the watermark: the same calls in the same order give the same rows.
 * `save` and `load` move its whole state as plain data that structured clone takes; an operator without state has neither.
 */
export interface Operator {
  /** The inputs, by number: 0 is the left one. */
  readonly inputs: readonly Downstream[]
  /** Set once, before the first row. */
  out: Downstream
  save?(): unknown
  load?(state: unknown): void
  /** What it holds at the moment: for `analyze explain` and metrics. */
  readonly size?: number
}

/** A row that came too late for where it belongs: handed out of the query instead of lost. */
export type OnLate = (row: Row) => void

const NOWHERE: Downstream = {
  row() {
    throw new Error('an operator ran before it was connected')
  },
  watermark() {},
}

/** An operator with one input; it forwards watermarks unless told otherwise. */
export abstract class UnaryOperator implements Operator, Downstream {
  readonly inputs: readonly Downstream[] = [this]
  out: Downstream = NOWHERE

  abstract row(kind: RowKind, row: Row): void

  watermark(ms: number): void {
    this.out.watermark(ms)
  }
}

/** An operator with two inputs; its watermark is the smaller of the two. */
export abstract class BinaryOperator implements Operator {
  readonly inputs: readonly Downstream[]
  out: Downstream = NOWHERE
  protected current = Number.NEGATIVE_INFINITY
  readonly #sides: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]

  constructor() {
    this.inputs = [
      { row: (kind, row) => this.left(kind, row), watermark: (ms) => this.#advance(0, ms) },
      { row: (kind, row) => this.right(kind, row), watermark: (ms) => this.#advance(1, ms) },
    ]
  }

  protected abstract left(kind: RowKind, row: Row): void
  protected abstract right(kind: RowKind, row: Row): void

  /** The watermark of both inputs has come to `ms`. */
  protected advance(ms: number): void {
    this.out.watermark(ms)
  }

  #advance(side: 0 | 1, ms: number): void {
    this.#sides[side] = Math.max(this.#sides[side], ms)
    const both = Math.min(this.#sides[0], this.#sides[1])
    if (both <= this.current) return
    this.current = both
    this.advance(both)
  }

  protected saveWatermarks(): unknown {
    return { current: this.current, sides: [...this.#sides] }
  }

  protected loadWatermarks(state: unknown): void {
    const { current, sides } = state as { current: number; sides: [number, number] }
    this.current = current
    this.#sides[0] = sides[0]
    this.#sides[1] = sides[1]
  }
}
