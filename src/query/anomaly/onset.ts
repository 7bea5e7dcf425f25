/** The greatest of the last rows, to tell a beginning from a going on: amortised O(1), at most `rows` numbers. */
export class Onset {
  readonly #rows: number
  /** Row numbers and strengths, strengths falling. */
  #queue: Array<[number, number]> = []
  #row = 0

  /** @param rows how long an alarm holds back weaker ones */
  constructor(rows: number) {
    this.#rows = rows
  }

  /** Whether a strength is above all of the last rows. */
  step(strength: number): boolean {
    const queue = this.#queue
    const oldest = this.#row++ - this.#rows
    while (queue[0] && queue[0][0] < oldest) queue.shift()
    const first = queue[0]
    const isNew = first === undefined || strength > first[1]
    for (let last = queue.at(-1); last && last[1] <= strength; last = queue.at(-1)) queue.pop()
    queue.push([this.#row - 1, strength])
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
