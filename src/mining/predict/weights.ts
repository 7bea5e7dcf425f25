/** Losses fade: after so many judgements a loss counts half. */
const HALF_LIFE = 3_000
/**
 * How sharply the better of two is preferred: beside one that is 5 % worse it has 91 % of the weight. Sharp, since a forest is judged while it is older
 * than the one that predicts in the end.
 */
const SHARPNESS = 48

/** How much each of several predictors counts, by how well it did on what it had not seen. One that was not judged yet counts nothing. */
export class Weights {
  readonly #losses: Float64Array
  readonly #seen: Float64Array

  constructor(predictors: number) {
    this.#losses = new Float64Array(predictors)
    this.#seen = new Float64Array(predictors)
  }

  /** @param losses by predictor; NaN where it said nothing */
  judge(losses: ArrayLike<number>): void {
    const keep = 0.5 ** (1 / HALF_LIFE)
    for (let i = 0; i < this.#losses.length; i++) {
      const loss = losses[i] as number
      if (Number.isNaN(loss)) continue
      this.#losses[i] = (this.#losses[i] as number) * keep + loss
      this.#seen[i] = (this.#seen[i] as number) * keep + 1
    }
  }

  /** Mean loss of a predictor, NaN before it was judged. */
  loss(i: number): number {
    return (this.#losses[i] as number) / (this.#seen[i] as number)
  }

  /** The predictor among the first `count` that did best, -1 before any was judged. */
  best(count: number): number {
    let best = -1
    for (let i = 0; i < count; i++) if ((this.#seen[i] as number) > 0 && !(this.loss(i) >= this.loss(best))) best = i
    return best
  }

  /** How much of the weight the predictor `a` has beside `b`. */
  share(a: number, b: number): number {
    const [lossA, lossB] = [this.loss(a) + 1e-9, this.loss(b) + 1e-9]
    return 1 / (1 + (lossA / lossB) ** SHARPNESS)
  }

  save(): unknown {
    return [Array.from(this.#losses), Array.from(this.#seen)]
  }

  load(saved: unknown): void {
    const [losses, seen] = saved as [number[], number[]]
    this.#losses.set(losses)
    this.#seen.set(seen)
  }
}
