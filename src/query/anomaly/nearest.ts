import { Moments } from './moments.ts'

/** The nearest of the points that are remembered. */
export interface Nearest {
  /** Euclidean; Infinity while nothing is remembered. */
  distance: number
  /** The time that was given with the nearest point, ms, at whole seconds. */
  mark: number
  /** Its first coordinate. */
  first: number
}

/**
 * Points remembered up to a bound, sorted by their first coordinate, so that the nearest is found by looking around where a point would stand.
 * When it is full the half that was least new when it came is forgotten: crowded places thin out, rare ones stay known.
 */
export class NearestPoints {
  readonly #dims: number
  readonly #capacity: number
  readonly #coordinates: Float64Array[]
  readonly #marks: Moments
  readonly #news: Float32Array
  #n = 0
  readonly nearest: Nearest = { distance: Number.POSITIVE_INFINITY, mark: 0, first: 0 }

  constructor(dims: number, capacity: number) {
    this.#dims = dims
    this.#capacity = capacity
    this.#coordinates = Array.from({ length: dims }, () => new Float64Array(capacity))
    this.#marks = new Moments(capacity)
    this.#news = new Float32Array(capacity)
  }

  get count(): number {
    return this.#n
  }

  /** Looks for the nearest, which it leaves in {@link nearest}, then remembers the point; one that is there already is not kept twice. */
  step(point: ArrayLike<number>, mark: number): number {
    const at = this.#place(point[0] as number)
    this.#look(point, at)
    const { distance } = this.nearest
    if (distance > 0) this.#insert(at, point, mark, distance)
    return distance
  }

  save(): unknown {
    const part = (all: ArrayLike<number>) => Array.from(all).slice(0, this.#n)
    // Infinity, of the first point, is not plain data.
    return [this.#coordinates.map(part), this.#marks.save(this.#n), part(this.#news).map((x) => (Number.isFinite(x) ? x : -1))]
  }

  load(saved: unknown): void {
    const [coordinates, marks, news] = saved as [number[][], unknown, number[]]
    this.#n = news.length
    for (const [i, column] of coordinates.entries()) this.#coordinates[i]?.set(column)
    this.#marks.load(marks)
    this.#news.set(news.map((x) => (x < 0 ? Number.POSITIVE_INFINITY : x)))
  }

  #place(first: number): number {
    const sorted = this.#coordinates[0] as Float64Array
    let low = 0
    let high = this.#n
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) < first) low = middle + 1
      else high = middle
    }
    return low
  }

  #look(point: ArrayLike<number>, at: number): void {
    const sorted = this.#coordinates[0] as Float64Array
    const first = point[0] as number
    let best = Number.POSITIVE_INFINITY
    let which = -1
    for (let up = at, down = at - 1; up < this.#n || down >= 0; ) {
      const above = up < this.#n ? (sorted[up] as number) - first : Number.POSITIVE_INFINITY
      const below = down >= 0 ? first - (sorted[down] as number) : Number.POSITIVE_INFINITY
      const step = Math.min(above, below)
      if (step * step >= best) break
      const i = above < below ? up++ : down--
      let sum = step * step
      for (let d = 1; d < this.#dims && sum < best; d++) {
        const off = ((this.#coordinates[d] as Float64Array)[i] as number) - (point[d] as number)
        sum += off * off
      }
      if (sum >= best) continue
      best = sum
      which = i
    }
    this.nearest.distance = Math.sqrt(best)
    this.nearest.mark = which < 0 ? 0 : this.#marks.get(which)
    this.nearest.first = which < 0 ? 0 : (sorted[which] as number)
  }

  #insert(at: number, point: ArrayLike<number>, mark: number, news: number): void {
    let place = at
    if (this.#n === this.#capacity) {
      this.#forgetHalf()
      place = this.#place(point[0] as number)
    }
    for (let d = 0; d < this.#dims; d++) put(this.#coordinates[d] as Float64Array, place, this.#n, point[d] as number)
    this.#marks.makeRoom(place, this.#n)
    this.#marks.put(place, mark)
    put(this.#news, place, this.#n, news)
    this.#n++
  }

  #forgetHalf(): void {
    const limit = this.#news.slice(0, this.#n).sort()[this.#n >> 1] as number
    let kept = 0
    for (let i = 0; i < this.#n; i++) {
      // Many may be equally new: the later ones of them go too, so that half is free for sure.
      if ((this.#news[i] as number) < limit || kept >= this.#capacity >> 1) continue
      for (const column of this.#coordinates) column[kept] = column[i] as number
      this.#marks.move(i, kept)
      this.#news[kept] = this.#news[i] as number
      kept++
    }
    this.#n = kept
  }
}

function put(column: Float64Array | Float32Array, at: number, length: number, value: number): void {
  column.copyWithin(at + 1, at, length)
  column[at] = value
}
