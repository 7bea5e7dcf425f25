import type { JsonField } from './field.ts'
import type { Members } from './field-tree.ts'
import type { Reader } from './read-text.ts'
import { shapeKey, shapeOf } from './shape.ts'
import { compileShape, type ShapeScan, shapeSource } from './shape-code.ts'
import type { Slots } from './slots.ts'

interface Compiled {
  key: string
  source: string
  scan: ShapeScan
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
  readonly #shapes: Compiled[] = []
  #misses = 0
  #givenUpAt = 0
  #allowed = true

  constructor(members: Members, fields: readonly JsonField[], readers: readonly Reader[]) {
    this.#members = members
    this.#fields = fields
    this.#readers = readers
  }

  /** The code that is in use, the most used first. */
  get sources(): string[] {
    return this.#shapes.map(({ source }) => source)
  }

  /** Whether one of the shapes fitted, and the slots are filled. */
  scan(s: Slots, at: number, end: number): boolean {
    const shapes = this.#shapes
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i] as Compiled
      if (shape.scan(s, at, end) === 0) {
        s.suspect = false
        continue
      }
      shape.hits++
      if (i > 0) this.#promote(i, shape)
      return true
    }
    return false
  }

  /** One place to the front, if it has earned it. */
  #promote(i: number, shape: Compiled): void {
    const before = this.#shapes[i - 1] as Compiled
    if (shape.hits <= before.hits) return
    this.#shapes[i - 1] = shape
    this.#shapes[i] = before
  }

  /** A record that went the plain way and was JSON. @param at its opening brace */
  missed(s: Slots, at: number, end: number): void {
    const misses = ++this.#misses
    if (!this.#allowed || (misses > EAGER_MISSES && misses % LOOK_EVERY !== 0)) return
    const shape = shapeOf(s, this.#members, at, end)
    if (!shape) return
    const key = shapeKey(shape)
    if (!this.#candidates.has(key)) {
      if (this.#candidates.size === MAX_CANDIDATES) this.#candidates.clear()
      this.#candidates.add(key)
      return
    }
    if (this.#shapes.length === MAX_SHAPES && !this.#giveUpOne()) return
    this.#candidates.delete(key)
    this.#add(key, shapeSource(shape, this.#fields))
  }

  #add(key: string, source: string): void {
    try {
      this.#shapes.push({ key, source, scan: compileShape(source, this.#readers), hits: 0 })
    } catch (error) {
      // node --disallow-code-generation-from-strings: the plain way does all.
      if (!(error instanceof EvalError)) throw error
      this.#allowed = false
    }
  }

  #giveUpOne(): boolean {
    if (this.#misses - this.#givenUpAt < PATIENCE) return false
    this.#givenUpAt = this.#misses
    this.#shapes.sort((a, b) => b.hits - a.hits).pop()
    for (const shape of this.#shapes) shape.hits = 0
    return true
  }
}
