/** At and above this score a value that begins something is an alarm. */
export const ALARM_SCORE = 0.98

/** Since when strengths have been at an alarm's height without falling below half of it. */
export class Since {
  #time = Number.NaN
  #since = Number.NaN

  step(time: number, strength: number): void {
    this.#time = time
    if (strength < ALARM_SCORE / 2) this.#since = Number.NaN
    else if (strength >= ALARM_SCORE && Number.isNaN(this.#since)) this.#since = time
  }

  /** ms; the time of the last value where they are not. */
  get time(): number {
    return Number.isNaN(this.#since) ? this.#time : this.#since
  }

  save(): unknown {
    return [this.#time, this.#since].map((x) => (Number.isNaN(x) ? null : x))
  }

  load(saved: unknown): void {
    const [time, since] = saved as [number | null, number | null]
    this.#time = time ?? Number.NaN
    this.#since = since ?? Number.NaN
  }
}
