import type { Expectation, Member } from './member.ts'

const LENGTH = 36

/** A shift of the distribution: how far the mean of the last 36 rows is from that of the 36 before. */
export class LevelShift implements Member {
  readonly #last = new Float64Array(2 * LENGTH)
  #n = 0

  step(value: number): number | undefined {
    this.#last[this.#n++ % (2 * LENGTH)] = value
    if (this.#n < 2 * LENGTH) return undefined
    // Summed anew: running sums of large values would keep the rounding of all that came.
    let difference = 0
    for (let i = 1; i <= LENGTH; i++) {
      difference += this.#last[(this.#n - i) % (2 * LENGTH)] as number
      difference -= this.#last[(this.#n - LENGTH - i) % (2 * LENGTH)] as number
    }
    return Math.abs(difference) / LENGTH
  }

  expectation(): Expectation | undefined {
    return undefined
  }

  save(): unknown {
    return [Array.from(this.#last), this.#n]
  }

  load(saved: unknown): void {
    const [last, n] = saved as [number[], number]
    this.#last.set(last)
    this.#n = n
  }
}
