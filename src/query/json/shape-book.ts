import type { JsonField } from './field.ts'
import type { Members } from './field-tree.ts'
import type { Reader } from './read-text.ts'
import { type Shape, shapeKey, shapeOf } from './shape.ts'
import { compileShape, type ShapeScan, shapeSource } from './shape-code.ts'
import type { Slots } from './slots.ts'

interface Known {
  key: string
  shape: Shape
  /** Records it has read since the shapes were last looked over. */
  hits: number
}

/** Shapes with code of their own: a topic has one or a few. */
const MAX_SHAPES = 8
/** Shapes that were seen once and wait for the second time. */
const MAX_CANDIDATES = 32
/** So many misses are all looked at, later one in so many: records without any order to their members must not cost more than the plain walk. */
const EAGER_MISSES = 64
const LOOK_EVERY = 64
/** Once all places are taken, the least used shape is given up after so many misses. */
const PATIENCE = 65_536

/**
 * The shapes that records had of late. Records of one producer have the same members in the same order, so that all but the values can be compared
 * at the expected place; whatever is different goes the plain way, and is learned when it comes again.
 */
export class ShapeBook {
  readonly #members: Members
  readonly #fields: readonly JsonField[]
  readonly #readers: readonly Reader[]
  readonly #candidates = new Set<string>()
  readonly #known: Known[] = []
  #source = ''
  #scan: ShapeScan | undefined
  #misses = 0
  #givenUpAt = 0
  #allowed = true

  constructor(members: Members, fields: readonly JsonField[], readers: readonly Reader[]) {
    this.#members = members
    this.#fields = fields
    this.#readers = readers
  }

  /** The code that is in use: empty at first. */
  get source(): string {
    return this.#source
  }

  /** Shapes that have code. */
  get size(): number {
    return this.#known.length
  }

  /** Whether one of the shapes fitted, and the slots are filled. */
  scan(s: Slots, at: number, end: number): boolean {
    const scan = this.#scan
    if (scan === undefined) return false
    const shape = scan(s, at, end)
    if (shape === 0) {
      s.suspect = false
      return false
    }
    ;(this.#known[shape - 1] as Known).hits++
    return true
  }

  /** A record that went the plain way and was JSON. @param at its opening brace */
  missed(s: Slots, at: number, end: number): void {
    const misses = ++this.#misses
    if (!this.#allowed || (misses > EAGER_MISSES && misses % LOOK_EVERY !== 0)) return
    const shape = shapeOf(s, this.#members, at, end)
    if (!shape) return
    const key = shapeKey(shape)
    if (this.#known.some((one) => one.key === key)) return
    if (!this.#candidates.has(key)) {
      if (this.#candidates.size === MAX_CANDIDATES) this.#candidates.clear()
      this.#candidates.add(key)
      return
    }
    if (this.#known.length === MAX_SHAPES && !this.#giveUpOne()) return
    this.#candidates.delete(key)
    this.#known.push({ key, shape, hits: 0 })
    this.#compile()
  }

  #compile(): void {
    const source = shapeSource(
      this.#known.map(({ shape }) => shape),
      this.#fields,
    )
    try {
      this.#scan = compileShape(source, this.#readers)
      this.#source = source
    } catch (error) {
      // node --disallow-code-generation-from-strings: the plain way does all.
      if (!(error instanceof EvalError)) throw error
      this.#allowed = false
      this.#known.length = 0
    }
  }

  #giveUpOne(): boolean {
    if (this.#misses - this.#givenUpAt < PATIENCE) return false
    this.#givenUpAt = this.#misses
    this.#known.sort((a, b) => b.hits - a.hits).pop()
    for (const known of this.#known) known.hits = 0
    return true
  }
}
