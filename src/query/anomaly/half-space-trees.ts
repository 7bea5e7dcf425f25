import { Onset } from './onset.ts'
import { RunningScale } from './running-scale.ts'
import { Tail } from './tail.ts'

const TREES = 25
const DEPTH = 8
const LEAVES = 2 ** (DEPTH + 1) - 1
/** Rows in a window of masses: those of the last whole window judge. */
const WINDOW = 250
/** Values are cut to so many deviations on each side of the centre. */
const REACH = 6
const SCALE_RATE = 0.002
/** Nodes with fewer rows are not split further by the score. */
const FEW = 0.1 * WINDOW
const ONSET_ROWS = 150

/** What the forest says of one row of values. */
export interface ForestVerdict {
  /** In [0, 1): as the score of a single series; half where something stronger is still there. */
  readonly score: number
  readonly strength: number
  readonly onset: boolean
}

/**
 * Anomalies of several values at once: half-space trees (Tan, Ting, Liu, IJCAI 2011) over values scaled online; the rarity of a row's mass is
 * calibrated by the same tail as that of a single series. Cuts come from a fixed seed: the same rows give the same scores. Memory: 25 trees of 511
 * nodes, about 105 kB for any number of values. O(trees × depth) a row.
 */
export class HalfSpaceForest {
  readonly #dims: number
  readonly #scales: RunningScale[]
  readonly #features = new Uint16Array(TREES * LEAVES)
  readonly #cuts = new Float32Array(TREES * LEAVES)
  #reference = new Uint16Array(TREES * LEAVES)
  #latest = new Uint16Array(TREES * LEAVES)
  readonly #scaled: Float64Array
  #rows = 0
  #tail = new Tail()
  readonly #onset = new Onset(ONSET_ROWS)

  /** @param dims how many values a row has */
  constructor(dims: number, seed = 1) {
    this.#dims = dims
    this.#scales = Array.from({ length: dims }, () => new RunningScale(SCALE_RATE))
    this.#scaled = new Float64Array(dims)
    const random = generator(seed)
    for (let tree = 0; tree < TREES; tree++) this.#grow(tree, random)
  }

  /** A row of finite values. */
  step(values: ArrayLike<number>): ForestVerdict {
    for (let d = 0; d < this.#dims; d++) {
      const scale = this.#scales[d] as RunningScale
      const value = values[d] as number
      this.#scaled[d] = Math.max(-REACH, Math.min(REACH, (value - scale.centre) / (scale.deviation + 1e-9)))
      scale.add(value)
    }
    const mass = this.#mass()
    const size = this.#rows < WINDOW ? 0 : TREES / (mass + 1)
    const strength = this.#rows < WINDOW ? 0 : 1 - 10 ** -this.#tail.step(size)
    if (++this.#rows % WINDOW === 0) this.#turn()
    const onset = this.#onset.step(strength)
    return { score: onset ? strength : strength / 2, strength, onset }
  }

  save(): unknown {
    const masses = [Array.from(this.#reference), Array.from(this.#latest)]
    return [this.#scales.map((scale) => scale.save()), masses, this.#rows, this.#tail.save(), this.#onset.save()]
  }

  /** With the dimensions and the seed that it was made with. */
  load(saved: unknown): void {
    const [scales, [reference, latest], rows, tail, onset] = saved as [unknown[], [number[], number[]], number, unknown, unknown]
    for (const [i, scale] of this.#scales.entries()) scale.load(scales[i])
    this.#reference.set(reference)
    this.#latest.set(latest)
    this.#rows = rows
    this.#tail = Tail.load(tail)
    this.#onset.load(onset)
  }

  /** The mass of the row's places, summed over the trees; the row counts for the next window. */
  #mass(): number {
    let sum = 0
    for (let tree = 0; tree < TREES; tree++) {
      const base = tree * LEAVES
      let stopped = false
      for (let node = 0, depth = 0; node < LEAVES; depth++) {
        const at = base + node
        this.#latest[at] = (this.#latest[at] as number) + 1
        const known = this.#reference[at] as number
        if (!stopped && (known <= FEW || depth === DEPTH)) {
          sum += known * 2 ** depth
          stopped = true
        }
        node = 2 * node + ((this.#scaled[this.#features[at] as number] as number) < (this.#cuts[at] as number) ? 1 : 2)
      }
    }
    return sum / TREES
  }

  #turn(): void {
    const masses = this.#reference
    this.#reference = this.#latest
    this.#latest = masses.fill(0)
  }

  /** Each tree has a work range of its own, and halves it along values drawn at random. */
  #grow(tree: number, random: () => number): void {
    const ranges = Array.from({ length: this.#dims }, () => {
      const middle = (random() - 0.5) * REACH
      const reach = 2 * Math.max(REACH / 2 - middle, REACH / 2 + middle)
      return [middle - reach, middle + reach] as const
    })
    const split = (node: number, within: ReadonlyArray<readonly [number, number]>): void => {
      if (node >= LEAVES) return
      const feature = Math.floor(random() * this.#dims)
      const [low, high] = within[feature] as readonly [number, number]
      const cut = (low + high) / 2
      this.#features[tree * LEAVES + node] = feature
      this.#cuts[tree * LEAVES + node] = cut
      split(2 * node + 1, within.with(feature, [low, cut]))
      split(2 * node + 2, within.with(feature, [cut, high]))
    }
    split(0, ranges)
  }
}

/** mulberry32: numbers in [0, 1) from a seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
