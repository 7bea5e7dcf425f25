import { JsonTokens, TOKEN, type Token } from '../event/json-tokens.ts'
import { type PathElem, type PathKey, pathElem } from '../path/path.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { NO_KEYS, type Node, type Step, type Verdict } from './matcher.ts'
import { localName } from './path-pattern.ts'

/** Takes the scalars that rules are about: at a node, under the whole path to it. */
export type LeafTaker = (node: Node, elems: readonly PathElem[], bytes: Buffer, start: number, end: number) => void

/**
 * Walks a value that is JSON, an object or an array, as if each of its leaves had come by itself: members are elements, and the keys of list
 * entries are members of the entries. What no rule is about is skipped, token by token, and nothing is built of it.
 */
export class JsonWalk {
  readonly #take: LeafTaker
  #tokens = new JsonTokens(Buffer.alloc(0))
  readonly #elems: PathElem[] = []

  constructor(take: LeafTaker) {
    this.#take = take
  }

  /** @returns false when the bytes turned out to be no JSON; what came before was taken */
  walk(bytes: Buffer, prefix: WirePath, path: WirePath, { node, open }: Verdict): boolean {
    const elems = this.#elems
    elems.length = 0
    elems.push(...prefix.elems, ...path.elems)
    this.#tokens = new JsonTokens(bytes)
    const token = this.#tokens.next()
    if (open) {
      const last = elems.pop() as PathElem
      return this.#entry(token, open, last.name, last.keys)
    }
    return token === TOKEN.OBJECT ? this.#members(node) : this.#skip(token)
  }

  /** The value of an element whose keys, if it is to have any, may be inside. */
  #entry(token: Token, step: Step, name: string, keys: readonly PathKey[]): boolean {
    if (token === TOKEN.OBJECT) return this.#object(step, name, keys)
    if (token !== TOKEN.ARRAY) return this.#scalar(token, step, name)
    for (let inner = this.#tokens.next(); inner !== TOKEN.ARRAY_END; inner = this.#tokens.next()) {
      // Of an array only objects are list entries; a leaf-list is no number.
      if (!(inner === TOKEN.OBJECT ? this.#object(step, name, keys) : this.#skip(inner))) return false
    }
    return true
  }

  #object(step: Step, name: string, outer: readonly PathKey[]): boolean {
    const keys = step.wanted.length === 0 ? outer : this.#keys(step.wanted, outer)
    const node = step.to(keys.length === 0 ? NO_KEYS : (wanted) => keys.find(([key]) => localName(key) === wanted)?.[1])
    if (node.below.length === 0) return this.#skip(TOKEN.OBJECT)
    this.#elems.push(keys.length === 0 && name === step.name ? step.elem : pathElem(name, keys))
    const whole = this.#members(node)
    this.#elems.pop()
    return whole
  }

  /** From behind the `{` of an object to behind its `}`. */
  #members(node: Node): boolean {
    const tokens = this.#tokens
    let token = tokens.next()
    for (; token === TOKEN.KEY; token = tokens.next()) {
      const step = node.stepOfBytes(tokens.bytes, tokens.start + 1, tokens.end - 1)
      // Only a name that no rule has must be read: for rules that take any.
      const name = step?.name === '' ? localName(tokens.text()) : (step?.name ?? '')
      const value = tokens.next()
      if (!(step ? this.#entry(value, step, name, []) : this.#skip(value))) return false
    }
    return token === TOKEN.OBJECT_END
  }

  #scalar(token: Token, step: Step, name: string): boolean {
    if (token < TOKEN.STRING) return false
    const node = step.to(NO_KEYS)
    if (node.here.length === 0) return true
    const { bytes, start, end } = this.#tokens
    this.#elems.push(name === step.name ? step.elem : pathElem(name))
    this.#take(node, this.#elems, bytes, start, end)
    this.#elems.pop()
    return true
  }

  /** Looks ahead in the object just opened for the members that are its keys; those that the path has count more. */
  #keys(wanted: readonly string[], outer: readonly PathKey[]): PathKey[] {
    const ahead = new JsonTokens(this.#tokens.bytes, this.#tokens.start)
    const keys = outer.filter(([, value]) => value !== '*')
    let missing = wanted.filter((name) => !keys.some(([key]) => localName(key) === name))
    ahead.next()
    while (missing.length > 0 && ahead.next() === TOKEN.KEY) {
      const name = localName(ahead.text())
      const value = ahead.next()
      if (missing.includes(name) && (value === TOKEN.STRING || value === TOKEN.NUMBER)) {
        keys.push([name, value === TOKEN.STRING ? ahead.text() : ahead.bytes.toString('latin1', ahead.start, ahead.end)])
        missing = missing.filter((other) => other !== name)
      } else if (!skip(ahead, value)) break
    }
    return keys
  }

  #skip(token: Token): boolean {
    return skip(this.#tokens, token)
  }
}

/** To the end of the value that the token begins; false when there is none. */
function skip(tokens: JsonTokens, token: Token): boolean {
  let depth = 0
  for (let here = token; ; here = tokens.next()) {
    if (here === TOKEN.OBJECT || here === TOKEN.ARRAY) depth++
    else if (here === TOKEN.OBJECT_END || here === TOKEN.ARRAY_END) depth--
    else if (here === TOKEN.INVALID || here === TOKEN.END) return false
    if (depth === 0) return true
    if (depth < 0) return false
  }
}
