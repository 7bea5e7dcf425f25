import type { Saved } from './bags.ts'

/** How often each number is there, for percentiles: -0 and 0 are two numbers here, as in Java. */
export class PercentileBag implements Saved {
  readonly #counts: Map<number | '-0', number>

  constructor(saved: readonly (readonly [number | '-0', number])[] = []) {
    this.#counts = new Map(saved)
  }

  /** @param times how often; below 0 takes away */
  add(value: number, times: number): void {
    const key = Object.is(value, -0) ? '-0' : value
    const count = (this.#counts.get(key) ?? 0) + times
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  merge(from: PercentileBag): void {
    for (const [key, count] of from.#counts) this.add(key === '-0' ? -0 : key, count)
  }

  /** The value below which a share of all lie, linear between neighbours; one for each share of a list. NULL where there is none. */
  percentile(shares: number | readonly number[]): number | null | Array<number | null> {
    const values: Array<readonly [number, number]> = [...this.#counts].map(([key, count]) => [key === '-0' ? -0 : key, count])
    values.sort(([a], [b]) => (Object.is(a, b) ? 0 : a < b || (a === b && Object.is(a, -0)) || Number.isNaN(b) ? -1 : 1))
    const total = values.reduce((sum, [, count]) => sum + count, 0)
    if (total <= 0) return null
    return typeof shares === 'number' ? percentileOf(values, total, shares) : shares.map((share) => percentileOf(values, total, share))
  }

  save(): unknown {
    return [...this.#counts]
  }
}

/** Counted from 1: the rounding of that is Flink's too. */
function percentileOf(values: ReadonlyArray<readonly [value: number, count: number]>, total: number, share: number): number {
  const position = share * (total - 1) + 1
  const [lower, higher] = [Math.floor(position), Math.ceil(position)]
  let i = 0
  let before = values[0]?.[1] ?? 0
  while (before < lower) before += values[++i]?.[1] ?? Number.POSITIVE_INFINITY
  const below = values[i]?.[0] ?? Number.NaN
  if (before >= higher) return below
  return (higher - position) * below + (position - lower) * (values[i + 1]?.[0] ?? Number.NaN)
}

/** How often a row counts by the third argument of PERCENTILE: not at all for NULL and what is not above 0. */
export function frequencyOf(value: unknown): number {
  const times = value === null ? 0 : Math.trunc(Number(value))
  return Math.max(times, 0)
}
