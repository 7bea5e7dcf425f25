import type { Expectation, Member } from './member.ts'

const DAY = 86_400_000
const HOURS = 24
const RATE = 0.03
/** Of a value of the bin against all. */
const ALL_RATE = 0.002
const CLIP = 4

/** How many deviations a value is from what its hour of the day has been. */
export class SeasonResidual implements Member {
  readonly #means = new Float64Array(HOURS)
  readonly #deviations = new Float64Array(HOURS)
  readonly #counts = new Float64Array(HOURS)
  readonly #shift: number
  #all = 0
  #n = 0
  #expected: Expectation | undefined

  /** @param shift ms that local time is ahead of UTC */
  constructor(shift = 0) {
    this.#shift = shift
  }

  step(value: number, time: number): number | undefined {
    const hour = Math.floor((((((time + this.#shift) % DAY) + DAY) % DAY) / DAY) * HOURS)
    const n = (this.#counts[hour] as number) + 1
    this.#counts[hour] = n
    const mean = this.#means[hour] as number
    const deviation = this.#deviations[hour] as number
    const unit = 0.5 * deviation + 0.5 * this.#all + 1e-9
    this.#expected = n > 2 ? { centre: mean, unit } : undefined
    if (n === 1) this.#means[hour] = value
    else {
      const limit = n > 20 ? CLIP * deviation + 2 * this.#all : Number.POSITIVE_INFINITY
      const off = Math.max(-limit, Math.min(limit, value - mean))
      const rate = Math.max(RATE, 1 / n)
      this.#means[hour] = mean + rate * off
      this.#deviations[hour] = deviation + rate * (Math.abs(off) - deviation)
      this.#all += Math.max(ALL_RATE, 1 / ++this.#n) * (Math.abs(off) - this.#all)
    }
    return n > 2 ? Math.abs(value - mean) / unit : 0
  }

  expectation(): Expectation | undefined {
    return this.#expected
  }

  save(): unknown {
    return [Array.from(this.#means), Array.from(this.#deviations), Array.from(this.#counts), this.#all, this.#n]
  }

  load(saved: unknown): void {
    const [means, deviations, counts, all, n] = saved as [number[], number[], number[], number, number]
    this.#means.set(means)
    this.#deviations.set(deviations)
    this.#counts.set(counts)
    this.#all = all
    this.#n = n
  }
}
