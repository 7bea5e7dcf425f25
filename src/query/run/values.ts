import { type Downstream, INSERT, type Row } from '../operators/operator.ts'

/** Constant rows: all at once when the run begins, and nothing after them. */
export class Values {
  readonly #rows: readonly Row[]
  readonly #out: Downstream

  constructor(rows: readonly Row[], out: Downstream) {
    this.#rows = rows
    this.#out = out
  }

  run(): void {
    for (const row of this.#rows) this.#out.row(INSERT, row)
    this.#out.watermark(Number.POSITIVE_INFINITY)
  }
}
