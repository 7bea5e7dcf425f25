import { CATEGORIES, WIDTH } from './features.ts'
import type { Rows } from './rows.ts'

/** Cells of a column; 0 is what is not known. */
export const CELLS = 256
/** Cells of a column of numbers. */
const NUMERIC_CELLS = 64
/** A category with few rows is drawn to the mean of all as if it had so many of those too. */
const PRIOR = 5

/** Where columns are cut to cells: numbers by quantiles, categories in the order of what they lead to. */
export class Cuts {
  /** Upper ends of cells, for numbers. */
  #edges: number[][] = []
  /** Cell by category, for categories. */
  #cells: number[][] = []

  /** @param target what a row leads to, by its place */
  static of(rows: Rows, places: Int32Array, target: Float64Array): Cuts {
    const cuts = new Cuts()
    const values = new Float64Array(places.length)
    for (let column = 0; column < WIDTH; column++) {
      for (let i = 0; i < places.length; i++) values[i] = rows.features[(places[i] as number) * WIDTH + column] as number
      if (column < CATEGORIES) cuts.#cells.push(inOrder(values, places, target))
      else cuts.#edges.push(edgesOf(values))
    }
    return cuts
  }

  /** Cells of the row at `from`, written at `at` with `stride` between columns. */
  write(features: Float32Array, from: number, into: Uint8Array, at = 0, stride = 1): void {
    for (let column = 0; column < WIDTH; column++) into[at + column * stride] = this.#cell(column, features[from + column] as number)
  }

  /** By column how many cells it has. */
  sizes(): Uint16Array {
    return Uint16Array.from({ length: WIDTH }, (_, column) => {
      const cells = this.#cells[column]
      return cells ? 1 + cells.reduce((most, cell) => Math.max(most, cell), 0) : (this.#edges[column - CATEGORIES] as number[]).length + 2
    })
  }

  #cell(column: number, value: number): number {
    if (Number.isNaN(value)) return 0
    if (column < CATEGORIES) return this.#cells[column]?.[value] ?? 0
    const edges = this.#edges[column - CATEGORIES] as number[]
    let [low, high] = [0, edges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (value > (edges[middle] as number)) low = middle + 1
      else high = middle
    }
    return low + 1
  }

  save(): unknown {
    return [this.#edges, this.#cells]
  }

  static load(saved: unknown): Cuts {
    const cuts = new Cuts()
    ;[cuts.#edges, cuts.#cells] = saved as [number[][], number[][]]
    return cuts
  }
}

function edgesOf(values: Float64Array): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort()
  const different = [...new Set(sorted)]
  if (different.length <= NUMERIC_CELLS) return different.slice(1).map((value, i) => (value + (different[i] as number)) / 2)
  const edges: number[] = []
  for (let i = 1; i < NUMERIC_CELLS; i++) {
    const edge = sorted[Math.floor((i * sorted.length) / NUMERIC_CELLS)] as number
    if (edges.length === 0 || edge > (edges.at(-1) as number)) edges.push(edge)
  }
  return edges
}

/** By category its cell: 1 for the one that leads to the least. */
function inOrder(values: Float64Array, places: Int32Array, target: Float64Array): number[] {
  const sums: number[] = []
  const counts: number[] = []
  let all = 0
  for (let i = 0; i < values.length; i++) {
    const [value, leads] = [values[i] as number, target[places[i] as number] as number]
    all += leads
    if (Number.isNaN(value)) continue
    sums[value] = (sums[value] ?? 0) + leads
    counts[value] = (counts[value] ?? 0) + 1
  }
  const mean = all / Math.max(1, values.length)
  const order = Array.from(sums, (sum, category) => ({ category, mean: ((sum ?? 0) + PRIOR * mean) / ((counts[category] ?? 0) + PRIOR) }))
    .filter(({ category }) => counts[category])
    .sort((a, b) => a.mean - b.mean || a.category - b.category)
  const cells = new Array<number>(sums.length).fill(0)
  for (const [rank, { category }] of order.entries())
    cells[category] = 1 + Math.floor((rank * Math.min(order.length, CELLS - 1)) / order.length)
  return cells
}
