import type { Downstream, Operator, Row, RowKind } from './operator.ts'

/** UNION ALL: rows of every input as they come; its watermark is the smallest of theirs. */
export class Union implements Operator {
  readonly inputs: readonly Downstream[]
  out: Downstream = { row() {}, watermark() {} }
  #marks: number[]
  #current = Number.NEGATIVE_INFINITY

  constructor(inputs: number) {
    this.#marks = new Array<number>(inputs).fill(Number.NEGATIVE_INFINITY)
    this.inputs = this.#marks.map((_, i) => ({
      row: (kind: RowKind, row: Row) => this.out.row(kind, row),
      watermark: (ms: number) => this.#advance(i, ms),
    }))
  }

  save(): unknown {
    return { marks: this.#marks, current: this.#current }
  }

  load(state: unknown): void {
    const { marks, current } = state as { marks: number[]; current: number }
    this.#marks = marks
    this.#current = current
  }

  #advance(input: number, ms: number): void {
    this.#marks[input] = Math.max(this.#marks[input] ?? ms, ms)
    const smallest = Math.min(...this.#marks)
    if (smallest <= this.#current) return
    this.#current = smallest
    this.out.watermark(smallest)
  }
}
