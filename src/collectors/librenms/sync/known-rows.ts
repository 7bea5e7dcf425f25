/** Hashes of the rows that are on the bus, by the device that they belong to: numbers only, since there may be half a million. */
export class KnownRows {
  readonly #devices = new Map<number, Map<number, number>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  devices(): Iterable<number> {
    return this.#devices.keys()
  }

  idsOf(device: number): Iterable<number> {
    return this.#devices.get(device)?.keys() ?? []
  }

  countOf(device: number): number {
    return this.#devices.get(device)?.size ?? 0
  }

  hash(device: number, id: number): number | undefined {
    return this.#devices.get(device)?.get(id)
  }

  set(device: number, id: number, hash: number): void {
    let rows = this.#devices.get(device)
    if (!rows) {
      rows = new Map()
      this.#devices.set(device, rows)
    }
    if (!rows.has(id)) this.#size++
    rows.set(id, hash)
  }

  delete(device: number, id: number): void {
    const rows = this.#devices.get(device)
    if (!rows?.delete(id)) return
    this.#size--
    if (rows.size === 0) this.#devices.delete(device)
  }
}
