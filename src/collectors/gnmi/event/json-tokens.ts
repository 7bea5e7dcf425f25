/** What JsonTokens.next gives. Commas and colons stand between the tokens and are never seen. */
export const TOKEN = {
  /** Behind the last token. */
  END: 0,
  /** Not JSON (RFC 8259), or nested more than 512 deep; then every further token is this. */
  INVALID: 1,
  OBJECT: 2,
  OBJECT_END: 3,
  ARRAY: 4,
  ARRAY_END: 5,
  /** The name of a member, with its quotes. */
  KEY: 6,
  STRING: 7,
  NUMBER: 8,
  TRUE: 9,
  FALSE: 10,
  NULL: 11,
} as const

export type Token = (typeof TOKEN)[keyof typeof TOKEN]

const MAX_DEPTH = 512

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const END_OF_TEXT = -1

/** What may come next. */
const EXPECT = { VALUE: 0, VALUE_OR_CLOSE: 1, KEY: 2, KEY_OR_CLOSE: 3, COMMA_OR_CLOSE: 4, COLON: 5, NOTHING: 6, INVALID: 7 } as const

const LITERALS: ReadonlyMap<number, readonly [token: Token, text: Buffer]> = new Map([
  [0x74, [TOKEN.TRUE, Buffer.from('true')]],
  [0x66, [TOKEN.FALSE, Buffer.from('false')]],
  [0x6e, [TOKEN.NULL, Buffer.from('null')]],
])

/** One character after a backslash; of `u` the four digits follow. */
const ESCAPABLE: ReadonlySet<number | undefined> = new Set(Buffer.from('"\\/bfnrtu'))

/**
 * The tokens of JSON text, straight from its bytes, which must be UTF-8. Nothing is built: numbers stay as they were written, and a value
 * costs little more than a look at each byte.
 */
export class JsonTokens {
  readonly bytes: Buffer
  /** Where the last token stands. */
  start = 0
  end = 0
  /** There was white space so far. */
  spaced = false
  #pos: number
  readonly #limit: number
  /** The open containers, outermost first: true is an object. */
  readonly #containers: boolean[] = []
  #expect: (typeof EXPECT)[keyof typeof EXPECT] = EXPECT.VALUE

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes
    this.#pos = start
    this.#limit = end
  }

  next(): Token {
    let byte = this.#here()
    if (this.#expect === EXPECT.COLON) {
      if (byte !== COLON) return this.#invalid()
      byte = this.#after(EXPECT.VALUE)
    } else if (this.#expect === EXPECT.COMMA_OR_CLOSE) {
      if (byte !== COMMA) return this.#close(byte)
      byte = this.#after(this.#containers.at(-1) ? EXPECT.KEY : EXPECT.VALUE)
    }
    this.start = this.#pos
    switch (this.#expect) {
      case EXPECT.VALUE:
        return this.#value(byte)
      case EXPECT.VALUE_OR_CLOSE:
        return byte === 0x5d ? this.#close(byte) : this.#value(byte)
      case EXPECT.KEY:
        return this.#key(byte)
      case EXPECT.KEY_OR_CLOSE:
        return byte === QUOTE ? this.#key(byte) : this.#close(byte)
      default:
        return this.#expect === EXPECT.NOTHING && byte === END_OF_TEXT ? TOKEN.END : this.#invalid()
    }
  }

  /** The text of the KEY or STRING just read. */
  text(): string {
    const text = this.bytes.toString('utf8', this.start, this.end)
    return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
  }

  /** The next byte that is not white space. */
  #here(): number {
    const { bytes } = this
    for (; this.#pos < this.#limit; this.#pos++) {
      const byte = bytes[this.#pos] as number
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
      this.spaced = true
    }
    return END_OF_TEXT
  }

  /** Past a comma or a colon. */
  #after(expect: (typeof EXPECT)[keyof typeof EXPECT]): number {
    this.#pos++
    this.#expect = expect
    return this.#here()
  }

  #key(byte: number): Token {
    if (byte !== QUOTE || !this.#string()) return this.#invalid()
    this.#expect = EXPECT.COLON
    return TOKEN.KEY
  }

  #value(byte: number): Token {
    if (byte === QUOTE) return this.#string() ? this.#scalar(TOKEN.STRING) : this.#invalid()
    if (byte === 0x7b) return this.#open(true)
    if (byte === 0x5b) return this.#open(false)
    const literal = LITERALS.get(byte)
    if (!literal) return this.#number(byte) ? this.#scalar(TOKEN.NUMBER) : this.#invalid()
    const [token, text] = literal
    this.end = this.#pos + text.length
    if (this.end > this.#limit || text.compare(this.bytes, this.#pos, this.end) !== 0) return this.#invalid()
    return this.#scalar(token)
  }

  #scalar(token: Token): Token {
    this.#pos = this.end
    this.#expect = this.#containers.length > 0 ? EXPECT.COMMA_OR_CLOSE : EXPECT.NOTHING
    return token
  }

  #open(object: boolean): Token {
    if (this.#containers.length === MAX_DEPTH) return this.#invalid()
    this.#containers.push(object)
    this.end = ++this.#pos
    this.#expect = object ? EXPECT.KEY_OR_CLOSE : EXPECT.VALUE_OR_CLOSE
    return object ? TOKEN.OBJECT : TOKEN.ARRAY
  }

  #close(byte: number): Token {
    const object = this.#containers.pop()
    if (object === undefined || byte !== (object ? 0x7d : 0x5d)) return this.#invalid()
    this.start = this.#pos
    this.end = this.#pos + 1
    return this.#scalar(object ? TOKEN.OBJECT_END : TOKEN.ARRAY_END)
  }

  /** From a quote at `start` to the one that ends it. */
  #string(): boolean {
    const { bytes } = this
    for (let at = this.start + 1; at < this.#limit; at++) {
      const byte = bytes[at] as number
      if (byte === QUOTE) {
        this.end = at + 1
        this.#pos = at + 1
        return true
      }
      if (byte < 0x20) return false
      if (byte !== BACKSLASH) continue
      at++
      if (at >= this.#limit || !ESCAPABLE.has(bytes[at])) return false
      if (bytes[at] !== 0x75) continue
      if (at + 4 >= this.#limit || !/^[0-9a-f]{4}$/i.test(bytes.toString('latin1', at + 1, at + 5))) return false
      at += 4
    }
    return false
  }

  /** `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?` */
  #number(first: number): boolean {
    let at = this.start
    if (first === 0x2d) at++
    const zero = this.bytes[at] === 0x30
    const whole = this.#digits(at)
    if (whole === at || (zero && whole > at + 1)) return false
    at = whole
    if (at < this.#limit && this.bytes[at] === 0x2e) {
      const fraction = this.#digits(at + 1)
      if (fraction === at + 1) return false
      at = fraction
    }
    if (at < this.#limit && ((this.bytes[at] as number) | 0x20) === 0x65) {
      const sign = this.bytes[at + 1]
      const from = sign === 0x2b || sign === 0x2d ? at + 2 : at + 1
      const exponent = this.#digits(from)
      if (exponent === from) return false
      at = exponent
    }
    this.end = at
    return true
  }

  /** The end of the digits from `at` on. */
  #digits(at: number): number {
    let end = at
    while (end < this.#limit && (this.bytes[end] as number) >= 0x30 && (this.bytes[end] as number) <= 0x39) end++
    return end
  }

  #invalid(): Token {
    this.#expect = EXPECT.INVALID
    return TOKEN.INVALID
  }
}
