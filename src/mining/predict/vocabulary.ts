/** Names as small numbers, in the order in which they came. 0 is every name that came after the book was full. */
export class Vocabulary {
  readonly #most: number
  readonly #ids = new Map<string, number>()
  readonly #names: string[] = ['']

  constructor(most: number) {
    this.#most = most
  }

  /** The number of a name, new if need be. */
  learn(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    if (this.#names.length > this.#most) return 0
    this.#ids.set(name, this.#names.length)
    this.#names.push(name)
    return this.#names.length - 1
  }

  /** The number of a name that was learnt, else 0. */
  find(name: string): number {
    return this.#ids.get(name) ?? 0
  }

  /** Empty for 0. */
  name(id: number): string {
    return this.#names[id] ?? ''
  }

  get size(): number {
    return this.#names.length
  }

  save(): string[] {
    return this.#names.slice(1)
  }

  load(names: readonly string[]): void {
    for (const name of names) this.learn(name)
  }
}
