import { type GnmiPath, type PathElem, type PathKey, pathElem } from './path.ts'

/** Why a text is not a path. */
export class PathProblem {
  readonly message: string
  /** Index of the character where it went wrong. */
  readonly at: number

  constructor(message: string, at: number) {
    this.message = message
    this.at = at
  }
}

/**
 * A path from text: `/interfaces/interface[name=eth0]/state`, `openconfig:/system`, `interfaces/...`; `/` and '' are the root, a `/` at the
 * end is passed over. In a key's value only `]` and `\` need a backslash; `\n`, `\r`, `\uXXXX` (or `\UXXXX`) are one character, `\e` is an
 * empty name, and before a punctuation mark a backslash is always allowed. An origin needs a `:` before the first `/`, and a `/` or the
 * end behind it; anything else, such as `ietf-interfaces:interfaces`, is a name with its module.
 */
export function parsePath(text: string): GnmiPath | PathProblem {
  return new PathParser(text).path()
}

/** One element by itself, as the deprecated `Path.element` has them: `interface[name=eth0]`. A `/` needs no backslash here. */
export function parseElem(text: string): PathElem | PathProblem {
  return new PathParser(text).loneElem()
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', e: '' }

class PathParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  path(): GnmiPath | PathProblem {
    const origin = this.#origin()
    if (this.#here() === '/') this.#at++
    const elems: PathElem[] = []
    while (this.#at < this.#text.length) {
      const elem = this.#elem('/[')
      if (elem instanceof PathProblem) return elem
      elems.push(elem)
      if (this.#here() === '/') this.#at++
      else if (this.#at < this.#text.length) return this.#problem(`"${this.#here()}" behind a key; "/" or another key belongs there`)
    }
    return { origin, elems }
  }

  loneElem(): PathElem | PathProblem {
    const elem = this.#elem('[')
    if (elem instanceof PathProblem || this.#at === this.#text.length) return elem
    return this.#problem(`"${this.#here()}" behind a key`)
  }

  #origin(): string {
    const origin = this.#part(':/[')
    if (typeof origin === 'string' && origin !== '' && this.#here() === ':') {
      const next = this.#text[this.#at + 1]
      if (next === undefined || next === '/') {
        this.#at++
        return origin
      }
    }
    this.#at = 0
    return ''
  }

  /** @param ends the characters that end its name */
  #elem(ends: string): PathElem | PathProblem {
    const start = this.#at
    const name = this.#part(ends)
    if (name instanceof PathProblem) return name
    if (this.#at === start && this.#here() !== '[') return this.#problem('an element without a name')
    const keys: PathKey[] = []
    while (this.#here() === '[') {
      const key = this.#key()
      if (key instanceof PathProblem) return key
      if (keys.some(([other]) => other === key[0])) return this.#problem(`key "${key[0]}" twice`)
      keys.push(key)
    }
    return pathElem(name, keys)
  }

  #key(): PathKey | PathProblem {
    const start = ++this.#at
    const name = this.#part('=]')
    if (name instanceof PathProblem) return name
    if (this.#here() !== '=') return this.#problem(`a key is [name=value], and "=" is missing`)
    if (this.#at === start) return this.#problem('a key without a name')
    this.#at++
    const value = this.#part(']')
    if (value instanceof PathProblem) return value
    if (this.#here() !== ']') return this.#problem('"]" is missing')
    this.#at++
    return [name, value]
  }

  /** Text up to one of the characters, or to the end, without its escapes. */
  #part(ends: string): string | PathProblem {
    let part = ''
    for (let here = this.#here(); here !== '' && !ends.includes(here); here = this.#here()) {
      this.#at++
      const piece = here === '\\' ? this.#escape() : here
      if (piece instanceof PathProblem) return piece
      part += piece
    }
    return part
  }

  /** What the characters behind a backslash stand for. */
  #escape(): string | PathProblem {
    const character = this.#here()
    const known = ESCAPES[character]
    if (known !== undefined) {
      this.#at++
      return known
    }
    if (character === 'u' || character === 'U') return this.#codeUnit()
    if (character === '') return this.#problem('a backslash at the end')
    if (/[\p{L}\p{N}]/u.test(character)) return this.#problem(`unknown escape "\\${character}"; a backslash itself is "\\\\"`)
    this.#at++
    return character
  }

  #codeUnit(): string | PathProblem {
    const digits = this.#text.slice(this.#at + 1, this.#at + 5)
    if (!/^[0-9a-f]{4}$/i.test(digits)) return this.#problem('"\\u" wants four hexadecimal digits')
    this.#at += 5
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #here(): string {
    return this.#text[this.#at] ?? ''
  }

  #problem(message: string): PathProblem {
    return new PathProblem(message, this.#at)
  }
}
