/** Readings in a row that make a new value believed, where nothing else vouches for it: one odd frame must not act (capod #557). */
export const CONSISTENT_READINGS = 3

/** A value that changes only when it was read three times in a row, or once from a frame that is certainly its headset's. */
export class Debounced<T> {
  value: T
  #candidate: T
  #count = 0

  constructor(first: T) {
    this.value = first
    this.#candidate = first
  }

  /** True when `value` is new. */
  read(value: T, sure: boolean): boolean {
    if (value === this.value) {
      this.#count = 0
      return false
    }
    this.#count = value === this.#candidate ? this.#count + 1 : 1
    this.#candidate = value
    if (!sure && this.#count < CONSISTENT_READINGS) return false
    this.value = value
    this.#count = 0
    return true
  }
}
