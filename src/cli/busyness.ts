/** Shares of the time: above the first a process is busy, below the second it is calm again. */
const BUSY = 0.5
const CALM = 0.25
/** Time that is looked at as one, at the least, ms. */
const SPAN = 2_000

/**
 * Whether a process has much to do; calm at first. Asked by the time its event loop does not wait, not by CPU time: one that other processes leave
 * little of a core has work all the time.
 */
export class Busyness {
  busy = false
  #activeMs: number
  #at: number

  /** @param activeMs time that the event loop did not wait, ms @param at time of a clock that only goes forward, ms */
  constructor(activeMs: number, at: number) {
    this.#activeMs = activeMs
    this.#at = at
  }

  /** @returns whether that has changed since the last look */
  look(activeMs: number, at: number): boolean {
    const span = at - this.#at
    if (span < SPAN) return false
    const share = (activeMs - this.#activeMs) / span
    this.#activeMs = activeMs
    this.#at = at
    if (this.busy ? share >= CALM : share <= BUSY) return false
    this.busy = !this.busy
    return true
  }
}
