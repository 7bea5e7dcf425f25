import type { FieldNode, Members } from './field-tree.ts'
import { withoutEscapes } from './read-text.ts'
import { skipKey, skipSpace, skipString, skipValue } from './skip.ts'
import type { Slots } from './slots.ts'

/** A record as fixed bytes with values between: what a producer writes again and again. */
export interface Shape {
  /** Each value with the bytes before it, from the end of the value before. */
  leaves: Array<{ before: Buffer; field: number; depth: number }>
  /** From the last value to the closing brace. */
  after: Buffer
}

/** More is not worth code of its own. */
const MAX_LEAVES = 200
const MAX_FIXED_BYTES = 8_192

/**
 * The shape of a record that was found to be JSON; undefined where it has none that can be relied upon: a name that comes twice, a field that is
 * read both whole and in parts, a wanted object that is something else, or too much of everything.
 * @param at its opening brace
 */
export function shapeOf(s: Slots, members: Members, at: number, end: number): Shape | undefined {
  const learner = new Learner(s, end)
  const last = learner.object(members, at)
  if (last < 0) return undefined
  return learner.shape(last)
}

class Learner {
  readonly #s: Slots
  readonly #end: number
  readonly #leaves: Shape['leaves'] = []
  #from = -1

  constructor(s: Slots, end: number) {
    this.#s = s
    this.#end = end
  }

  shape(end: number): Shape | undefined {
    const { buffer } = this.#s
    const after = Buffer.from(buffer.subarray(this.#from, end))
    const bytes = this.#leaves.reduce((sum, { before }) => sum + before.length, after.length)
    return this.#leaves.length === 0 || bytes > MAX_FIXED_BYTES ? undefined : { leaves: this.#leaves, after }
  }

  /** Returns the position behind its closing brace, or -1. */
  object(members: Members, at: number, depth = 1): number {
    const { u8, buffer } = this.#s
    if (this.#from < 0) this.#from = at
    const seen = new Set<string>()
    let p = skipSpace(u8, at + 1, this.#end)
    while (u8[p] !== 0x7d) {
      const stop = skipString(this.#s, p + 1, this.#end) - 1
      const name = withoutEscapes(buffer.toString('utf8', p + 1, stop))
      // Bytes that are no UTF-8 are no name, though they look like one that has this character.
      if (seen.has(name) || name.includes('\uFFFD')) return -1
      seen.add(name)
      p = skipKey(this.#s, p, this.#end)
      p = this.#value(members.byName.get(name), p, depth)
      if (p < 0) return -1
      p = skipSpace(u8, p, this.#end)
      if (u8[p] === 0x2c) p = skipSpace(u8, p + 1, this.#end)
    }
    return p + 1
  }

  #value(node: FieldNode | undefined, at: number, depth: number): number {
    if (node?.members) return node.field < 0 && this.#s.u8[at] === 0x7b ? this.object(node.members, at, depth + 1) : -1
    if (this.#leaves.length === MAX_LEAVES) return -1
    this.#leaves.push({ before: Buffer.from(this.#s.buffer.subarray(this.#from, at)), field: node?.field ?? -1, depth })
    this.#from = skipValue(this.#s, at, this.#end, 0)
    return this.#from
  }
}

/** Two records with the same text here have the same shape. */
export const shapeKey = ({ leaves, after }: Shape): string =>
  [...leaves.map(({ before }) => before.toString('latin1')), after.toString('latin1')].join('\0')
