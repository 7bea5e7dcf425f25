import { bytesOf, shorts } from './packed.ts'
import { placeOf } from './reservoir.ts'

/** So many rows of a state are kept, each with the same chance. */
const KEPT = 256
/** States with the oldest use go when there are more. */
const MOST_STATES = 4_000

interface Kept {
  left: Uint16Array
  next: Uint16Array
  count: number
}

/** How long it took, and what came next, from states that are told by a key. Bounded: the states that were longest unused are forgotten. */
export class StateTable {
  readonly #states = new Map<string, Kept>()

  add(key: string, left: number, next: number): void {
    let kept = this.#states.get(key)
    if (kept) this.#states.delete(key)
    else kept = { left: new Uint16Array(4), next: new Uint16Array(4), count: 0 }
    this.#states.set(key, kept)
    if (this.#states.size > MOST_STATES) this.#states.delete(this.#states.keys().next().value as string)
    const at = placeOf(kept.count++, KEPT)
    if (at < 0) return
    if (at >= kept.left.length) {
      kept.left = grown(kept.left)
      kept.next = grown(kept.next)
    }
    kept.left[at] = left
    kept.next[at] = next
  }

  /** Rows of a state, ever. */
  count(key: string): number {
    return this.#states.get(key)?.count ?? 0
  }

  /** Calls `each` for the rows of a state that are kept, with shares that sum to 1. */
  visit(key: string, each: (left: number, next: number, share: number) => void): void {
    const kept = this.#states.get(key)
    if (!kept) return
    const rows = Math.min(KEPT, kept.count)
    for (let i = 0; i < rows; i++) each(kept.left[i] as number, kept.next[i] as number, 1 / rows)
  }

  save(): unknown {
    return [...this.#states].map(([key, { left, next, count }]) => [key, bytesOf(left), bytesOf(next), count])
  }

  load(saved: unknown): void {
    for (const [key, left, next, count] of saved as Array<[string, string, string, number]>) {
      this.#states.set(key, { left: shorts(left), next: shorts(next), count })
    }
  }
}

function grown(column: Uint16Array): Uint16Array {
  const larger = new Uint16Array(Math.min(KEPT, column.length * 2))
  larger.set(column)
  return larger
}
