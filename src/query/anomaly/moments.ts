const SECOND = 1000
const FURTHEST = 2 ** 31 - 1

/** Times at whole seconds in half the memory: from the first one that is put, 68 years to each side. */
export class Moments {
  readonly #seconds: Int32Array
  #base = Number.NaN

  constructor(capacity: number) {
    this.#seconds = new Int32Array(capacity)
  }

  /** @param time ms */
  put(at: number, time: number): void {
    if (Number.isNaN(this.#base)) this.#base = time
    this.#seconds[at] = Math.max(-FURTHEST, Math.min(FURTHEST, Math.round((time - this.#base) / SECOND)))
  }

  /** ms */
  get(at: number): number {
    return this.#base + (this.#seconds[at] as number) * SECOND
  }

  /** What is from `at` to `length` goes one further. */
  makeRoom(at: number, length: number): void {
    this.#seconds.copyWithin(at + 1, at, length)
  }

  move(from: number, to: number): void {
    this.#seconds[to] = this.#seconds[from] as number
  }

  /** The first `length` as plain data. */
  save(length: number): unknown {
    return [Number.isNaN(this.#base) ? null : this.#base, Array.from(this.#seconds.subarray(0, length))]
  }

  load(saved: unknown): void {
    const [base, seconds] = saved as [number | null, number[]]
    this.#base = base ?? Number.NaN
    this.#seconds.set(seconds)
  }
}
