/** JSON with its numbers as they are written: `1.50` stays so, and 20 digits stay exact. Objects are Maps in order. */

export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** An integer by its form, as Jackson tells: without a point and without an exponent. */
  get isInteger(): boolean {
    return /^-?\d+$/.test(this.text)
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | Map<string, JsonValue>

/** What no parser takes. */
export class JsonSyntaxError extends Error {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SPACE = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON text has none of them
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const MAX_DEPTH = 500

/** The first JSON value of the text. What follows it is left aside, as Jackson does for Flink. */
export function readJson(text: string): JsonValue {
  return new Parser(text).value(0)
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw new JsonSyntaxError('JSON is nested too deep')
    this.#space()
    const character = this.#text[this.#at]
    if (character === '{') return this.#object(depth)
    if (character === '[') return this.#array(depth)
    if (character === '"') return this.#string()
    if (this.#word('true')) return true
    if (this.#word('false')) return false
    if (this.#word('null')) return null
    return this.#number()
  }

  #object(depth: number): Map<string, JsonValue> {
    const object = new Map<string, JsonValue>()
    this.#at += 1
    if (this.#closes('}')) return object
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') throw this.#error()
      const key = this.#string()
      this.#expect(':')
      object.set(key, this.value(depth + 1))
      if (this.#closes('}')) return object
      this.#expect(',')
    }
  }

  #array(depth: number): JsonValue[] {
    const array: JsonValue[] = []
    this.#at += 1
    if (this.#closes(']')) return array
    for (;;) {
      array.push(this.value(depth + 1))
      if (this.#closes(']')) return array
      this.#expect(',')
    }
  }

  #string(): string {
    let result = ''
    this.#at += 1
    for (;;) {
      result += this.#match(PLAIN)
      const character = this.#text[this.#at]
      this.#at += 1
      if (character === '"') return result
      if (character !== '\\') throw this.#error()
      result += this.#escape()
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at] ?? ''
    this.#at += 1
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error()
      this.#at += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const escaped = ESCAPES[letter]
    if (escaped === undefined) throw this.#error()
    return escaped
  }

  #number(): JsonNumber {
    const text = this.#match(NUMBER)
    if (text === '' || /[\w.]/.test(this.#text[this.#at] ?? '')) throw this.#error()
    return new JsonNumber(text)
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at) || /\w/.test(this.#text[this.#at + word.length] ?? '')) return false
    this.#at += word.length
    return true
  }

  #closes(character: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== character) return false
    this.#at += 1
    return true
  }

  #expect(character: string): void {
    if (!this.#closes(character)) throw this.#error()
  }

  #space(): void {
    this.#match(SPACE)
  }

  #match(regex: RegExp): string {
    regex.lastIndex = this.#at
    const found = regex.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #error(): JsonSyntaxError {
    return new JsonSyntaxError(`not JSON at character ${this.#at + 1}`)
  }
}
