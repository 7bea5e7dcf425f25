/**
 * A set of ids in 8 bytes each and some room: 64 bits of the hash that an id is. Two different ids of ten million meet with a probability of
 * three in a million.
 */
export class IdSet {
  size = 0
  #high = new Uint32Array(1 << 12)
  #low = new Uint32Array(1 << 12)

  /** False when it was there. @param id 32 hex digits, and `-N` where it is the Nth of equal ones */
  add(id: string): boolean {
    const [high, low] = halves(id)
    if (!this.#insert(high, low)) return false
    this.size++
    if (this.size > this.#high.length * 0.7) this.#grow()
    return true
  }

  has(id: string): boolean {
    const [high, low] = halves(id)
    const at = this.#slot(high, low)
    return this.#high[at] === high && this.#low[at] === low
  }

  #insert(high: number, low: number): boolean {
    const at = this.#slot(high, low)
    if (this.#high[at] === high && this.#low[at] === low) return false
    this.#high[at] = high
    this.#low[at] = low
    return true
  }

  /** Where it is, or would be. */
  #slot(high: number, low: number): number {
    const mask = this.#high.length - 1
    let at = (high ^ low) & mask
    for (;;) {
      const [h, l] = [this.#high[at], this.#low[at]]
      if ((h === high && l === low) || (h === 0 && l === 0)) return at
      at = (at + 1) & mask
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    for (let i = 0; i < high.length; i++) {
      const [h = 0, l = 0] = [high[i], low[i]]
      if (h !== 0 || l !== 0) this.#insert(h, l)
    }
  }
}

/** Never both 0, which marks an empty place. */
function halves(id: string): [high: number, low: number] {
  let high = Number.parseInt(id.slice(0, 8), 16) >>> 0
  let low = Number.parseInt(id.slice(8, 16), 16) >>> 0
  if (id.length > 32) {
    const nth = Number(id.slice(33))
    high = (high ^ Math.imul(nth, 0x9e3779b1)) >>> 0
    low = (low + Math.imul(nth, 0x85ebca6b)) >>> 0
  }
  return [high, low === 0 && high === 0 ? 1 : low]
}
