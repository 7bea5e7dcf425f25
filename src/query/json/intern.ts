import type { Slots } from './slots.ts'

/** Longer texts are not kept: they seldom repeat, and 64 bytes hold a UUID and every device name. */
const MAX_BYTES = 64
/** Entries that share a bucket. */
const WAYS = 4

/**
 * Texts by their bytes: a stream repeats its few thousand device names for as long as it lives, and to make a string anew each time costs more than
 * all the rest of reading a record. A text that comes again is the same string, so that a Map finds it by its pointer. Memory is bounded whatever
 * comes: a bucket holds four, and a fifth takes the place of the one that came in first.
 */
export class InternTable {
  readonly #mask: number
  readonly #texts: Array<string | undefined>
  readonly #hashes: Int32Array
  readonly #lengths: Uint8Array
  /** The bytes of each text, MAX_BYTES apart. */
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** Which of a bucket goes next. */
  readonly #turn: Uint8Array

  /** @param capacity most texts kept, a power of two; some 100 bytes each */
  constructor(capacity = 8_192) {
    if (capacity < WAYS || (capacity & (capacity - 1)) !== 0)
      throw new RangeError(`capacity ${capacity} is not a power of two from ${WAYS}`)
    this.#mask = capacity / WAYS - 1
    this.#texts = new Array<string | undefined>(capacity).fill(undefined)
    this.#hashes = new Int32Array(capacity)
    this.#lengths = new Uint8Array(capacity)
    this.#bytes = new Uint8Array(capacity * MAX_BYTES)
    this.#view = new DataView(this.#bytes.buffer)
    this.#turn = new Uint8Array(capacity / WAYS)
  }

  /** @param make the text when it is not known; bytes that are the same must make the same text */
  get(s: Slots, start: number, end: number, make: (s: Slots, start: number, end: number) => string): string {
    const length = end - start
    if (length > MAX_BYTES) return make(s, start, end)
    const { view } = s
    let hash = length
    let p = start
    for (; p + 4 <= end; p += 4) {
      hash = Math.imul(hash ^ view.getInt32(p, true), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    hash = Math.imul(hash ^ leftOver(s.u8, p, end), 0x85ebca6b)
    hash ^= hash >>> 13
    const bucket = (hash & this.#mask) * WAYS
    for (let at = bucket; at < bucket + WAYS; at++) {
      if (this.#hashes[at] === hash && this.#lengths[at] === length && this.#isEqual(at, s, start, end)) {
        const text = this.#texts[at]
        if (text !== undefined) return text
      }
    }
    return this.#add(bucket, hash, s, start, end, make(s, start, end))
  }

  #isEqual(at: number, s: Slots, start: number, end: number): boolean {
    let q = at * MAX_BYTES
    let p = start
    for (; p + 4 <= end; p += 4, q += 4) if (this.#view.getInt32(q, true) !== s.view.getInt32(p, true)) return false
    for (; p < end; p++, q++) if (this.#bytes[q] !== s.u8[p]) return false
    return true
  }

  #add(bucket: number, hash: number, s: Slots, start: number, end: number, text: string): string {
    const turn = this.#turn[bucket / WAYS] as number
    this.#turn[bucket / WAYS] = (turn + 1) % WAYS
    const at = bucket + turn
    this.#hashes[at] = hash
    this.#lengths[at] = end - start
    this.#bytes.set(s.u8.subarray(start, end), at * MAX_BYTES)
    this.#texts[at] = text
    return text
  }
}

/** The last bytes, fewer than four, as a word. */
function leftOver(u8: Uint8Array, start: number, end: number): number {
  let word = 0
  for (let p = start; p < end; p++) word = (word << 8) | (u8[p] as number)
  return word
}
