import { alarmOf } from '../../anomaly/alarm.ts'
import { RowDetector } from '../../anomaly/row-detector.ts'
import { ALARM_SCORE } from '../../anomaly/since.ts'
import type { Fold } from './fold.ts'

/** The detector of `anomaly score` over rows of values, with the row's time behind them where there is one. */
abstract class Anomaly implements Fold {
  protected readonly columns: number
  protected readonly detector: RowDetector
  readonly #timed: boolean
  protected score: number | null

  constructor(columns: number, timed: boolean, saved?: readonly [unknown, number | null]) {
    this.columns = columns
    this.#timed = timed
    this.detector = new RowDetector(columns, {}, saved?.[0])
    this.score = saved ? saved[1] : null
  }

  /** Values, then ms since 1970 where the function was given a time; without one there is no time of day. */
  add(...values: number[]): void {
    const time = this.#timed ? (values.pop() as number) : 0
    const finite = values.map((value) => (Number.isFinite(value) ? value : Number.NaN))
    if (!finite.every(Number.isNaN)) this.take(time, finite)
  }

  protected take(time: number, values: readonly number[]): void {
    this.score = this.detector.step(time, values).score
  }

  abstract result(): unknown

  save(): unknown {
    return [this.detector.save(), this.score]
  }
}

/** ANOMALY_SCORE: of the newest row. */
export class AnomalyScore extends Anomaly {
  result(): number | null {
    return this.score
  }
}

/** ANOMALY_EXPLAIN: why the newest row is an alarm, as JSON; NULL where it is none. */
export class AnomalyExplain extends Anomaly {
  #why: string | null

  constructor(columns: number, timed: boolean, saved?: readonly [unknown, number | null, (string | null)?]) {
    super(columns, timed, saved && [saved[0], saved[1]])
    this.#why = saved?.[2] ?? null
  }

  result(): string | null {
    return this.#why
  }

  override save(): unknown {
    return [this.detector.save(), this.score, this.#why]
  }

  protected override take(time: number, values: readonly number[]): void {
    super.take(time, values)
    const score = this.score ?? 0
    // At once: what the members expected is not kept in a snapshot.
    this.#why = score >= ALARM_SCORE ? JSON.stringify({ score, ...alarmOf(this.detector, this.columns) }) : null
  }
}
