import { compareValues } from '../types/compare-value.ts'

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

/** The smallest or greatest of values that come and go. It is looked for again only when the one it knew has gone. -0 is below 0 here. */
export class ExtremeBag implements Saved {
  readonly #sign: 1 | -1
  readonly #counts: Map<unknown, number>
  /** How many -0 there are: to a Map they would be 0. */
  #minusZeros: number
  #best: unknown
  #known = false

  /** @param sign 1 for the smallest, -1 for the greatest */
  constructor(sign: 1 | -1, saved: readonly [counts: ReadonlyArray<readonly [unknown, number]>, minusZeros: number] = [[], 0]) {
    this.#sign = sign
    this.#counts = new Map(saved[0])
    this.#minusZeros = saved[1]
  }

  add(value: unknown, times = 1): void {
    const count = this.#count(value, times)
    if (count <= 0) this.#known = false
    else if (this.#known && (this.#best === null || this.#compare(value, this.#best) < 0)) this.#best = value
  }

  remove(value: unknown): void {
    if (this.#count(value, -1) === 0 && Object.is(value, this.#best)) this.#known = false
  }

  merge(from: ExtremeBag): void {
    for (const [value, count] of from.#counts) this.add(value, count)
    if (from.#minusZeros !== 0) this.add(-0, from.#minusZeros)
  }

  best(): unknown {
    if (this.#known) return this.#best
    let best: unknown = this.#minusZeros > 0 ? -0 : null
    for (const [value, count] of this.#counts) {
      if (count > 0 && (best === null || this.#compare(value, best) < 0)) best = value
    }
    this.#known = true
    this.#best = best
    return best
  }

  save(): unknown {
    return [[...this.#counts], this.#minusZeros]
  }

  /** Changes how often a value is there. @returns how often it is now */
  #count(value: unknown, by: number): number {
    if (Object.is(value, -0)) {
      this.#minusZeros += by
      return this.#minusZeros
    }
    const count = (this.#counts.get(value) ?? 0) + by
    if (count === 0) this.#counts.delete(value)
    else this.#counts.set(value, count)
    return count
  }

  #compare(a: unknown, b: unknown): number {
    if (a === 0 && b === 0) return this.#sign * (Number(Object.is(b, -0)) - Number(Object.is(a, -0)))
    return this.#sign * compareValues(a, b)
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
