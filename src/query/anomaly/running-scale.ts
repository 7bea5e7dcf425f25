/** Values further than so many deviations count as so many, once there are some to judge by. */
const CLIP = 4
const JUDGES = 30

/** Centre and mean absolute deviation that forget, and that one wild value does not move far. O(1). */
export class RunningScale {
  centre = 0
  deviation = 0
  #n = 0
  readonly #rate: number

  /** @param rate the weight of a new value, in (0, 1) */
  constructor(rate: number) {
    this.#rate = rate
  }

  get count(): number {
    return this.#n
  }

  add(value: number): void {
    if (++this.#n === 1) {
      this.centre = value
      return
    }
    const rate = Math.max(this.#rate, 1 / this.#n)
    const limit = this.#n > JUDGES ? CLIP * this.deviation + 1e-9 : Number.POSITIVE_INFINITY
    const off = Math.max(-limit, Math.min(limit, value - this.centre))
    this.centre += rate * off
    this.deviation += rate * (Math.abs(off) - this.deviation)
  }

  save(): unknown {
    return [this.centre, this.deviation, this.#n]
  }

  load(saved: unknown): void {
    const [centre, deviation, n] = saved as [number, number, number]
    this.centre = centre
    this.deviation = deviation
    this.#n = n
  }
}
