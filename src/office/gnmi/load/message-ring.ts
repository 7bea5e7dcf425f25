import type { PayloadOptions } from './counters.ts'
import { type Patches, timestampBytes, writeDigits, writeSequence } from './patch.ts'

/** Encoded messages in gRPC's framing, of one target, for all its streams. */
export interface Frames {
  frames: readonly Buffer[]
  patches: readonly Patches[]
}

/** Messages laid out one after the other, to be sent in as few pieces as wanted. */
interface Chunk {
  bytes: Buffer
  /** Where each message starts, and the end. */
  starts: number[]
  /** Which of the frames each is. */
  frames: number[]
  /** Pieces that HTTP/2 has not let go yet. */
  inFlight: number
}

export interface Piece {
  bytes: Buffer
  messages: number
  /** To be called when nobody holds the bytes any more. */
  release(): void
}

/**
 * The endless series of a stream's messages, the frames over and over, ready to be written in pieces of up to `chunkBytes`. Numbers that
 * change are written over in place, in two or more chunks that take turns, so that nothing is encoded or copied while it runs.
 */
export class MessageRing {
  readonly #source: Frames
  readonly #options: PayloadOptions
  readonly #chunks: Chunk[]
  #chunk = 0
  #message = 0
  #sequence: number

  /** @param first number of the first message */
  constructor(source: Frames, options: PayloadOptions, chunkBytes: number, first = 0) {
    this.#sequence = first
    this.#source = source
    this.#options = options
    this.#chunks = layOut(source.frames, chunkBytes)
  }

  /**
   * The next messages, at most `most`, as one piece; undefined while all that could carry them is in flight.
   * @param now ms since the epoch, for the timestamps
   */
  take(most: number, now: number): Piece | undefined {
    const chunk = this.#chunks[this.#chunk] as Chunk
    if (this.#message === 0 && chunk.inFlight > 0) return undefined
    const first = this.#message
    const last = Math.min(first + most, chunk.frames.length)
    this.#patch(chunk, first, last, now)
    this.#sequence += last - first
    this.#message = last
    if (last === chunk.frames.length) {
      this.#chunk = (this.#chunk + 1) % this.#chunks.length
      this.#message = 0
    }
    chunk.inFlight++
    return {
      bytes: chunk.bytes.subarray(chunk.starts[first], chunk.starts[last]),
      messages: last - first,
      release: () => {
        chunk.inFlight--
      },
    }
  }

  #patch(chunk: Chunk, first: number, last: number, now: number): void {
    const { sequence, timestamps, kind } = this.#options
    if (!sequence && !timestamps) return
    const time = timestamps ? timestampBytes(now) : undefined
    const write = kind === 'uint' ? writeSequence : writeDigits
    for (let i = first; i < last; i++) {
      const start = chunk.starts[i] as number
      const { timestamp, values } = this.#source.patches[chunk.frames[i] as number] as Patches
      time?.copy(chunk.bytes, start + timestamp)
      for (const at of values) write(chunk.bytes, start + at, this.#sequence + i - first)
    }
  }
}

/** Whole rounds of the frames, so many that there are two chunks at least; none larger than asked unless a single message is. */
function layOut(frames: readonly Buffer[], chunkBytes: number): Chunk[] {
  const chunks: Chunk[] = []
  let current: number[] = []
  let size = 0
  const close = () => {
    if (current.length > 0) chunks.push(chunkOf(frames, current))
    current = []
    size = 0
  }
  const round = frames.reduce((sum, { length }) => sum + length, 0)
  const rounds = Math.max(1, Math.floor(chunkBytes / round)) * 2
  for (let i = 0; i < rounds * frames.length; i++) {
    const { length } = frames[i % frames.length] as Buffer
    if (size + length > chunkBytes) close()
    current.push(i % frames.length)
    size += length
  }
  close()
  if (chunks.length === 1) chunks.push(chunkOf(frames, chunks[0]?.frames ?? []))
  return chunks
}

function chunkOf(frames: readonly Buffer[], order: readonly number[]): Chunk {
  const starts = [0]
  for (const frame of order) starts.push((starts.at(-1) ?? 0) + (frames[frame]?.length ?? 0))
  return { bytes: Buffer.concat(order.map((frame) => frames[frame] as Buffer)), starts, frames: [...order], inFlight: 0 }
}
