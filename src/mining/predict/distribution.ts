import { BINS, binOf, secondsOf } from './time-bins.ts'

/** How long it may still take, as weights over bins of durations. Made once and used again: `clear` is cheap. */
export class Distribution {
  readonly #weights = new Float64Array(BINS)
  #low = BINS
  #high = -1
  #total = 0

  get total(): number {
    return this.#total
  }

  clear(): void {
    if (this.#high >= 0) this.#weights.fill(0, this.#low, this.#high + 1)
    this.#low = BINS
    this.#high = -1
    this.#total = 0
  }

  add(bin: number, weight: number): void {
    this.#weights[bin] = (this.#weights[bin] as number) + weight
    this.#total += weight
    if (bin < this.#low) this.#low = bin
    if (bin > this.#high) this.#high = bin
  }

  /** Adds another one so that it counts `weight` in all. */
  mix(other: Distribution, weight: number): void {
    if (other.#total <= 0 || weight <= 0) return
    const factor = weight / other.#total
    for (let bin = other.#low; bin <= other.#high; bin++) {
      const theirs = other.#weights[bin] as number
      if (theirs > 0) this.add(bin, theirs * factor)
    }
  }

  /** Seconds that a share `q` of the weight stays at or below; half way to the next where the share ends between two. NaN when empty. */
  quantile(q: number): number {
    if (this.#total <= 0) return Number.NaN
    const wanted = q * this.#total
    const slack = 1e-9 * this.#total
    let sum = 0
    for (let bin = this.#low; bin <= this.#high; bin++) {
      sum += this.#weights[bin] as number
      if (sum < wanted - slack) continue
      if (sum > wanted + slack) return secondsOf(bin)
      for (let next = bin + 1; next <= this.#high; next++) {
        if ((this.#weights[next] as number) > 0) return (secondsOf(bin) + secondsOf(next)) / 2
      }
      return secondsOf(bin)
    }
    return secondsOf(this.#high)
  }

  /** The share above a duration; NaN when empty. The bin that holds it counts half. */
  above(seconds: number): number {
    if (this.#total <= 0) return Number.NaN
    if (seconds < 0) return 1
    const at = binOf(seconds)
    let sum = at >= this.#low && at <= this.#high ? (this.#weights[at] as number) / 2 : 0
    for (let bin = Math.max(this.#low, at + 1); bin <= this.#high; bin++) sum += this.#weights[bin] as number
    return Math.min(1, sum / this.#total)
  }

  /** What is left when it is known that it takes longer than `seconds`: the same, less that. Empty when nothing took so long. */
  beyond(seconds: number, into: Distribution): void {
    into.clear()
    for (let bin = Math.max(this.#low, binOf(seconds) + 1); bin <= this.#high; bin++) {
      const weight = this.#weights[bin] as number
      if (weight > 0) into.add(binOf(secondsOf(bin) - seconds), weight)
    }
  }

  save(): unknown {
    const bins: Array<[number, number]> = []
    for (let bin = this.#low; bin <= this.#high; bin++)
      if ((this.#weights[bin] as number) > 0) bins.push([bin, this.#weights[bin] as number])
    return bins
  }

  load(saved: unknown): void {
    this.clear()
    for (const [bin, weight] of saved as Array<[number, number]>) this.add(bin, weight)
  }
}
