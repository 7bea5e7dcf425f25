/** Lets so many in at once; the others wait in order, those that are urgent before those that are not. */
export class Slots {
  #free: number
  readonly #urgent: Array<() => void> = []
  readonly #waiting: Array<() => void> = []
  /** Those that are urgent and in, or waiting. */
  #urgentNow = 0
  readonly #patient = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  /** Resolves once there is room; call what it gives to make room again, once. */
  async take(urgent = false): Promise<() => void> {
    if (urgent) this.#urgentNow++
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => (urgent ? this.#urgent : this.#waiting).push(resolve))
    let held = true
    return () => {
      if (!held) return
      held = false
      if (urgent && --this.#urgentNow === 0) for (const go of this.#patient) go()
      const next = this.#urgent.shift() ?? this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }

  /** For those that are in and not urgent: resolves once nothing is urgent, or after so long, ms. */
  async giveWay(most: number): Promise<void> {
    if (this.#urgentNow === 0) return
    await new Promise<void>((resolve) => {
      const go = () => {
        clearTimeout(timer)
        this.#patient.delete(go)
        resolve()
      }
      const timer = setTimeout(go, most)
      this.#patient.add(go)
    })
  }
}
