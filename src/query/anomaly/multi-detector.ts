import { Detector, type DetectorOptions, type Explanation, RARE, TOGETHER, type Verdict } from './detector.ts'
import { HalfSpaceForest } from './half-space-trees.ts'
import { Onset } from './onset.ts'
import { Since } from './since.ts'
import { Tail } from './tail.ts'

/** Where an alarm of a row of several values came from. */
export interface MultiExplanation extends Omit<Explanation, 'member' | 'rarities'> {
  /** Of which value the explanation is, from 0. */
  readonly column: number
  /** `together`: each value is usual and the row is not; then the explanation is of the value that is the least usual. */
  readonly member: Explanation['member'] | 'together'
}

/**
 * Anomalies of several values that come together: a {@link Detector} for each, and half-space trees over the row, which see values that are usual alone
 * and new together. The strongest of them speaks, and is calibrated again, so that more columns are not more false alarms. Strictly causal,
 * deterministic; about 95 kB a column and 105 kB for the trees.
 */
export class MultiDetector {
  readonly #detectors: Detector[]
  readonly #forest: HalfSpaceForest
  readonly #values: Float64Array
  /** −1 where there is no value. */
  readonly #rarities: Float64Array
  readonly #onset: Onset
  #tail = new Tail()
  #together = 0
  readonly #since = new Since()

  /** @param columns how many values a row has */
  constructor(columns: number, options: DetectorOptions = {}) {
    this.#detectors = Array.from({ length: columns }, () => new Detector(options))
    this.#forest = new HalfSpaceForest(columns)
    this.#values = new Float64Array(columns)
    this.#rarities = new Float64Array(columns)
    this.#onset = new Onset(options.onsetRows)
  }

  /**
   * @param time ms since 1970
   * @param values one for each column; NaN where there is none: that column learns nothing, nor do the trees of that row
   */
  step(time: number, values: ArrayLike<number>): Verdict {
    let most = 0
    let whole = true
    for (const [i, detector] of this.#detectors.entries()) {
      const value = values[i] as number
      this.#values[i] = value
      this.#rarities[i] = -1
      if (Number.isFinite(value)) this.#rarities[i] = -Math.log10(1 - detector.step(time, value).strength)
      else whole = false
      most = Math.max(most, this.#rarities[i] as number)
    }
    // The forest's is one tail probability, and that of a detector a mean of several, which is seldom so small.
    this.#together = whole ? -Math.log10(1 - this.#forest.step(this.#values).strength) / 2 : 0
    most = Math.max(most, this.#together)
    const strength = 1 - 10 ** -(TOGETHER * most + RARE * this.#tail.step(most))
    const onset = this.#onset.step(strength)
    this.#since.step(time, strength)
    return { score: onset ? strength : strength / 2, strength, onset }
  }

  /** Why the last row was what it was; a row without any value expected nothing. */
  explain(): MultiExplanation {
    const column = this.#rarities.indexOf(Math.max(...this.#rarities))
    const rarity = this.#rarities[column] as number
    const since = this.#since.time
    // What the detectors expected was of rows before, and is not saved.
    if (rarity < 0) return { column, member: 'together', rarity: 0, expected: undefined, since, similar: undefined }
    const { member, expected, similar } = (this.#detectors[column] as Detector).explain()
    const together = this.#together > rarity
    return { column, member: together ? 'together' : member, rarity: together ? this.#together : rarity, expected, since, similar }
  }

  /** As plain data. */
  save(): unknown {
    return [
      this.#detectors.map((detector) => detector.save()),
      this.#forest.save(),
      this.#tail.save(),
      this.#onset.save(),
      this.#since.save(),
      [...this.#rarities, this.#together],
    ]
  }

  /** With the options that it was saved with. */
  static load(saved: unknown, options: DetectorOptions = {}): MultiDetector {
    const [detectors, forest, tail, onset, since, rarities] = saved as [unknown[], unknown, unknown, unknown, unknown, number[]]
    const made = new MultiDetector(detectors.length, options)
    for (const [i, detector] of detectors.entries()) made.#detectors[i] = Detector.load(detector, options)
    made.#forest.load(forest)
    made.#tail = Tail.load(tail)
    made.#onset.load(onset)
    made.#since.load(since)
    made.#rarities.set(rarities.slice(0, -1))
    made.#together = rarities.at(-1) as number
    return made
  }
}
