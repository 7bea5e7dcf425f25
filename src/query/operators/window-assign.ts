import { type Row, type RowKind, UnaryOperator } from './operator.ts'
import { type WindowClock, windowClock } from './window-clock.ts'
import { type WindowSpec, windowsOf } from './windows.ts'

/** Rows with the columns of their windows behind them: window start, window end, window time. A row of several windows goes out for each. */
export class WindowAssign extends UnaryOperator {
  readonly #spec: WindowSpec
  readonly #time: number

  readonly #clock: WindowClock

  constructor(spec: WindowSpec, time: number, zone?: string) {
    super()
    this.#clock = windowClock(zone)
    this.#spec = spec
    this.#time = time
  }

  row(kind: RowKind, row: Row): void {
    const time = row[this.#time]
    if (time === null) return
    const local = this.#clock.toClock(time as number)
    for (const [start, end] of windowsOf(this.#spec, local)) this.out.row(kind, [...row, start, end, this.#clock.windowTime(end)])
  }
}
