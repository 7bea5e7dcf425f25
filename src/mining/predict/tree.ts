import { CELLS } from './cuts.ts'
import { WIDTH } from './features.ts'

/** How a tree grows. */
export interface Growth {
  readonly depth: number
  /** Fewest rows of a leaf. */
  readonly least: number
  /** Share of the columns that a split may choose from. */
  readonly columns: number
}

/** A tree as columns: node n asks whether the cell of `column[n]` is at most `cell[n]`; yes goes to n + 1, no to `other[n]`. -1 is a leaf. */
export interface Tree {
  readonly column: Int16Array
  readonly cell: Uint8Array
  readonly other: Int32Array
  /** Number of the leaf, for nodes that are one. */
  readonly leaf: Int32Array
  readonly leaves: number
}

/**
 * A regression tree over cells, by least squares on `target`.
 * @param cells column after column, `stride` rows each
 * @param sizes by column how many cells it has
 * @param chosen rows it grows on; is put in another order
 */
export function growTree(
  cells: Uint8Array,
  stride: number,
  sizes: Uint16Array,
  target: Float64Array,
  chosen: Int32Array,
  { depth, least, columns }: Growth,
  random: () => number,
): Tree {
  const column: number[] = []
  const cell: number[] = []
  const other: number[] = []
  const leaf: number[] = []
  let leaves = 0
  const sums = new Float64Array(CELLS)
  const counts = new Int32Array(CELLS)
  const order = Int16Array.from({ length: WIDTH }, (_, i) => i)
  const tried = Math.max(1, Math.round(WIDTH * columns))

  const bestSplit = (from: number, to: number): { column: number; cell: number } | undefined => {
    const rows = to - from
    let total = 0
    for (let i = from; i < to; i++) total += target[chosen[i] as number] as number
    let best: { column: number; cell: number } | undefined
    let most = (total * total) / rows + 1e-9
    for (let k = 0; k < tried; k++) {
      const swap = k + Math.floor(random() * (WIDTH - k))
      const candidate = order[swap] as number
      order[swap] = order[k] as number
      order[k] = candidate
      const base = candidate * stride
      const size = sizes[candidate] as number
      sums.fill(0, 0, size)
      counts.fill(0, 0, size)
      for (let i = from; i < to; i++) {
        const row = chosen[i] as number
        const at = cells[base + row] as number
        sums[at] = (sums[at] as number) + (target[row] as number)
        counts[at] = (counts[at] as number) + 1
      }
      let [sum, count] = [0, 0]
      for (let at = 0; at < size; at++) {
        const here = counts[at] as number
        if (here === 0) continue
        count += here
        if (rows - count < least) break
        sum += sums[at] as number
        if (count < least) continue
        const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / (rows - count)
        if (gain > most) {
          most = gain
          best = { column: candidate, cell: at }
        }
      }
    }
    return best
  }

  /** Rows of the split's left side first; how many there are. */
  const part = (from: number, to: number, split: { column: number; cell: number }): number => {
    const base = split.column * stride
    let end = from
    for (let i = from; i < to; i++) {
      const row = chosen[i] as number
      if ((cells[base + row] as number) > split.cell) continue
      chosen[i] = chosen[end] as number
      chosen[end++] = row
    }
    return end
  }

  const grow = (from: number, to: number, level: number): void => {
    const node = column.length
    const split = level < depth && to - from >= 2 * least ? bestSplit(from, to) : undefined
    column.push(split?.column ?? -1)
    cell.push(split?.cell ?? 0)
    other.push(-1)
    leaf.push(split ? -1 : leaves++)
    if (!split) return
    const middle = part(from, to, split)
    grow(from, middle, level + 1)
    other[node] = column.length
    grow(middle, to, level + 1)
  }
  grow(0, chosen.length, 0)
  return {
    column: Int16Array.from(column),
    cell: Uint8Array.from(cell),
    other: Int32Array.from(other),
    leaf: Int32Array.from(leaf),
    leaves,
  }
}

/** The leaf of a row of cells. */
export function leafOf({ column, cell, other, leaf }: Tree, cells: Uint8Array, at: number, stride: number): number {
  let node = 0
  for (let asked = column[0] as number; asked >= 0; asked = column[node] as number) {
    node = (cells[at + asked * stride] as number) <= (cell[node] as number) ? node + 1 : (other[node] as number)
  }
  return leaf[node] as number
}
