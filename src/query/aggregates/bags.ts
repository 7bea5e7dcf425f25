import { compareValues } from './compare.ts'

/** Anything an accumulator holds that is more than a number or a text: it can be saved as plain data. */
export interface Saved {
  save(): unknown
}

/** How often each value is there: what DISTINCT and COLLECT need. Values that are not scalars are told apart by `keyOf`. */
export class CountBag implements Saved {
  readonly #counts: Map<unknown, { value: unknown; count: number }>

  constructor(saved: readonly (readonly [unknown, unknown, number])[] = []) {
    this.#counts = new Map(saved.map(([key, value, count]) => [key, { value, count }]))
  }

  /** Whether the value is new. */
  add(key: unknown, value: unknown, times = 1): boolean {
    const entry = this.#counts.get(key)
    if (!entry) {
      this.#counts.set(key, { value, count: times })
      return true
    }
    entry.count += times
    if (entry.count === 0) this.#counts.delete(key)
    return false
  }

  /** Whether that was the last one of its value. */
  remove(key: unknown, value: unknown): boolean {
    const entry = this.#counts.get(key)
    if (!entry) {
      this.#counts.set(key, { value, count: -1 })
      return false
    }
    entry.count--
    if (entry.count !== 0) return false
    this.#counts.delete(key)
    return true
  }

  get size(): number {
    return this.#counts.size
  }

  *entries(): Iterable<[unknown, unknown, number]> {
    for (const [key, { value, count }] of this.#counts) if (count > 0) yield [key, value, count]
  }

  /** As a MULTISET: pairs of value and count. */
  pairs(): Array<[unknown, number]> {
    return [...this.entries()].map(([, value, count]) => [value, count])
  }

  save(): unknown {
    return [...this.#counts].map(([key, { value, count }]) => [key, value, count])
  }
}

/** The smallest or greatest of values that come and go. It is looked for again only when the one it knew has gone. */
export class ExtremeBag implements Saved {
  readonly #sign: 1 | -1
  readonly #counts: Map<unknown, number>
  #best: unknown
  #known = false

  /** @param sign 1 for the smallest, -1 for the greatest */
  constructor(sign: 1 | -1, saved: readonly (readonly [unknown, number])[] = []) {
    this.#sign = sign
    this.#counts = new Map(saved)
  }

  add(value: unknown, times = 1): void {
    const count = (this.#counts.get(value) ?? 0) + times
    if (count === 0) this.#counts.delete(value)
    else this.#counts.set(value, count)
    if (count <= 0) this.#known = false
    else if (this.#known && (this.#best === null || this.#sign * compareValues(value, this.#best) < 0)) this.#best = value
  }

  remove(value: unknown): void {
    const count = (this.#counts.get(value) ?? 0) - 1
    if (count === 0) {
      this.#counts.delete(value)
      if (value === this.#best) this.#known = false
    } else this.#counts.set(value, count)
  }

  merge(from: ExtremeBag): void {
    for (const [value, count] of from.#counts) this.add(value, count)
  }

  best(): unknown {
    if (this.#known) return this.#best
    let best: unknown = null
    for (const [value, count] of this.#counts) {
      if (count > 0 && (best === null || this.#sign * compareValues(value, best) < 0)) best = value
    }
    this.#known = true
    this.#best = best
    return best
  }

  save(): unknown {
    return [...this.#counts]
  }
}

/** Values in the order in which they came, where the earliest of equal ones goes first. */
export class ValueList implements Saved {
  readonly values: unknown[]

  constructor(saved: readonly unknown[] = []) {
    this.values = [...saved]
  }

  add(value: unknown): void {
    this.values.push(value)
  }

  remove(value: unknown): void {
    const at = this.values.findIndex((held) => compareValues(held, value) === 0)
    if (at >= 0) this.values.splice(at, 1)
  }

  merge(from: ValueList): void {
    for (const value of from.values) this.values.push(value)
  }

  first(): unknown {
    return this.values[0] ?? null
  }

  last(): unknown {
    return this.values.at(-1) ?? null
  }

  joined(separator: string): string | null {
    return this.values.length === 0 ? null : this.values.join(separator)
  }

  all(): unknown[] | null {
    return this.values.length === 0 ? null : [...this.values]
  }

  save(): unknown {
    return [...this.values]
  }
}
