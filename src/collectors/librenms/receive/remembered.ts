/** The last so many of what was seen, oldest forgotten first. */
export class Remembered {
  readonly #most: number
  readonly #seen = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  has(key: string): boolean {
    return this.#seen.has(key)
  }

  add(key: string): void {
    this.#seen.delete(key)
    this.#seen.add(key)
    if (this.#seen.size <= this.#most) return
    const [oldest] = this.#seen
    if (oldest !== undefined) this.#seen.delete(oldest)
  }

  get size(): number {
    return this.#seen.size
  }
}
