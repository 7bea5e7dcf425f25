import { parseLossless } from './lossless.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c

/** What is wrong with a body, in words that fit after "the answer". */
export class BrokenBody extends Error {
  /** `html`: it begins like a web page; `empty`: there is nothing; `truncated`: it stops early; `malformed`: anything else. */
  readonly kind: 'html' | 'empty' | 'truncated' | 'malformed'

  constructor(kind: BrokenBody['kind'], message: string) {
    super(message)
    this.name = 'BrokenBody'
    this.kind = kind
  }
}

/** One row, or what surrounds the rows, may be so large, bytes. An alert's details hold whole joined tables. */
const LARGEST = 32 * 1024 * 1024

/**
 * Takes the bytes of an answer as they come and gives its rows one by one, so that memory holds one row and not the list. A row is an object
 * that only arrays separate from the envelope: `{"devices":[{…},{…}],"count":2}`, `{"services":[[{…}]]}`, `[{…}]`. The rest is
 * {@link envelope}: `{"devices":[],"count":2}`. Integers beyond 2^53 become text ({@link parseLossless}).
 */
export class RowSplitter {
  /** Containers that are open outside a row: `{` and `[` as bytes. */
  readonly #open: number[] = []
  /** The envelope's bytes so far. */
  readonly #around: Buffer[] = []
  #aroundBytes = 0
  /** Pieces of a row that began in an earlier chunk. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  /** Containers open inside the row; 0 outside. */
  #depth = 0
  #inString = false
  #escaped = false
  #begun = false
  #ended = false
  /** A row stands before this place, so that a comma here separates rows. */
  #afterRow = false
  #rows = 0

  /** Rows given so far. */
  get rows(): number {
    return this.#rows
  }

  /** @throws BrokenBody */
  push(chunk: Buffer): unknown[] {
    const rows: unknown[] = []
    let from = this.#begun ? 0 : this.#begin(chunk)
    if (!this.#begun) return rows
    /** Where the envelope's, or the row's, bytes of this chunk begin. */
    const { length } = chunk
    for (let i = from; i < length; i++) {
      const byte = chunk[i] as number
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
        continue
      }
      if (byte === QUOTE) this.#inString = true
      else if (this.#depth > 0) {
        if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++
        else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --this.#depth === 0) {
          rows.push(this.#row(chunk.subarray(from, i + 1)))
          from = i + 1
        }
      } else if (byte === OPEN_OBJECT && this.#rowMayBegin()) {
        this.#keep(chunk.subarray(from, i))
        from = i
        this.#depth = 1
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        this.#open.push(byte)
        this.#afterRow = false
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        this.#open.pop()
        this.#afterRow = false
        if (this.#open.length === 0) this.#ended = true
      } else if (byte === COMMA && this.#afterRow) {
        this.#keep(chunk.subarray(from, i))
        from = i + 1
      }
    }
    if (this.#depth > 0) this.#piece(chunk.subarray(from))
    else this.#keep(chunk.subarray(from))
    return rows
  }

  /** What is around the rows, once all bytes are there. @throws BrokenBody */
  envelope(): unknown {
    if (!this.#begun) throw new BrokenBody('empty', 'is empty')
    if (!this.#ended) throw new BrokenBody('truncated', `stops in the middle, after ${this.#rows} rows`)
    return parse(Buffer.concat(this.#around), 'what surrounds the rows')
  }

  /** Skips what stands before the first bracket: white space, a byte order mark. @returns where it begins */
  #begin(chunk: Buffer): number {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue
      if (byte === 0x3c) throw new BrokenBody('html', 'is a web page, not JSON')
      if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) throw new BrokenBody('malformed', 'does not begin as JSON does')
      this.#begun = true
      return i
    }
    return chunk.length
  }

  #rowMayBegin(): boolean {
    const { length } = this.#open
    if (length === 0 || this.#open[length - 1] !== OPEN_ARRAY) return false
    for (let i = 1; i < length; i++) if (this.#open[i] !== OPEN_ARRAY) return false
    return true
  }

  #row(last: Buffer): unknown {
    this.#rows++
    this.#afterRow = true
    if (this.#pieces.length === 0) return parse(last, `row ${this.#rows}`)
    const whole = Buffer.concat([...this.#pieces, last])
    this.#pieces = []
    this.#pieceBytes = 0
    return parse(whole, `row ${this.#rows}`)
  }

  #piece(bytes: Buffer): void {
    this.#pieceBytes += bytes.length
    if (this.#pieceBytes > LARGEST) throw new BrokenBody('malformed', `has a row of more than ${LARGEST} bytes`)
    this.#pieces.push(bytes)
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#aroundBytes += bytes.length
    if (this.#aroundBytes > LARGEST) throw new BrokenBody('malformed', `has more than ${LARGEST} bytes that are no rows`)
    // A view would hold the whole chunk of which only the space between two rows is wanted.
    this.#around.push(Buffer.from(bytes))
  }
}

function parse(bytes: Buffer, what: string): unknown {
  try {
    return parseLossless(bytes.toString('utf8'))
  } catch {
    throw new BrokenBody('malformed', `is not JSON in ${what}`)
  }
}
