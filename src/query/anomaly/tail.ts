const BINS = 400
/** A fifth of an octave a bin, from 2⁻⁴⁰ to 2⁴⁰. */
const PER_OCTAVE = 5
const OFFSET = 40
const SMALLEST = 1e-12
/** The share of values that the Pareto tail beyond the greatest is fitted to, and the least shape it may have. */
const TAIL_SHARE = 0.03
const LEAST_IN_TAIL = 8
const LEAST_SHAPE = 0.05
/** No value is held to be rarer than 10⁻¹². */
const MOST = 12
/** Sizes before anything is said, and where all of them were nothing: a member that is new gives zeros, and its first word is not the rarest of all. */
const LEAST = 20
const LEAST_ZEROS = 100
/** Beyond so many values all counts are halved: memory stays, and what was long ago counts less. */
const HALVE_AT = 50_000

/**
 * How rare a size is among the sizes so far, as −log₁₀ of its tail probability: an online histogram on a logarithmic scale, so that it needs no
 * unit, and beyond its end the Pareto tail by Hill's estimator. It learns from the first value; nothing is said before 20.
 */
export class Tail {
  readonly #counts = new Float32Array(BINS)
  #n = 0
  #top = -1

  /** The rarity of a size (≥ 0), which then is one of the past. */
  step(size: number): number {
    const at = position(size)
    const bin = Math.min(BINS - 1, Math.floor(at))
    const rarity = this.#rarity(at, bin)
    this.#add(bin)
    return rarity
  }

  /** The size that a share of all do not reach; 0 before there is any. */
  quantile(share: number): number {
    let left = (1 - share) * this.#n
    for (let bin = this.#top; bin >= 0; bin--) {
      const count = this.#counts[bin] as number
      if (count > left) return 2 ** ((bin + 1 - left / count) / PER_OCTAVE - OFFSET)
      left -= count
    }
    return 0
  }

  save(): unknown {
    const filled: number[] = []
    for (let bin = 0; bin <= this.#top; bin++) if (this.#counts[bin]) filled.push(bin, this.#counts[bin] as number)
    return [this.#n, filled]
  }

  static load(saved: unknown): Tail {
    const [n, filled] = saved as [number, number[]]
    const tail = new Tail()
    tail.#n = n
    for (let i = 0; i < filled.length; i += 2) {
      tail.#top = filled[i] as number
      tail.#counts[tail.#top] = filled[i + 1] as number
    }
    return tail
  }

  #rarity(at: number, bin: number): number {
    if (this.#n < LEAST || (this.#top === 0 && this.#n < LEAST_ZEROS)) return 0
    if (bin > this.#top) return Math.min(MOST, Math.log10(2 * (this.#n + 1)) + this.#beyond(at))
    let above = (this.#counts[bin] as number) * (1 - (at - bin))
    for (let i = this.#top; i > bin; i--) above += this.#counts[i] as number
    return Math.log10((this.#n + 1) / (above + 0.5))
  }

  /** How many powers of ten rarer than the greatest a size is that goes beyond it. */
  #beyond(at: number): number {
    const wanted = Math.max(LEAST_IN_TAIL, TAIL_SHARE * this.#n)
    let count = 0
    let sum = 0
    let lowest = this.#top
    for (let i = this.#top; i >= 0 && count < wanted; i--) {
      const here = this.#counts[i] as number
      if (here === 0) continue
      count += here
      sum += here * i
      lowest = i
    }
    const shape = Math.max(LEAST_SHAPE, ((sum / count - lowest + 0.5) / PER_OCTAVE) * Math.LN2)
    return Math.max(0, (at - this.#top - 1) / PER_OCTAVE) * (Math.LN2 / shape / Math.LN10)
  }

  #add(bin: number): void {
    this.#counts[bin] = (this.#counts[bin] as number) + 1
    if (bin > this.#top) this.#top = bin
    if (++this.#n < HALVE_AT) return
    for (let i = 0; i <= this.#top; i++) this.#counts[i] = (this.#counts[i] as number) / 2
    this.#n /= 2
  }
}

function position(size: number): number {
  const at = (Math.log2(Math.max(size, SMALLEST)) + OFFSET) * PER_OCTAVE
  return Math.max(0, Math.min(BINS, at))
}
