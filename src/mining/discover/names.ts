/** What names beyond the limit are called. */
export const OTHER = '(other)'

/** Names as small numbers: at most `most`, those that come later are one, `(other)`. */
export class Names {
  readonly #most: number
  #ids = new Map<string, number>()
  #names: string[] = []

  constructor(most: number) {
    this.#most = most
  }

  id(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    if (this.#names.length >= this.#most - 1 && name !== OTHER) return this.id(OTHER)
    const id = this.#names.push(name) - 1
    this.#ids.set(name, id)
    return id
  }

  name(id: number): string {
    return this.#names[id] ?? OTHER
  }

  get size(): number {
    return this.#names.length
  }

  save(): string[] {
    return [...this.#names]
  }

  load(names: readonly string[]): void {
    this.#names = [...names]
    this.#ids = new Map(names.map((name, id) => [name, id]))
  }
}
