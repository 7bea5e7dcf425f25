/** What gRPC puts before each message: a byte that says whether it is compressed, and its length (gRPC over HTTP/2, Length-Prefixed-Message). */
const PREFIX = 5

/** Cuts the body of a gRPC response into its messages. A message that lies whole in what came is a view of it, not a copy. */
export class MessageFrames {
  readonly #limit: number
  readonly #message: (bytes: Buffer, compressed: boolean) => void
  readonly #tooLarge: (bytes: number) => void
  /** The beginning of a message that has not come whole. */
  #pieces: Buffer[] = []
  #pieceBytes = 0
  /** Bytes of that message with its prefix; 0 while not even that is known. */
  #wanted = 0
  #broken = false

  /** @param limit largest message, bytes; of one above it only `tooLarge` is told, and of what follows nothing */
  constructor(limit: number, message: (bytes: Buffer, compressed: boolean) => void, tooLarge: (bytes: number) => void) {
    this.#limit = limit
    this.#message = message
    this.#tooLarge = tooLarge
  }

  push(chunk: Buffer): void {
    if (this.#broken) return
    let bytes = chunk
    if (this.#pieceBytes > 0) {
      this.#pieces.push(chunk)
      this.#pieceBytes += chunk.length
      // Of a large message in many pieces, all are put together once.
      if (this.#pieceBytes < Math.max(this.#wanted, PREFIX)) return
      bytes = Buffer.concat(this.#pieces, this.#pieceBytes)
      this.#pieces = []
      this.#pieceBytes = 0
      this.#wanted = 0
    }
    this.#cut(bytes)
  }

  #cut(bytes: Buffer): void {
    const { length } = bytes
    let at = 0
    while (length - at >= PREFIX) {
      const size = bytes.readUInt32BE(at + 1)
      if (size > this.#limit) {
        this.#broken = true
        this.#tooLarge(size)
        return
      }
      const end = at + PREFIX + size
      if (end > length) {
        this.#wanted = PREFIX + size
        break
      }
      this.#message(bytes.subarray(at + PREFIX, end), bytes[at] === 1)
      at = end
    }
    if (at < length) {
      this.#pieces = [at === 0 ? bytes : bytes.subarray(at)]
      this.#pieceBytes = length - at
    }
  }
}
