import { WIDTH } from './features.ts'
import { bytesOf, floats, ints, shorts } from './packed.ts'

/** States of ended cases and what came after: the newest so many. */
export class Rows {
  readonly #most: number
  #room = 0
  /** `WIDTH` numbers a row. */
  features = new Float32Array(0)
  /** Bin of the time that was left. */
  left = new Uint16Array(0)
  /** Number of the activity that came next. */
  next = new Uint16Array(0)
  /** Which case it was, by its running number. */
  cases = new Int32Array(0)
  /** Rows ever; the newest is at (added - 1) % most. */
  added = 0

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return Math.min(this.added, this.#most)
  }

  get most(): number {
    return this.#most
  }

  /** Place of the n-th oldest row that is kept. */
  at(n: number): number {
    return this.added <= this.#most ? n : (this.added + n) % this.#most
  }

  /** @param row `WIDTH` numbers */
  add(row: Float32Array, left: number, next: number, ofCase: number): number {
    const at = this.added % this.#most
    if (at >= this.#room) this.#grow(Math.min(this.#most, Math.max(256, this.#room * 2)))
    this.features.set(row, at * WIDTH)
    this.left[at] = left
    this.next[at] = next
    this.cases[at] = ofCase
    this.added++
    return at
  }

  #grow(room: number): void {
    const [features, left, next, cases] = [this.features, this.left, this.next, this.cases]
    this.features = new Float32Array(room * WIDTH)
    this.left = new Uint16Array(room)
    this.next = new Uint16Array(room)
    this.cases = new Int32Array(room)
    this.features.set(features)
    this.left.set(left)
    this.next.set(next)
    this.cases.set(cases)
    this.#room = room
  }

  save(): unknown {
    return [this.added, this.#room, bytesOf(this.features), bytesOf(this.left), bytesOf(this.next), bytesOf(this.cases)]
  }

  load(saved: unknown): void {
    const [added, room, features, left, next, cases] = saved as [number, number, string, string, string, string]
    this.added = added
    this.#room = room
    this.features = floats(features)
    this.left = shorts(left)
    this.next = shorts(next)
    this.cases = ints(cases)
  }
}
