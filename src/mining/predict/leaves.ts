import { bytesOf, ints, shorts } from './packed.ts'
import { placeOf } from './reservoir.ts'

/** So many rows of a leaf are kept, each with the same chance. */
const KEPT = 64

/** Rows that came to the leaves of a tree: how long it took from there, what came next, which case it was. */
export class Leaves {
  readonly #left: Uint16Array
  readonly #next: Uint16Array
  readonly #cases: Int32Array
  readonly #counts: Int32Array

  constructor(leaves: number) {
    this.#left = new Uint16Array(leaves * KEPT)
    this.#next = new Uint16Array(leaves * KEPT)
    this.#cases = new Int32Array(leaves * KEPT)
    this.#counts = new Int32Array(leaves)
  }

  add(leaf: number, left: number, next: number, ofCase: number): void {
    const count = this.#counts[leaf] as number
    this.#counts[leaf] = count + 1
    const place = placeOf(count, KEPT)
    if (place < 0) return
    const at = leaf * KEPT + place
    this.#left[at] = left
    this.#next[at] = next
    this.#cases[at] = ofCase
  }

  /** Rows that ever came to a leaf. */
  count(leaf: number): number {
    return this.#counts[leaf] as number
  }

  /** Calls `each` for the rows of a leaf that are kept. */
  visit(leaf: number, each: (left: number, next: number, ofCase: number, share: number) => void): void {
    const rows = Math.min(KEPT, this.#counts[leaf] as number)
    for (let at = leaf * KEPT; at < leaf * KEPT + rows; at++) {
      each(this.#left[at] as number, this.#next[at] as number, this.#cases[at] as number, 1 / rows)
    }
  }

  save(): unknown {
    return [this.#counts.length, bytesOf(this.#left), bytesOf(this.#next), bytesOf(this.#cases), bytesOf(this.#counts)]
  }

  static load(saved: unknown): Leaves {
    const [leaves, left, next, cases, counts] = saved as [number, string, string, string, string]
    const loaded = new Leaves(leaves)
    loaded.#left.set(shorts(left))
    loaded.#next.set(shorts(next))
    loaded.#cases.set(ints(cases))
    loaded.#counts.set(ints(counts))
    return loaded
  }
}
