import { Cuts } from './cuts.ts'
import { WIDTH } from './features.ts'
import { Leaves } from './leaves.ts'
import { bytes, bytesOf, ints } from './packed.ts'
import { randomOf } from './random.ts'
import type { Rows } from './rows.ts'
import { secondsOf } from './time-bins.ts'
import { growTree, leafOf, type Tree } from './tree.ts'

export interface ForestOptions {
  readonly trees: number
  /** Rows that a tree grows on, at most. */
  readonly rowsPerTree: number
  /** Fewest rows of a leaf, once there are enough; a small log has smaller ones. */
  readonly leastOfLeaf: number
  readonly columns: number
  readonly seed: number
}

export const FOREST_DEFAULTS: ForestOptions = { trees: 48, rowsPerTree: 8_000, leastOfLeaf: 25, columns: 0.35, seed: 1 }

const DEPTH = 16

/**
 * A quantile regression forest (Meinshausen, JMLR 7, 2006): trees part states of cases by how long it took from there, on a logarithmic scale; what
 * is predicted is how long it took from the states that share a leaf with the one asked about. Rows that come later go down the same trees. The
 * same rows and seed give the same forest.
 */
export class Forest {
  readonly #cuts: Cuts
  readonly #trees: Tree[]
  readonly #leaves: Leaves[]
  readonly #cells = new Uint8Array(WIDTH)

  private constructor(cuts: Cuts, trees: Tree[], leaves: Leaves[]) {
    this.#cuts = cuts
    this.#trees = trees
    this.#leaves = leaves
  }

  get trees(): number {
    return this.#trees.length
  }

  static grow(rows: Rows, options: ForestOptions): Forest {
    const size = rows.size
    const places = Int32Array.from({ length: size }, (_, n) => rows.at(n))
    const target = targetOf(rows, places)
    const cuts = Cuts.of(rows, places, target)
    const cells = new Uint8Array(size * WIDTH)
    // Places of a ring that is not full, or is, are 0 … size - 1 in some order: a column may be by place.
    for (const at of places) cuts.write(rows.features, at * WIDTH, cells, at, size)
    const least = Math.max(3, Math.min(options.leastOfLeaf, Math.round(size / 150)))
    const growth = { depth: DEPTH, least, columns: options.columns }
    const sizes = cuts.sizes()
    const trees: Tree[] = []
    const leaves: Leaves[] = []
    for (let number = 0; number < options.trees; number++) {
      const random = randomOf(options.seed * 7919 + number)
      const tree = growTree(
        cells,
        size,
        sizes,
        target,
        sample(places, Math.min(options.rowsPerTree, Math.ceil(size * 0.5)), random),
        growth,
        random,
      )
      const kept = new Leaves(tree.leaves)
      for (const at of places) {
        kept.add(leafOf(tree, cells, at, size), rows.left[at] as number, rows.next[at] as number, rows.cases[at] as number)
      }
      trees.push(tree)
      leaves.push(kept)
    }
    return new Forest(cuts, trees, leaves)
  }

  /** Takes a row that came after the forest grew. */
  add(features: Float32Array, left: number, next: number, ofCase: number): void {
    this.#cuts.write(features, 0, this.#cells)
    for (const [i, tree] of this.#trees.entries()) (this.#leaves[i] as Leaves).add(leafOf(tree, this.#cells, 0, 1), left, next, ofCase)
  }

  /** Calls `each` for every row that shares a leaf with the state, with its share: they sum to 1. Gives the rows of the leaves on average. */
  visit(features: Float32Array, each: (left: number, next: number, ofCase: number, share: number) => void): number {
    this.#cuts.write(features, 0, this.#cells)
    const perTree = 1 / this.#trees.length
    let rows = 0
    for (const [i, tree] of this.#trees.entries()) {
      const leaf = leafOf(tree, this.#cells, 0, 1)
      const leaves = this.#leaves[i] as Leaves
      rows += leaves.count(leaf)
      leaves.visit(leaf, (left, next, ofCase, share) => each(left, next, ofCase, share * perTree))
    }
    return rows * perTree
  }

  save(): unknown {
    const trees = this.#trees.map(({ column, cell, other, leaf, leaves }) => {
      return [bytesOf(Int32Array.from(column)), bytesOf(cell), bytesOf(other), bytesOf(leaf), leaves]
    })
    return [this.#cuts.save(), trees, this.#leaves.map((leaves) => leaves.save())]
  }

  static load(saved: unknown): Forest {
    const [cuts, trees, leaves] = saved as [unknown, Array<[string, string, string, string, number]>, unknown[]]
    const loaded = trees.map(([column, cell, other, leaf, count]) => {
      return { column: Int16Array.from(ints(column)), cell: bytes(cell), other: ints(other), leaf: ints(leaf), leaves: count }
    })
    return new Forest(Cuts.load(cuts), loaded, leaves.map(Leaves.load))
  }
}

/** By place the logarithm of the time left, over a hundredth of its median: what is short beside that does not count. Its mean is 0. */
function targetOf(rows: Rows, places: Int32Array): Float64Array {
  const bins = Uint16Array.from(places, (at) => rows.left[at] as number).sort()
  const scale = Math.max(1, secondsOf(bins[bins.length >> 1] ?? 0) / 100)
  const target = new Float64Array(places.length)
  let mean = 0
  for (const at of places) {
    target[at] = Math.log1p(secondsOf(rows.left[at] as number) / scale)
    mean += (target[at] as number) / places.length
  }
  return target.map((value) => value - mean)
}

/** So many of the places, none twice. */
function sample(places: Int32Array, count: number, random: () => number): Int32Array {
  const order = places.slice()
  for (let i = 0; i < count; i++) {
    const swap = i + Math.floor(random() * (order.length - i))
    const taken = order[swap] as number
    order[swap] = order[i] as number
    order[i] = taken
  }
  return order.slice(0, count)
}
