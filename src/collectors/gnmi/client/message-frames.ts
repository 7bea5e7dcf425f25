/** What gRPC puts before each message: a byte that says whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message). */
export const PREFIX = 5

/** Bytes of the message whose prefix is at `at`. */
export const sizeAt = (bytes: Buffer, at: number) => bytes.readUInt32BE(at + 1)

/** A message with its prefix. */
export function framed(message: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(PREFIX + message.length)
  whole[0] = 0
  whole.writeUInt32BE(message.length, 1)
  whole.set(message, PREFIX)
  return whole
}

export interface FrameListener {
  /** Whole messages that are not compressed, each with its prefix, one behind the other: a view of what came, not a copy. At least one. */
  messages(bytes: Buffer, count: number): void
  /** A compressed message, without its prefix. */
  compressed(bytes: Buffer): void
  /** A message of so many bytes is above the limit; of what follows nothing is told. */
  tooLarge(bytes: number): void
}

/**
 * Cuts the body of a gRPC response where messages end. What came together is handed over as it came: an object for each small message would
 * cost more than to read it.
 */
export class MessageFrames {
  readonly #limit: number
  readonly #listener: FrameListener
  /** The beginning of a message that has not come whole. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  /** Bytes of that message with its prefix; of the prefix alone while that is not known. */
  #wanted = PREFIX
  #broken = false

  /** @param limit largest message, bytes */
  constructor(limit: number, listener: FrameListener) {
    this.#limit = limit
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    let at = 0
    while (this.#pieceBytes > 0 && !this.#broken) {
      const missing = this.#wanted - this.#pieceBytes
      if (chunk.length - at < missing) {
        this.#keep(at === 0 ? chunk : chunk.subarray(at))
        return
      }
      this.#complete(chunk.subarray(at, at + missing))
      at += missing
    }
    if (!this.#broken) this.#cut(chunk, at)
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#pieceBytes += piece.length
  }

  /** What was wanted has come: a prefix, and the rest of its message is next; or that. All pieces of a large one are put together once. */
  #complete(rest: Buffer): void {
    this.#keep(rest)
    const bytes = Buffer.concat(this.#pieces, this.#pieceBytes)
    this.#pieces = []
    this.#pieceBytes = 0
    this.#wanted = PREFIX
    this.#cut(bytes, 0)
  }

  #cut(bytes: Buffer, start: number): void {
    const { length } = bytes
    let from = start
    let at = start
    let count = 0
    while (length - at >= PREFIX) {
      const size = sizeAt(bytes, at)
      if (size > this.#limit) {
        this.#broken = true
        this.#hand(bytes, from, at, count)
        this.#listener.tooLarge(size)
        return
      }
      const end = at + PREFIX + size
      if (end > length) {
        this.#wanted = PREFIX + size
        break
      }
      if (bytes[at] === 1) {
        this.#hand(bytes, from, at, count)
        this.#listener.compressed(bytes.subarray(at + PREFIX, end))
        from = end
        count = 0
      } else count++
      at = end
    }
    this.#hand(bytes, from, at, count)
    this.#keep(at === 0 ? bytes : bytes.subarray(at))
  }

  #hand(bytes: Buffer, from: number, to: number, count: number): void {
    if (count > 0) this.#listener.messages(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), count)
  }
}
