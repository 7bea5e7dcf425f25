/** The newest `capacity` things, oldest first. */
export class Ring<T> {
  readonly #held: T[] = []
  readonly capacity: number
  #next = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get length(): number {
    return this.#held.length
  }

  add(thing: T): void {
    this.#held[this.#next] = thing
    this.#next = (this.#next + 1) % this.capacity
  }

  /** Oldest first. */
  all(): T[] {
    if (this.#held.length < this.capacity) return [...this.#held]
    return [...this.#held.slice(this.#next), ...this.#held.slice(0, this.#next)]
  }
}
