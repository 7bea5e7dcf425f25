import { toEventTime } from '../../../events/index.ts'

/** Texts of event times in a row, as toEventTime makes them. Records of one second share all but the last digits, and most times are near the last. */
export class EventTimes {
  #second = Number.NaN
  #text = ''
  #ms = Number.NaN
  #whole = ''

  /** @param ms since the epoch, a whole number in the years 0 to 9999 */
  text(ms: number): string {
    if (ms === this.#ms) return this.#whole
    this.#ms = ms
    this.#whole = this.#textOf(ms)
    return this.#whole
  }

  #textOf(ms: number): string {
    const second = Math.floor(ms / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#text = toEventTime(second * 1000).slice(0, -4)
    }
    const rest = ms - second * 1000
    return `${this.#text}${rest > 99 ? rest : rest > 9 ? `0${rest}` : `00${rest}`}Z`
  }
}
