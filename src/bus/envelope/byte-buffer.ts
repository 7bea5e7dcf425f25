import { isUtf8 } from 'node:buffer'
import { writeUtf8 } from '../utf8.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const INT32 = 2 ** 31
const FEW = 24
const HUNDRED_MILLION = 100_000_000

/** A growing run of bytes to assemble output in: one big write costs far less than many small ones. Reused after {@link clear}. */
export class ByteBuffer {
  readonly #capacity: number
  #bytes: Buffer
  /** Where what was not yet taken begins. */
  #start = 0
  /** Where the next byte goes. */
  #length = 0

  constructor(capacity = 64 * 1024) {
    this.#capacity = capacity
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  get length(): number {
    return this.#length - this.#start
  }

  /** What was written, as a view that is good until the next {@link clear}. */
  view(): Buffer {
    return this.#bytes.subarray(this.#start, this.#length)
  }

  clear(): void {
    this.#length = this.#start
  }

  /** Takes back what was written beyond so many bytes. */
  cut(length: number): void {
    this.#length = Math.min(this.#length, this.#start + length)
  }

  /** What was written, for good: nothing is written over it. Neighbours share their memory, which is cheaper than a copy of each. */
  take(): Buffer {
    const taken = this.view()
    this.#start = this.#length
    // A large one is not to be held by the small ones behind it.
    if (this.#bytes.length > this.#capacity) this.#replace(this.#capacity)
    return taken
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  bytes(source: Uint8Array): void {
    const { length } = source
    this.#reserve(length)
    // A call to set() costs as much as so many bytes.
    if (length > FEW) this.#bytes.set(source, this.#length)
    else for (let i = 0, target = this.#bytes, at = this.#length; i < length; i++) target[at + i] = source[i] as number
    this.#length += length
  }

  /** Text as UTF-8. */
  text(source: string): void {
    this.#reserve(source.length * 3)
    this.#length = writeUtf8(this.#bytes, source, this.#length)
  }

  /** A safe integer in decimal digits. */
  integer(value: number): void {
    if (value < 0) {
      this.text(String(value))
      return
    }
    if (!(value >= INT32)) {
      let digits = 1
      for (let limit = 10; limit <= value; limit *= 10) digits++
      this.padded(value, digits)
      return
    }
    const high = Math.floor(value / HUNDRED_MILLION)
    this.integer(high)
    this.padded(value - high * HUNDRED_MILLION, 8)
  }

  /** An integer of less than 2^31 in so many decimal digits, with zeros in front. */
  padded(value: number, digits: number): void {
    this.#reserve(digits)
    const bytes = this.#bytes
    const start = this.#length
    let rest = value | 0
    for (let at = start + digits - 1; at >= start; at--) {
      const tens = (rest / 10) | 0
      bytes[at] = ZERO + (rest - tens * 10)
      rest = tens
    }
    this.#length = start + digits
  }

  /** Copies `source` from `start` to `end` where that is a plain JSON string, ASCII without escapes; else false, and nothing copied. */
  plainJsonText(source: Buffer, start: number, end: number): boolean {
    if (end - start < 2 || source[start] !== QUOTE || source[end - 1] !== QUOTE) return false
    this.#reserve(end - start)
    const target = this.#bytes
    let at = this.#length
    target[at++] = QUOTE
    for (let from = start + 1; from < end - 1; from++) {
      const byte = source[from] as number
      if (byte < 0x20 || byte > 0x7e || byte === QUOTE || byte === BACKSLASH) return false
      target[at++] = byte
    }
    target[at++] = QUOTE
    this.#length = at
    return true
  }

  /** UTF-8 bytes as a JSON string; false, and nothing written, where they are not UTF-8. */
  jsonText(source: Uint8Array): boolean {
    const { length } = source
    this.#reserve(length + 2)
    const target = this.#bytes
    let at = this.#length
    target[at++] = QUOTE
    for (let i = 0; i < length; i++) {
      const byte = source[i] ?? 0
      if (byte < 0x20 || byte >= 0x7f || byte === QUOTE || byte === BACKSLASH) return this.#escapedText(source)
      target[at++] = byte
    }
    target[at++] = QUOTE
    this.#length = at
    return true
  }

  #escapedText(source: Uint8Array): boolean {
    if (!isUtf8(source)) return false
    this.text(JSON.stringify(Buffer.from(source.buffer, source.byteOffset, source.length).toString()))
    return true
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const needed = this.length + more
    this.#replace(needed > this.#capacity ? Math.max(needed, this.length * 2) : this.#capacity)
  }

  #replace(capacity: number): void {
    const bytes = Buffer.allocUnsafeSlow(capacity)
    this.#bytes.copy(bytes, 0, this.#start, this.#length)
    this.#length -= this.#start
    this.#start = 0
    this.#bytes = bytes
  }
}
