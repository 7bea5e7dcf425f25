/** What one input adds. */
interface Sum {
  n: number
  total: number
}

export interface TallyCounts {
  /** Inputs that were read at the source. */
  inputs: number
  /** Inputs that are not in the results, of either query. */
  missing: number
  /** Inputs that are in the results more than once, and rows that came again. */
  twice: number
  /** Rows whose sum is not that of as many inputs as they say. */
  wrong: number
}

export const WINDOW_MS = 1000

/**
 * What the two queries of pipeline.ts are to make of their input, from the input as a reader saw it, beside what they made of it: for each input
 * the running count and sum of its key, and for each window of a second the count and sum of all. Every input must be in each of them once.
 */
export class Tally {
  /** By key: the sum of its first inputs, by how many. */
  readonly #sums = new Map<string, number[]>()
  readonly #windows = new Map<number, Sum>()
  /** By partition: the time of what was read last. Its inputs are in order of time. */
  readonly #times: number[]
  readonly #rows = new Map<string, Map<number, number>>()
  readonly #closed = new Map<number, Sum>()
  #inputs = 0
  #again = 0

  /** @param partitions of the input: a window is complete when all of them are past it */
  constructor(partitions: number) {
    this.#times = new Array<number>(partitions).fill(0)
  }

  get inputs(): number {
    return this.#inputs
  }

  /** An input, in the order of its partition. */
  input(partition: number, key: string, number: number, at: number): void {
    const sums = this.#sums.get(key) ?? [0]
    this.#sums.set(key, sums)
    sums.push((sums.at(-1) ?? 0) + number)
    const start = startOf(at)
    const { n, total } = this.#windows.get(start) ?? { n: 0, total: 0 }
    this.#windows.set(start, { n: n + 1, total: total + number })
    this.#times[partition] = at
    this.#inputs++
  }

  /** A row of the running counts. */
  row(key: string, { n, total }: Sum): void {
    const rows = this.#rows.get(key) ?? new Map<number, number>()
    this.#rows.set(key, rows)
    if (rows.has(n)) this.#again++
    rows.set(n, total)
  }

  /** A row of the windows. @param at the time of one of its inputs */
  window(at: number, sum: Sum): void {
    const start = startOf(at)
    if (this.#closed.has(start)) this.#again++
    this.#closed.set(start, sum)
  }

  compare(): TallyCounts {
    const counts = { inputs: this.#inputs, missing: 0, twice: this.#again, wrong: 0 }
    for (const key of new Set([...this.#sums.keys(), ...this.#rows.keys()])) {
      const sums = this.#sums.get(key) ?? [0]
      const rows = this.#rows.get(key) ?? new Map<number, number>()
      for (let n = 1; n < sums.length; n++) if (!rows.has(n)) counts.missing++
      for (const [n, total] of rows) {
        if (n >= sums.length) counts.twice++
        else if (total !== sums[n]) counts.wrong++
      }
    }
    const past = Math.min(...this.#times)
    for (const start of new Set([...this.#windows.keys(), ...this.#closed.keys()])) {
      const wanted = this.#windows.get(start) ?? { n: 0, total: 0 }
      const found = this.#closed.get(start)
      if (!found) counts.missing += start + WINDOW_MS <= past ? wanted.n : 0
      else {
        counts.missing += Math.max(0, wanted.n - found.n)
        counts.twice += Math.max(0, found.n - wanted.n)
        if (found.n === wanted.n && found.total !== wanted.total) counts.wrong++
      }
    }
    return counts
  }
}

export const isRight = ({ missing, twice, wrong }: TallyCounts): boolean => missing + twice + wrong === 0

const startOf = (at: number): number => at - (at % WINDOW_MS)
