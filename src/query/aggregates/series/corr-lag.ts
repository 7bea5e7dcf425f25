import type { Fold } from './fold.ts'

type Sums = [n: number, mx: number, my: number, xx: number, yy: number, xy: number]

/** Pearson's correlation of x with the y of `lag` rows before; NULL below three pairs, and where one of them stands still. */
export class CorrLag implements Fold {
  readonly #lag: number
  /** The newest y, oldest first, at most `lag`. */
  readonly #waiting: number[]
  /** Pairs, means, and sums of products of the differences from them (Welford). */
  readonly #sums: Sums

  constructor(lag: number, saved: readonly [readonly number[], readonly number[]] = [[], [0, 0, 0, 0, 0, 0]]) {
    this.#lag = lag
    this.#waiting = [...saved[0]]
    this.#sums = [...saved[1]] as Sums
  }

  add(x: number, y = 0): void {
    this.#waiting.push(y)
    if (this.#waiting.length <= this.#lag) return
    const before = this.#waiting.shift() as number
    const s = this.#sums
    s[0]++
    const [dx, dy] = [x - s[1], before - s[2]]
    s[1] += dx / s[0]
    s[2] += dy / s[0]
    s[3] += dx * (x - s[1])
    s[4] += dy * (before - s[2])
    s[5] += dx * (before - s[2])
  }

  result(): number | null {
    const [n, , , xx, yy, xy] = this.#sums
    if (n < 3 || xx === 0 || yy === 0) return null
    return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))))
  }

  save(): unknown {
    return [[...this.#waiting], [...this.#sums]]
  }
}
