import { Recent } from './keys/recent.ts'

/** More new senders a second than a full office has, and fewer than a prank tool makes. */
const NEW_SENDERS = 100
/** Of a flood so many new senders a second are still looked at; another one only when it is heard again. */
const LOOKED_AT = 1_000
/** Senders remembered: those that were looked at, and those that were passed over, of which a second of any flood must fit. */
const REMEMBERED = { known: 8_192, passedOver: 65_536 } as const

/**
 * Tells a flood of forged frames: thousands of senders a second that nobody has heard before, each once, as prank tools make them. While
 * it lasts, only so many of the new senders are looked at, and those that come again: a headset repeats itself every second, also one that
 * has just changed its address. Time is event time, so a replay is judged as the air was.
 */
export class FloodGate {
  readonly #known = new Recent<string, true>(REMEMBERED.known)
  readonly #passedOver = new Recent<string, true>(REMEMBERED.passedOver)
  #second = 0
  #fresh = 0
  #floodedUntil = Number.NEGATIVE_INFINITY

  /** False for a frame that is to be passed over. @param time ms since the epoch */
  admits(address: string, time: number): boolean {
    const second = Math.floor(time / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#fresh = 0
    }
    if (this.#known.get(address)) return true
    this.#fresh++
    if (this.#fresh > NEW_SENDERS) this.#floodedUntil = (second + 2) * 1000
    if (this.#fresh > LOOKED_AT && !this.#passedOver.get(address)) {
      this.#passedOver.set(address, true)
      return false
    }
    this.#known.set(address, true)
    return true
  }

  /** True within a flood, and for the second after it. */
  flooded(time: number): boolean {
    return time < this.#floodedUntil
  }
}
