/** Shares of a core: above the first a process is busy, below the second it is calm again. */
const BUSY = 0.5
const CALM = 0.25
/** Time that is looked at as one, at the least, ms. */
const SPAN = 2_000

/** Whether a process uses much of a core; calm at first. */
export class Busyness {
  busy = false
  #cpuMs: number
  #at: number

  /** @param cpuMs CPU time that the process has used, ms @param at time of a clock that only goes forward, ms */
  constructor(cpuMs: number, at: number) {
    this.#cpuMs = cpuMs
    this.#at = at
  }

  /** @returns whether that has changed since the last look */
  look(cpuMs: number, at: number): boolean {
    const span = at - this.#at
    if (span < SPAN) return false
    const share = (cpuMs - this.#cpuMs) / span
    this.#cpuMs = cpuMs
    this.#at = at
    if (this.busy ? share >= CALM : share <= BUSY) return false
    this.busy = !this.busy
    return true
  }
}
