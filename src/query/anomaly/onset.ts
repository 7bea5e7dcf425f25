/** An alarm holds weaker ones back for so many rows, or for this share of the rows so far, up to a bound. */
const LEAST = 150
const SHARE = 0.05
const MOST = 2000

/**
 * The greatest of the last rows, to tell a beginning from a going on. How far back it looks grows with the series, so that a long one is not noisier than
 * a short one: what matters is what is new against the past, and the past is longer. Amortised O(1), at most 2,000 numbers and mostly a few.
 */
export class Onset {
  readonly #rows: number | undefined
  /** Row numbers and strengths, strengths falling. */
  #queue: Array<[number, number]> = []
  #row = 0

  /** @param rows a fixed number instead */
  constructor(rows?: number) {
    this.#rows = rows
  }

  /** Whether a strength is above all of the last rows. */
  step(strength: number): boolean {
    const queue = this.#queue
    const row = this.#row++
    const oldest = row - (this.#rows ?? Math.min(MOST, Math.max(LEAST, Math.floor(SHARE * row))))
    while (queue[0] && queue[0][0] < oldest) queue.shift()
    const first = queue[0]
    const isNew = first === undefined || strength > first[1]
    for (let last = queue.at(-1); last && last[1] <= strength; last = queue.at(-1)) queue.pop()
    queue.push([row, strength])
    return isNew
  }

  save(): unknown {
    return [this.#row, this.#queue.map((entry) => [...entry])]
  }

  load(saved: unknown): void {
    const [row, queue] = saved as [number, Array<[number, number]>]
    this.#row = row
    this.#queue = queue.map(([at, strength]) => [at, strength])
  }
}
