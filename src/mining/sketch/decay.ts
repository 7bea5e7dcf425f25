/** Weights grow up to 2^this before all are made smaller. */
const MOST_DOUBLINGS = 512

/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009): an event weighs 2^((t - landmark) / half-life), so of two events the one that is a
 * half-life younger weighs twice as much, the shares are those of exponential decay, and no stored weight has to be touched as time goes on.
 * Without a half-life every event weighs 1.
 */
export class Decay {
  readonly halfLifeMs: number | undefined
  #landmark: number | undefined

  /** @param landmark of a saved state */
  constructor(halfLifeMs: number | undefined, landmark?: number) {
    this.halfLifeMs = halfLifeMs
    this.#landmark = landmark
  }

  get landmark(): number | undefined {
    return this.#landmark
  }

  /** By what all stored weights must be multiplied before an event of time `t` is added: mostly 1, else a power of two, which is exact. */
  rescaleFor(t: number): number {
    if (this.halfLifeMs === undefined) return 1
    this.#landmark ??= t
    const doublings = (t - this.#landmark) / this.halfLifeMs
    if (doublings <= MOST_DOUBLINGS) return 1
    const whole = Math.floor(doublings)
    this.#landmark += whole * this.halfLifeMs
    return 2 ** -whole
  }

  weight(t: number): number {
    if (this.halfLifeMs === undefined || this.#landmark === undefined) return 1
    return 2 ** ((t - this.#landmark) / this.halfLifeMs)
  }
}
