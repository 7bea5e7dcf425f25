import { type Row, type RowKind, UnaryOperator } from './operator.ts'
import { type WindowSpec, windowsOf } from './windows.ts'

/** Rows with the columns of their windows behind them: window start, window end, window time. A row of several windows goes out for each. */
export class WindowAssign extends UnaryOperator {
  readonly #spec: WindowSpec
  readonly #time: number

  constructor(spec: WindowSpec, time: number) {
    super()
    this.#spec = spec
    this.#time = time
  }

  row(kind: RowKind, row: Row): void {
    const time = row[this.#time]
    if (time === null) return
    for (const [start, end] of windowsOf(this.#spec, time as number)) this.out.row(kind, [...row, start, end, end - 1])
  }
}
