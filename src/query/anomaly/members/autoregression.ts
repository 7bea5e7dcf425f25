import { RunningScale } from '../running-scale.ts'
import type { Expectation, Member } from './member.ts'

const ORDER = 8
const SIZE = ORDER + 1
const FORGET = 0.999
const SCALE_RATE = 0.002
/** Scaled values and errors beyond are cut before they teach. */
const FAR = 30
const WRONG = 6
const LARGEST_TRACE = 1e4 * SIZE

/** How wrong the prediction from the last eight values was: recursive least squares with forgetting. */
export class AutoregressionResidual implements Member {
  readonly #scale = new RunningScale(SCALE_RATE)
  readonly #weights = new Float64Array(SIZE)
  readonly #inverse = new Float64Array(SIZE * SIZE)
  /** The last values, scaled, newest first, then 1. */
  readonly #features = new Float64Array(SIZE)
  readonly #gain = new Float64Array(SIZE)
  #n = 0
  #expected: Expectation | undefined

  constructor() {
    for (let i = 0; i < SIZE; i++) this.#inverse[i * SIZE + i] = 100
    this.#features[ORDER] = 1
  }

  step(value: number): number | undefined {
    const unit = this.#scale.deviation + 1e-9
    const centre = this.#scale.centre
    const scaled = this.#scale.count > 10 ? (value - centre) / unit : 0
    this.#scale.add(value)
    const near = Math.max(-FAR, Math.min(FAR, scaled))
    let size: number | undefined
    this.#expected = undefined
    if (++this.#n > ORDER) {
      const predicted = this.#predict()
      size = Math.abs(scaled - predicted)
      this.#expected = { centre: centre + predicted * unit, unit }
      this.#learn(Math.max(-WRONG, Math.min(WRONG, near - predicted)))
    }
    this.#features.copyWithin(1, 0, ORDER - 1)
    this.#features[0] = near
    return size
  }

  expectation(): Expectation | undefined {
    return this.#expected
  }

  save(): unknown {
    return [this.#scale.save(), Array.from(this.#weights), Array.from(this.#inverse), Array.from(this.#features), this.#n]
  }

  load(saved: unknown): void {
    const [scale, weights, inverse, features, n] = saved as [unknown, number[], number[], number[], number]
    this.#scale.load(scale)
    this.#weights.set(weights)
    this.#inverse.set(inverse)
    this.#features.set(features)
    this.#n = n
  }

  #predict(): number {
    let sum = 0
    for (let i = 0; i < SIZE; i++) sum += (this.#weights[i] as number) * (this.#features[i] as number)
    return sum
  }

  #learn(error: number): void {
    const [p, f, gain] = [this.#inverse, this.#features, this.#gain]
    let norm = FORGET
    for (let i = 0; i < SIZE; i++) {
      let sum = 0
      for (let j = 0; j < SIZE; j++) sum += (p[i * SIZE + j] as number) * (f[j] as number)
      gain[i] = sum
      norm += (f[i] as number) * sum
    }
    let trace = 0
    for (let i = 0; i < SIZE; i++) {
      const g = (gain[i] as number) / norm
      this.#weights[i] = (this.#weights[i] as number) + g * error
      for (let j = 0; j < SIZE; j++) p[i * SIZE + j] = ((p[i * SIZE + j] as number) - g * (gain[j] as number)) / FORGET
      trace += p[i * SIZE + i] as number
    }
    // A series that stands still teaches nothing, and forgetting would blow the matrix up.
    if (trace > LARGEST_TRACE) for (let i = 0; i < SIZE * SIZE; i++) p[i] = ((p[i] as number) * LARGEST_TRACE) / trace
  }
}
