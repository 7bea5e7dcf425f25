import { Detector } from '../../anomaly/detector.ts'
import type { Fold } from './fold.ts'

/** The anomaly score of the newest value by the detector of `anomaly score`. */
export class AnomalyScore implements Fold {
  readonly #detector: Detector
  #score: number | null

  constructor(saved?: readonly [unknown, number | null]) {
    this.#detector = saved ? Detector.load(saved[0]) : new Detector()
    this.#score = saved ? saved[1] : null
  }

  /** @param time ms since 1970; without one there is no time of day */
  add(x: number, time = 0): void {
    if (Number.isFinite(x)) this.#score = this.#detector.step(time, x).score
  }

  result(): number | null {
    return this.#score
  }

  save(): unknown {
    return [this.#detector.save(), this.#score]
  }
}
