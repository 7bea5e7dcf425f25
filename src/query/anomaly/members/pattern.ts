import { NearestPoints } from '../nearest.ts'
import type { Expectation, Member } from './member.ts'

const LENGTH = 3
const CAPACITY = 1024

/** How far the last three values are from any three that came one after another before: values, steps and turns never seen. */
export class PatternNovelty implements Member {
  readonly #known = new NearestPoints(LENGTH, CAPACITY)
  /** Newest first. */
  readonly #last = new Float64Array(LENGTH)
  #n = 0

  step(value: number, time: number): number | undefined {
    this.#last.copyWithin(1, 0)
    this.#last[0] = value
    if (++this.#n < LENGTH) return undefined
    const distance = this.#known.step(this.#last, time)
    return distance === Number.POSITIVE_INFINITY ? undefined : distance
  }

  expectation(): Expectation | undefined {
    const { nearest } = this.#known
    return Number.isFinite(nearest.distance) ? { centre: nearest.first, unit: 1, similar: nearest.mark } : undefined
  }

  save(): unknown {
    return [this.#known.save(), Array.from(this.#last), this.#n]
  }

  load(saved: unknown): void {
    const [known, last, n] = saved as [unknown, number[], number]
    this.#known.load(known)
    this.#last.set(last)
    this.#n = n
  }
}
