import { isSetBack } from './set-back.ts'

/** What a reading of a counter was, when it gives no increase. */
export const NO_INCREASE = {
  /** Nothing to compare with yet, or no more: the device's clock was set back. */
  FIRST: -1,
  /** Not newer than the reading before: passed over, and forgotten. */
  STALE: -2,
  /** The counter began anew: what it counted in between is not known. */
  RESET: -3,
} as const

const TWO_32 = 2 ** 32
/** Half the range of a 32-bit counter: one that fell by less went down, it did not wrap. */
const HALF_32 = 2 ** 31
/** No link counts so much between two readings: 281 TB, 400 Gbit/s for an hour and a half. */
const NEAR_64 = 2 ** 48

/**
 * The last reading of one counter of 32 or 64 bits, in two signed halves as the wire decoder has them: increases are exact, whatever the
 * counter stands at.
 */
export class Counter {
  /** ms since the epoch */
  time = Number.NaN
  #lo = 0
  #hi = 0
  /** It was seen beyond 32 bits, so it cannot wrap there. */
  #wide = false

  /**
   * Takes a reading, and returns by how much the counter grew since the one before, or why that is not known.
   * @param time of the reading, ms since the epoch
   * @param bits of the counter, where that is known
   * @param perSecond the most it can grow, or 0 where that is not known
   */
  take(time: number, lo: number, hi: number, bits: 32 | 64 | undefined, perSecond: number): number {
    const first = Number.isNaN(this.time) || isSetBack(time, this.time)
    if (!first && time <= this.time) return NO_INCREASE.STALE
    const increase = first ? NO_INCREASE.FIRST : this.#increase(lo, hi, bits, (perSecond * (time - this.time)) / 1000)
    this.time = time
    this.#lo = lo
    this.#hi = hi
    if (hi !== 0) this.#wide = true
    else if (increase === NO_INCREASE.RESET) this.#wide = false
    return increase
  }

  /** Whether a reading is below the last one: only then `take` asks what is plausible. */
  fell(lo: number, hi: number): boolean {
    return hi >>> 0 < this.#hi >>> 0 || (hi === this.#hi && lo >>> 0 < this.#lo >>> 0)
  }

  #increase(lo: number, hi: number, bits: 32 | 64 | undefined, most: number): number {
    const low = (lo >>> 0) - (this.#lo >>> 0)
    const high = (hi >>> 0) - (this.#hi >>> 0)
    const difference = high * TWO_32 + low
    if (high > 0 || (high === 0 && low >= 0)) return difference
    if (bits !== 64 && !this.#wide && this.#hi === 0) return plausible(difference + TWO_32, most, HALF_32)
    // Modulo 2^64 in halves: the numbers themselves are beyond what a double tells apart.
    if (bits !== 32) return plausible((high + TWO_32) * TWO_32 + low, most, NEAR_64)
    return NO_INCREASE.RESET
  }
}

const plausible = (increase: number, most: number, otherwise: number) =>
  increase <= (most > 0 ? most : otherwise) ? increase : NO_INCREASE.RESET
