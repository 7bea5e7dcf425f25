export interface Point {
  /** ms */
  readonly at: number
  readonly value: number
  /** Nothing was heard between the one before and this one. */
  readonly gap?: true
}

/** Times (ms) and values of one series, the newest `capacity` of them, in order of time. */
export class Series {
  readonly #times: Float64Array
  readonly #values: Float64Array
  /** 1: a gap is before it. */
  readonly #gaps: Uint8Array
  #broken = false
  #next = 0
  #count = 0

  readonly capacity: number

  constructor(capacity = 600) {
    this.capacity = capacity
    this.#times = new Float64Array(capacity)
    this.#values = new Float64Array(capacity)
    this.#gaps = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#count
  }

  get last(): Point | undefined {
    return this.#count === 0 ? undefined : this.#at(this.#count - 1)
  }

  /** One for a time that was there already replaces it; an older one is passed over: a gauge tells what is now. */
  add(at: number, value: number): void {
    const last = this.last
    if (last && at < last.at) return
    if (last?.at === at) this.#next = (this.#next + this.capacity - 1) % this.capacity
    else {
      this.#count = Math.min(this.#count + 1, this.capacity)
      this.#gaps[this.#next] = this.#broken && last ? 1 : 0
    }
    this.#broken = false
    this.#times[this.#next] = at
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.capacity
  }

  /** Nobody listens from here on: what comes next does not follow on what was last. */
  break(): void {
    this.#broken = true
  }

  /** As it is now, for somebody who looks at a standstill. */
  copy(): Series {
    const copy = new Series(this.capacity)
    copy.#times.set(this.#times)
    copy.#values.set(this.#values)
    copy.#gaps.set(this.#gaps)
    copy.#broken = this.#broken
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
  points(from = Number.NEGATIVE_INFINITY): Point[] {
    const points: Point[] = []
    for (let i = 0; i < this.#count; i++) {
      const point = this.#at(i)
      if (point.at >= from) points.push(point)
    }
    return points
  }

  #at(i: number): Point {
    const place = (this.#next - this.#count + i + this.capacity) % this.capacity
    const point = { at: this.#times[place] ?? 0, value: this.#values[place] ?? 0 }
    // Before the oldest that is left there is nothing to be parted from.
    return i > 0 && this.#gaps[place] === 1 ? { ...point, gap: true } : point
  }
}

/** Of a series nothing at that time (the line goes on), or a gap (it does not): as uPlot has them. */
type Cell = number | undefined | null

/** Series on one axis of times. @returns seconds, and a row for each series, as uPlot takes them */
export function aligned(series: ReadonlyArray<readonly Point[]>): [number[], ...Cell[][]] {
  const times = [...new Set(series.flatMap((points) => points.flatMap(({ at, gap }) => (gap ? [at - 1, at] : [at]))))].sort((a, b) => a - b)
  const place = new Map(times.map((at, i) => [at, i]))
  const rows = series.map((points) => {
    const row = new Array<Cell>(times.length).fill(undefined)
    for (const { at, gap } of points) if (gap) row[place.get(at - 1) ?? 0] = null
    for (const { at, value } of points) row[place.get(at) ?? 0] = value
    return row
  })
  return [times.map((at) => at / 1000), ...rows]
}
