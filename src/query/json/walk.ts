import { STATE } from './field.ts'
import { type FieldNode, findMember, type Members } from './field-tree.ts'
import { type Reader, readNull, withoutEscapes } from './read-text.ts'
import { BACKSLASH, BROKEN, isNull, QUOTE, skipEscaped, skipSpace, skipValue } from './skip.ts'
import type { Slots } from './slots.ts'

const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** An object member by member, in whatever order and form: the way that needs to have seen nothing before. */
export class ObjectWalk {
  readonly #readers: readonly Reader[]

  /** @param readers of each field */
  constructor(readers: readonly Reader[]) {
    this.#readers = readers
  }

  /** @param at behind the opening brace  @param depth levels that are open, this one counted */
  object(s: Slots, members: Members, at: number, end: number, depth: number): number {
    const { u8 } = s
    let p = skipSpace(u8, at, end)
    if (p < end && u8[p] === CLOSE_BRACE) return p + 1
    for (;;) {
      if (p >= end || u8[p] !== QUOTE) return BROKEN
      const start = ++p
      while (p < end && u8[p] !== QUOTE && u8[p] !== BACKSLASH) p++
      let node: FieldNode | undefined
      if (u8[p] === BACKSLASH) {
        p = skipEscaped(u8, p, end) - 1
        if (p < 0) return BROKEN
        node = members.byName.get(withoutEscapes(s.buffer.toString('utf8', start, p)))
      } else node = findMember(members, u8, start, p)
      p = skipSpace(u8, p + 1, end)
      if (p >= end || u8[p] !== COLON) return BROKEN
      p = skipSpace(u8, p + 1, end)
      if (p >= end) return BROKEN
      p = node === undefined ? skipValue(s, p, end, depth) : this.#value(s, node, p, end, depth)
      if (p < 0) return BROKEN
      p = skipSpace(u8, p, end)
      if (p >= end) return BROKEN
      const next = u8[p++]
      if (next === CLOSE_BRACE) return p
      if (next !== COMMA) return BROKEN
      p = skipSpace(u8, p, end)
    }
  }

  #value(s: Slots, { field, members, below }: FieldNode, at: number, end: number, depth: number): number {
    const { u8 } = s
    if (members === undefined) return (this.#readers[field] as Reader)(s, field, at, end)
    // The last of duplicates counts, and counts whole.
    for (const i of below) s.state[i] = STATE.ABSENT
    if (u8[at] === OPEN_BRACE) {
      const p = this.object(s, members, at + 1, end, depth + 1)
      return p < 0 || field < 0 ? p : (this.#readers[field] as Reader)(s, field, at, end)
    }
    if (isNull(u8, at)) {
      for (const i of below) readNull(s, i, at)
      return at + 4
    }
    const p = skipValue(s, at, end, depth)
    if (p < 0) return BROKEN
    for (const i of below) if (i !== field) s.bad(i, at, p)
    return field < 0 ? p : (this.#readers[field] as Reader)(s, field, at, end)
  }
}
