/** One line of input: its number from 1, and its text; null when it is longer than allowed. */
export interface Line {
  number: number
  text: string | null
}

const NEWLINE = 0x0a

/**
 * The lines of a byte stream (UTF-8), as many at once as have arrived: a call per chunk, not per line. The last one needs no newline.
 * @param maxBytes a longer line is passed over and comes as null, so that input without newlines cannot fill the memory
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes = 1 << 20): AsyncGenerator<Line[]> {
  let number = 0
  let rest = new PartialLine(maxBytes)
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(NEWLINE)
    if (last < 0) {
      rest.add(chunk)
      continue
    }
    const first = chunk.indexOf(NEWLINE)
    rest.add(chunk.subarray(0, first))
    const texts = [rest.text()]
    if (last > first) {
      const whole = textOf(chunk.subarray(first + 1, last)).split('\n')
      for (const text of whole) texts.push(fits(text, maxBytes) ? text : null)
    }
    rest = new PartialLine(maxBytes)
    rest.add(chunk.subarray(last + 1))
    yield texts.map((text) => ({ number: ++number, text }))
  }
  if (rest.bytes > 0) yield [{ number: number + 1, text: rest.text() }]
}

/** Characters are three bytes at most in UTF-8 (four are two characters), so most lines need no second look. */
const fits = (text: string, maxBytes: number) => text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes

const textOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')

/** A line whose end has not arrived. */
class PartialLine {
  bytes = 0
  readonly #maxBytes: number
  #pieces: Uint8Array[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(piece: Uint8Array): void {
    this.bytes += piece.length
    if (this.bytes > this.#maxBytes) this.#pieces = []
    else if (piece.length > 0) this.#pieces.push(piece)
  }

  text(): string | null {
    return this.bytes > this.#maxBytes ? null : textOf(Buffer.concat(this.#pieces))
  }
}
