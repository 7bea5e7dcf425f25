import { largeFrame } from '../answer-memory.ts'

/** An answer's length in front of it, bytes. */
const LENGTH = 4
/** Small answers are read here, and the beginning of large ones. */
const SCRATCH = 64 * 1024
/** A claimed length is believed up to here; beyond it memory grows with the bytes that really come. */
const BELIEVED = 16 * 1024 * 1024
/** Frames kept to be used again, at most. */
const SPARES = 4
/** Frames are made in steps of this, so that one fits the next. */
const STEP = 256 * 1024

/** Room behind a frame: whoever reads it in steps looks beyond its end. */
const AHEAD = 64

/** What came is not a Kafka answer, or is larger than it may be. */
export class FrameError extends Error {
  /** `foreign`: no frame of Kafka's at all; `large`: one beyond the limit. */
  readonly kind: 'foreign' | 'large'

  constructor(kind: FrameError['kind'], message: string) {
    super(message)
    this.name = 'FrameError'
    this.kind = kind
  }
}

/**
 * Cuts the bytes of a connection into frames. The socket reads right into the frame that is under way, so what is large is not copied:
 * {@link space} says where to, {@link took} how much came.
 */
export class FrameReader {
  /** Bytes that a frame may have; small until the other side has shown that it speaks Kafka. */
  limit: number
  readonly #onFrame: (frame: Buffer) => void
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH)
  readonly #spares: Buffer[] = []
  /** Bytes in the scratch that belong to no frame yet. */
  #held = 0
  #frame: Buffer | null = null
  #size = 0
  #filled = 0

  /** @param onFrame given each frame without its length; the bytes are the receiver's from then on */
  constructor(limit: number, onFrame: (frame: Buffer) => void) {
    this.limit = limit
    this.#onFrame = onFrame
  }

  /** Where the next bytes go. */
  space(): Buffer {
    return this.#frame ? this.#frame.subarray(this.#filled, Math.min(this.#size, this.#frame.length)) : this.#scratch.subarray(this.#held)
  }

  /** `count` bytes came to where {@link space} said. @throws FrameError */
  took(count: number): void {
    if (!this.#frame) {
      this.#held += count
      this.#cut()
      return
    }
    this.#filled += count
    if (this.#filled === this.#size) this.#finish()
    else if (this.#filled === this.#frame.length) this.#grow()
  }

  /** Bytes that came elsewhere. @throws FrameError */
  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const space = this.space()
      const count = bytes.copy(space, 0, at)
      at += count
      this.took(count)
    }
  }

  /** A frame that nobody looks at any more. */
  recycle(frame: Buffer): void {
    const { byteLength } = frame.buffer
    if (byteLength < STEP || byteLength > BELIEVED) return
    // The one that has not been wanted for longest goes, or small ones would leave no place for what large answers need.
    if (this.#spares.length === SPARES) this.#spares.shift()
    this.#spares.push(largeFrame(frame))
  }

  /** Hands on what is whole in the scratch; what is not begins a frame of its own, or waits for its length. */
  #cut(): void {
    const scratch = this.#scratch
    let at = 0
    while (this.#held - at >= LENGTH) {
      const size = this.#checked(scratch.readInt32BE(at), scratch.subarray(at, this.#held))
      const from = at + LENGTH
      const have = Math.min(size, this.#held - from)
      if (have < size) {
        this.#begin(size)
        scratch.copy(this.#frame as unknown as Buffer, 0, from, this.#held)
        this.#filled = have
        this.#held = 0
        return
      }
      at = from + size
      this.#onFrame(Buffer.from(scratch.subarray(from, at)))
    }
    scratch.copyWithin(0, at, this.#held)
    this.#held -= at
  }

  #checked(size: number, bytes: Buffer): number {
    if (size >= LENGTH && size <= this.limit) return size
    const foreign = strangerOf(bytes)
    if (foreign !== null) throw new FrameError('foreign', foreign)
    if (size < LENGTH) throw new FrameError('foreign', `an answer of ${size} bytes`)
    throw new FrameError('large', `an answer of ${size} bytes, where ${this.limit} are the limit`)
  }

  #begin(size: number): void {
    const wanted = Math.min(size + AHEAD, BELIEVED)
    // The one that was given back last: the processor still has it near.
    const index = this.#spares.findLastIndex((spare) => spare.length >= wanted)
    const [spare] = index < 0 ? [] : this.#spares.splice(index, 1)
    this.#frame = spare ?? Buffer.allocUnsafeSlow(Math.ceil(wanted / STEP) * STEP)
    this.#size = size
    this.#filled = 0
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#size, 2 * this.#filled))
    this.#frame?.copy(larger, 0, 0, this.#filled)
    this.#frame = larger
  }

  #finish(): void {
    const frame = this.#frame as Buffer
    this.#frame = null
    this.#onFrame(frame.subarray(0, this.#size))
  }
}

export const SPEAKS_TLS = 'it speaks TLS'
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16
const TLS_MAJOR = 3

/** Who else it is that answers, as far as the first bytes tell. */
function strangerOf(bytes: Buffer): string | null {
  if ((bytes[0] === TLS_ALERT || bytes[0] === TLS_HANDSHAKE) && bytes[1] === TLS_MAJOR) return SPEAKS_TLS
  const text = bytes.toString('latin1', 0, 80)
  if (/^(HTTP\/|<!doctype|<html)/i.test(text)) return `it speaks HTTP: ${firstLine(text)}`
  if (/^(SSH-|220[ -]|\+OK|\* OK|-ERR)/.test(text)) return `it says: ${firstLine(text)}`
  return null
}

/** What a stranger says goes into a message: one line, nothing that moves a terminal's cursor. */
function firstLine(text: string): string {
  return (text.split(/[\r\n]/)[0] ?? '').replace(/[^\x20-\x7e]/g, '?')
}
