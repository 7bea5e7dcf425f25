import { RunningScale } from '../running-scale.ts'
import type { Expectation, Member } from './member.ts'

const LENGTH = 64
const COMPONENTS = 4
const SCALE_RATE = 0.002
const LEARN_RATE = 0.002
/** Scaled values beyond are cut, and sub-sequences beyond so many deviations in the mean teach no more than that. */
const FAR = 30
const CLIP = 6
/** Sub-sequences before there is anything to say. */
const LEAST = 20

/**
 * How far the form of the last 64 rows, whatever its level, lies from the four forms that explain most of what came: incremental principal components of
 * sub-sequences (candid covariance-free, Weng, Zhang, Hwang, 2003). O(length × components) a row.
 */
export class SubspaceResidual implements Member {
  readonly #scale = new RunningScale(SCALE_RATE)
  /** The last values, scaled, newest last. */
  readonly #last = new Float64Array(LENGTH)
  readonly #mean = new Float64Array(LENGTH)
  readonly #components = Array.from({ length: COMPONENTS }, () => new Float64Array(LENGTH))
  readonly #rest = new Float64Array(LENGTH)
  #n = 0
  #taught = 0

  step(value: number): number | undefined {
    const { centre, deviation, count } = this.#scale
    const scaled = count > 10 ? Math.max(-FAR, Math.min(FAR, (value - centre) / (deviation + 1e-9))) : 0
    this.#scale.add(value)
    this.#last.copyWithin(0, 1)
    this.#last[LENGTH - 1] = scaled
    if (++this.#n < 2 * LENGTH) return undefined
    const size = this.#judge()
    return this.#taught < LEAST ? undefined : size
  }

  expectation(): Expectation | undefined {
    return undefined
  }

  save(): unknown {
    const components = this.#components.map((component) => Array.from(component))
    return [this.#scale.save(), Array.from(this.#last), Array.from(this.#mean), components, this.#n, this.#taught]
  }

  load(saved: unknown): void {
    const [scale, last, mean, components, n, taught] = saved as [unknown, number[], number[], number[][], number, number]
    this.#scale.load(scale)
    this.#last.set(last)
    this.#mean.set(mean)
    for (const [k, component] of this.#components.entries()) component.set(components[k] as number[])
    this.#n = n
    this.#taught = taught
  }

  /** The root mean square of what the components leave; they then learn. */
  #judge(): number {
    const [rest, mean] = [this.#rest, this.#mean]
    const rate = Math.max(LEARN_RATE, 1 / ++this.#taught)
    let level = 0
    for (let i = 0; i < LENGTH; i++) level += this.#last[i] as number
    level /= LENGTH
    let square = 0
    for (let i = 0; i < LENGTH; i++) {
      const off = (this.#last[i] as number) - level - (mean[i] as number)
      rest[i] = off
      square += off * off
    }
    const cut = Math.min(1, CLIP * Math.sqrt(LENGTH / (square + 1e-12)))
    for (let i = 0; i < LENGTH; i++) mean[i] = (mean[i] as number) + rate * cut * (rest[i] as number)
    for (const component of this.#components) if (!this.#explain(component, rate, cut)) break
    let left = 0
    for (let i = 0; i < LENGTH; i++) left += (rest[i] as number) ** 2
    return Math.sqrt(left / LENGTH)
  }

  /** Takes a component out of the rest and turns it towards it. @returns false where the component has only begun */
  #explain(component: Float64Array, rate: number, cut: number): boolean {
    const rest = this.#rest
    let square = 0
    let along = 0
    for (let i = 0; i < LENGTH; i++) {
      const c = component[i] as number
      square += c * c
      along += c * (rest[i] as number)
    }
    if (square < 1e-18) {
      // The first sub-sequence is all that the mean knows: it has no form yet.
      if (this.#taught === 1) return false
      for (let i = 0; i < LENGTH; i++) component[i] = cut * (rest[i] as number)
      rest.fill(0)
      return false
    }
    const length = Math.sqrt(square)
    const pull = (rate * cut * cut * along) / length
    for (let i = 0; i < LENGTH; i++) {
      const [c, r] = [component[i] as number, rest[i] as number]
      rest[i] = r - (along / square) * c
      component[i] = (1 - rate) * c + pull * r
    }
    return true
  }
}
