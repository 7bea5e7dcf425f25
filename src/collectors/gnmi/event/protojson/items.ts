/** One message of the input, as text. */
export interface Item {
  /** The line that it begins on, from 1. */
  line: number
  /** Null when it is longer than allowed. */
  bytes: Buffer | null
}

const NEWLINE = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const COMMA = 0x2c

/** A notification with a whole device in it. */
const MAX_ITEM_BYTES = 64 << 20

/**
 * The messages in a stream of JSON: an array of them, one a line, or each over several lines as other tools print them. Only brackets and
 * strings are looked at. What is no message is an item too, up to the end of its line, so that it gets its error; and a message that is
 * cut off ends where the next one begins: at a `{` at the beginning of a line.
 */
export async function* itemsOf(chunks: AsyncIterable<Uint8Array>, maxBytes = MAX_ITEM_BYTES): AsyncGenerator<Item[]> {
  const splitter = new ItemSplitter(maxBytes)
  for await (const chunk of chunks) yield splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
  yield splitter.end()
}

/** Where the splitter stands: between items, in a message, or in text that is none. */
type State = 'between' | 'message' | 'other'

class ItemSplitter {
  readonly #maxBytes: number
  #items: Item[] = []
  #state: State = 'between'
  /** Inside the array around the items. */
  #array = false
  #line = 1
  #lineBegins = true
  /** Of the message under way. */
  #openBrackets = 0
  #string = false
  #escaped = false
  /** Where the item under way began, and what came of it with earlier chunks. */
  #firstLine = 1
  #pieces: Buffer[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer): Item[] {
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.#state !== 'between') {
        const end = this.#endsAt(byte, at)
        if (end >= 0) {
          this.#finish(chunk.subarray(start, end))
          // The byte that ended it may begin the next one, unless it was its last.
          if (end === at && this.#begins(byte)) start = at
        }
      } else if (this.#begins(byte)) start = at
      if (byte === NEWLINE) this.#line++
      this.#lineBegins = byte === NEWLINE
    }
    if (this.#state !== 'between') this.#keep(chunk.subarray(start))
    return this.#take()
  }

  end(): Item[] {
    if (this.#state !== 'between') this.#finish(Buffer.alloc(0))
    return this.#take()
  }

  /** Between items: whether an item begins with this byte. */
  #begins(byte: number): boolean {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === NEWLINE) return false
    if (byte === (this.#array ? CLOSE_BRACKET : OPEN_BRACKET)) {
      this.#array = !this.#array
      return false
    }
    if (this.#array && byte === COMMA) return false
    this.#state = byte === OPEN_BRACE ? 'message' : 'other'
    this.#openBrackets = 1
    this.#firstLine = this.#line
    return true
  }

  /** The index behind the item if this byte at `at` ends it, else -1. */
  #endsAt(byte: number, at: number): number {
    if (this.#state === 'other') return byte === NEWLINE || (this.#array && (byte === COMMA || byte === CLOSE_BRACKET)) ? at : -1
    if (this.#string) {
      this.#inString(byte)
      return -1
    }
    if (byte === QUOTE) this.#string = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (this.#lineBegins && byte === OPEN_BRACE && !this.#array) return at
      this.#openBrackets++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#openBrackets--
    return this.#openBrackets === 0 ? at + 1 : -1
  }

  #inString(byte: number): void {
    // A string cannot hold a newline: it was cut off.
    if (byte === NEWLINE) this.#string = false
    else if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#string = false
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#bytes <= this.#maxBytes) this.#pieces.push(piece)
    else this.#pieces = []
  }

  #finish(piece: Buffer): void {
    this.#keep(piece)
    this.#items.push({ line: this.#firstLine, bytes: this.#bytes > this.#maxBytes ? null : Buffer.concat(this.#pieces) })
    this.#state = 'between'
    this.#pieces = []
    this.#bytes = 0
    this.#string = false
    this.#escaped = false
  }

  #take(): Item[] {
    const items = this.#items
    this.#items = []
    return items
  }
}
