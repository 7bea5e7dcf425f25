import { Detector, type DetectorOptions, type Verdict } from './detector.ts'
import { MultiDetector, type MultiExplanation } from './multi-detector.ts'

/** Anomalies of rows of one value, or of several: what `anomaly score`, ANOMALY_SCORE and ANOMALY_EXPLAIN all run. */
export class RowDetector {
  readonly #one: Detector | undefined
  readonly #many: MultiDetector | undefined

  /** @param columns how many values a row has */
  constructor(columns: number, options: DetectorOptions = {}, saved?: unknown) {
    if (columns === 1) this.#one = saved === undefined ? new Detector(options) : Detector.load(saved, options)
    else this.#many = saved === undefined ? new MultiDetector(columns, options) : MultiDetector.load(saved, options)
  }

  /** @param values one for each column, NaN where there is none; at least one is there */
  step(time: number, values: ArrayLike<number>): Verdict {
    return this.#one ? this.#one.step(time, values[0] as number) : (this.#many as MultiDetector).step(time, values)
  }

  /** Why the last row was what it was. */
  explain(): MultiExplanation {
    return this.#one ? { ...this.#one.explain(), column: 0 } : (this.#many as MultiDetector).explain()
  }

  save(): unknown {
    return (this.#one ?? this.#many)?.save()
  }
}
