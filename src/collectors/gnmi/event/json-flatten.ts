import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { writeBare } from './bare-text.ts'
import { isEmptyLeaf, skipEmptyLeaf, writeNumber } from './json-copy.ts'
import { JsonTokens, TOKEN, type Token } from './json-tokens.ts'

/**
 * The members of a JSON object as `"name/member":value`, down to its leaves: `/` before a member, `.N` before an element of an array, as
 * gnmic flattens. An empty leaf (`null`, or RFC 7951's `[null]`) is true; an empty object or array stays as it is, so that nothing is
 * lost. Integers of more than 2^53 become text, other numbers stay as they were written.
 * @param bytes JSON text that was looked at: an object
 * @param name of the object's path
 */
export function flattenJson(out: ByteBuffer, bytes: Buffer, name: string): void {
  new Flattener(out, bytes).flatten(Buffer.from(JSON.stringify(name).slice(1, -1)))
}

/** How leaves stand on lines of their own. */
export interface LeafLines {
  /** What each line begins with. */
  start: Buffer
  /** Between the name and the value. */
  between: Buffer
}

/**
 * As {@link flattenJson}, with a line for each leaf: its name, and its value as {@link writeBare} has it. The names of members stand as they
 * are escaped in the JSON text, so that a line stays a line.
 */
export function flattenJsonToLines(out: ByteBuffer, bytes: Buffer, name: string, lines: LeafLines): void {
  new Flattener(out, bytes, lines).flatten(Buffer.from(name))
  out.byte(NEWLINE)
}

const NEWLINE = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const SLASH = 0x2f

/** A name under way, as the inside of a JSON string: the names of members are in the text already escaped, and are only copied. */
type Name = Buffer

class Flattener {
  readonly #out: ByteBuffer
  readonly #bytes: Buffer
  readonly #tokens: JsonTokens
  /** Absent: members of a JSON object. */
  readonly #lines: LeafLines | undefined
  #separator = false

  constructor(out: ByteBuffer, bytes: Buffer, lines?: LeafLines) {
    this.#out = out
    this.#bytes = bytes
    this.#tokens = new JsonTokens(bytes)
    this.#lines = lines
  }

  flatten(whole: Name): void {
    this.#tokens.next()
    // The root is `/`, and its members begin with that same slash.
    this.#object(whole.at(-1) === SLASH ? whole.subarray(0, -1) : whole, whole)
  }

  /** @param base what the members' names begin with  @param whole the name of the object where it has no member */
  #object(base: Name, whole: Name): void {
    const tokens = this.#tokens
    let token = tokens.next()
    if (token === TOKEN.OBJECT_END) this.#leaf(whole, '{}')
    for (; token !== TOKEN.OBJECT_END; token = tokens.next()) {
      const keyStart = tokens.start + 1
      const keyEnd = tokens.end - 1
      const value = tokens.next()
      if (value === TOKEN.STRING && !this.#lines) this.#member(base, keyStart, keyEnd)
      else this.#value(value, Buffer.concat([base, SLASH_BYTES, this.#bytes.subarray(keyStart, keyEnd)]))
    }
  }

  #array(name: Name): void {
    let token = this.#tokens.next()
    if (token === TOKEN.ARRAY_END) this.#leaf(name, '[]')
    for (let i = 0; token !== TOKEN.ARRAY_END; token = this.#tokens.next(), i++) {
      this.#value(token, Buffer.concat([name, Buffer.from(`.${i}`)]))
    }
  }

  #value(token: Token, name: Name): void {
    if (isEmptyLeaf(this.#tokens, token)) {
      skipEmptyLeaf(this.#tokens, token)
      this.#leaf(name, 'true')
    } else if (token === TOKEN.OBJECT) this.#object(name, name)
    else if (token === TOKEN.ARRAY) this.#array(name)
    else {
      this.#begin(name)
      if (this.#lines) {
        this.#out.bytes(this.#lines.between)
        writeBare(this.#out, this.#bytes.subarray(this.#tokens.start, this.#tokens.end))
        return
      }
      this.#out.bytes(NAME_END)
      if (token === TOKEN.NUMBER) writeNumber(this.#out, this.#tokens, true)
      else this.#out.bytes(this.#bytes.subarray(this.#tokens.start, this.#tokens.end))
    }
  }

  /** A member that is a string, most often: from its name to its end it is copied in one piece, unless there is white space between. */
  #member(base: Name, keyStart: number, keyEnd: number): void {
    const { start, end } = this.#tokens
    const out = this.#out
    this.#begin(base)
    out.byte(SLASH)
    if (start === keyEnd + 2) {
      out.bytes(this.#bytes.subarray(keyStart, end))
      return
    }
    out.bytes(this.#bytes.subarray(keyStart, keyEnd))
    out.bytes(NAME_END)
    out.bytes(this.#bytes.subarray(start, end))
  }

  #leaf(name: Name, value: string): void {
    this.#begin(name)
    this.#out.bytes(this.#lines?.between ?? NAME_END)
    this.#out.text(value)
  }

  #begin(name: Name): void {
    if (this.#lines) {
      this.#beginLine(this.#lines, name)
      return
    }
    if (this.#separator) this.#out.byte(COMMA)
    this.#separator = true
    this.#out.byte(QUOTE)
    this.#out.bytes(name)
  }

  #beginLine({ start }: LeafLines, name: Name): void {
    if (this.#separator) this.#out.byte(NEWLINE)
    this.#separator = true
    this.#out.bytes(start)
    this.#out.bytes(name)
  }
}

const SLASH_BYTES = Buffer.from('/')
const NAME_END = Buffer.from('":')
