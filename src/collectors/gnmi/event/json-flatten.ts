import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
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
  const flattener = new Flattener(out, bytes)
  flattener.flatten(name.endsWith('/') ? name.slice(0, -1) : name, name)
}

class Flattener {
  readonly #out: ByteBuffer
  readonly #tokens: JsonTokens
  #separator = false

  constructor(out: ByteBuffer, bytes: Buffer) {
    this.#out = out
    this.#tokens = new JsonTokens(bytes)
  }

  /** @param base what the members' names begin with  @param whole the name of the object where it has no member */
  flatten(base: string, whole: string): void {
    this.#tokens.next()
    this.#object(base, whole)
  }

  #object(base: string, whole: string): void {
    let token = this.#tokens.next()
    if (token === TOKEN.OBJECT_END) this.#leaf(whole, '{}')
    for (; token !== TOKEN.OBJECT_END; token = this.#tokens.next()) {
      const name = `${base}/${this.#tokens.text()}`
      this.#value(this.#tokens.next(), name)
    }
  }

  #array(name: string): void {
    let token = this.#tokens.next()
    if (token === TOKEN.ARRAY_END) this.#leaf(name, '[]')
    for (let i = 0; token !== TOKEN.ARRAY_END; token = this.#tokens.next(), i++) this.#value(token, `${name}.${i}`)
  }

  #value(token: Token, name: string): void {
    if (isEmptyLeaf(this.#tokens, token)) {
      skipEmptyLeaf(this.#tokens, token)
      this.#leaf(name, 'true')
    } else if (token === TOKEN.OBJECT) this.#object(name, name)
    else if (token === TOKEN.ARRAY) this.#array(name)
    else {
      this.#name(name)
      if (token === TOKEN.NUMBER) writeNumber(this.#out, this.#tokens, true)
      else this.#out.bytes(this.#tokens.bytes.subarray(this.#tokens.start, this.#tokens.end))
    }
  }

  #leaf(name: string, value: string): void {
    this.#name(name)
    this.#out.text(value)
  }

  #name(name: string): void {
    if (this.#separator) this.#out.byte(0x2c)
    this.#separator = true
    this.#out.text(JSON.stringify(name))
    this.#out.byte(0x3a)
  }
}
