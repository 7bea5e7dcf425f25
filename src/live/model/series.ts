/** Times (ms) and values of one series, the newest `capacity` of them, in order of time. */
export class Series {
  readonly #times: Float64Array
  readonly #values: Float64Array
  #next = 0
  #count = 0

  readonly capacity: number

  constructor(capacity = 600) {
    this.capacity = capacity
    this.#times = new Float64Array(capacity)
    this.#values = new Float64Array(capacity)
  }

  get length(): number {
    return this.#count
  }

  get last(): { at: number; value: number } | undefined {
    return this.#count === 0 ? undefined : this.#at(this.#count - 1)
  }

  /** One for a time that was there already replaces it; an older one is passed over: a gauge tells what is now. */
  add(at: number, value: number): void {
    const last = this.last
    if (last && at < last.at) return
    if (last?.at === at) this.#next = (this.#next + this.capacity - 1) % this.capacity
    else this.#count = Math.min(this.#count + 1, this.capacity)
    this.#times[this.#next] = at
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.capacity
  }

  /** As it is now, for somebody who looks at a standstill. */
  copy(): Series {
    const copy = new Series(this.capacity)
    copy.#times.set(this.#times)
    copy.#values.set(this.#values)
    copy.#next = this.#next
    copy.#count = this.#count
    return copy
  }

  /** The newest values, so many at most, oldest first. */
  tail(count: number): number[] {
    const wanted = Math.min(count, this.#count)
    const first = this.#next - wanted + this.capacity
    return Array.from({ length: wanted }, (_, i) => this.#values[(first + i) % this.capacity] ?? 0)
  }

  /** Those of at or after `from`, oldest first. */
  points(from = Number.NEGATIVE_INFINITY): Array<{ at: number; value: number }> {
    const points: Array<{ at: number; value: number }> = []
    for (let i = 0; i < this.#count; i++) {
      const point = this.#at(i)
      if (point.at >= from) points.push(point)
    }
    return points
  }

  #at(i: number): { at: number; value: number } {
    const place = (this.#next - this.#count + i + this.capacity) % this.capacity
    return { at: this.#times[place] ?? 0, value: this.#values[place] ?? 0 }
  }
}

/** Series on one axis of times: for each time a value or null. @returns seconds, and a row for each series, as uPlot takes them */
export function aligned(series: ReadonlyArray<ReadonlyArray<{ at: number; value: number }>>): [number[], ...Array<Array<number | null>>] {
  const times = [...new Set(series.flatMap((points) => points.map(({ at }) => at)))].sort((a, b) => a - b)
  const place = new Map(times.map((at, i) => [at, i]))
  const rows = series.map((points) => {
    const row = new Array<number | null>(times.length).fill(null)
    for (const { at, value } of points) row[place.get(at) ?? 0] = value
    return row
  })
  return [times.map((at) => at / 1000), ...rows]
}
