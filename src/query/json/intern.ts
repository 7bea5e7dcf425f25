import type { Slots } from './slots.ts'

/** Longer texts are not kept: they seldom repeat, and 64 bytes hold a UUID and every device name. */
const MAX_BYTES = 64
/** Shorter ones than a word are quickly made. */
const MIN_BYTES = 4
const FIRST_CAPACITY = 256
/** Look-ups after which a table says whether it was worth it, and for how many it then stands aside. */
const TRIAL = 16_384
const REST = 262_144

/**
 * The texts of one field by their bytes: a stream repeats its few thousand device names for as long as it lives, and to make a string anew each time
 * costs more than all the rest of reading a record. A text that comes again is the same string, so that a Map finds it by its pointer, and it has a
 * small number by which an array finds it.
 *
 * Memory is bounded whatever comes: a table that is full begins anew, and one whose texts do not repeat stands aside for a while. Bytes are packed one
 * behind the other, so that what is in use stays in the processor's cache.
 */
export class InternTable {
  readonly #most: number
  #texts: string[] = []
  /** Of each text: where its bytes begin, and how many there are. */
  #places = new Int32Array(2 * FIRST_CAPACITY)
  /** Open addressing, twice as many places as texts: the hash, and the text's number plus 1. */
  #slots = new Int32Array(4 * FIRST_CAPACITY)
  #bytes = new Uint8Array(16 * FIRST_CAPACITY)
  #view = new DataView(this.#bytes.buffer)
  #used = 0
  #lookups = 0
  #made = 0
  #rest = 0
  #generation = 0

  /** @param most texts kept, a power of two; some 100 bytes each */
  constructor(most = 16_384) {
    if (most < FIRST_CAPACITY || (most & (most - 1)) !== 0) throw new RangeError(`${most} is not a power of two from ${FIRST_CAPACITY}`)
    this.#most = most
  }

  /** How often the table began anew: numbers from before mean nothing now. */
  get generation(): number {
    return this.#generation
  }

  /** The text of a number that {@link find} gave in this generation. */
  text(number: number): string {
    return this.#texts[number] as string
  }

  /**
   * The number of the text that stands there: 0, 1, 2, … as they came. -1 where it is not kept.
   * @param make the text, when it is not known; the same bytes must make the same text
   */
  find(s: Slots, start: number, end: number, make: (s: Slots, start: number, end: number) => string): number {
    const length = end - start
    if (length > MAX_BYTES || length < MIN_BYTES) return -1
    if (this.#rest > 0) {
      this.#rest--
      return -1
    }
    const { view } = s
    const last = end - 4
    let hash = length
    for (let p = start; p < last; p += 4) {
      hash = Math.imul(hash ^ view.getInt32(p, true), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    // The last four bytes, some of them for the second time.
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x85ebca6b)
    hash ^= hash >>> 13
    const slots = this.#slots
    const mask = slots.length - 2
    this.#lookups++
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const number = (slots[at + 1] as number) - 1
      if (number < 0) break
      if (slots[at] !== hash || this.#places[2 * number + 1] !== length) continue
      if (isEqual(this.#view, this.#places[2 * number] as number, view, start, last)) return number
    }
    return this.#add(hash, s, start, end, make(s, start, end))
  }

  #add(hash: number, s: Slots, start: number, end: number, text: string): number {
    this.#made++
    if (this.#lookups > TRIAL) {
      // Fewer than half were found: what comes does not repeat.
      if (this.#made * 2 > this.#lookups) this.#standAside()
      this.#lookups = 0
      this.#made = 0
      if (this.#rest > 0) return -1
    }
    if (this.#texts.length === this.#most) this.#clear()
    else if (4 * this.#texts.length === this.#slots.length) this.#grow()
    const number = this.#texts.length
    this.#texts.push(text)
    this.#place(hash, number)
    this.#places[2 * number] = this.#used
    this.#places[2 * number + 1] = end - start
    this.#keepBytes(s, start, end)
    return number
  }

  #place(hash: number, number: number): void {
    const mask = this.#slots.length - 2
    let at = (hash << 1) & mask
    while (this.#slots[at + 1] !== 0) at = (at + 2) & mask
    this.#slots[at] = hash
    this.#slots[at + 1] = number + 1
  }

  #keepBytes(s: Slots, start: number, end: number): void {
    if (this.#used + end - start > this.#bytes.length) {
      const bytes = new Uint8Array(2 * this.#bytes.length)
      bytes.set(this.#bytes)
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer)
    }
    this.#bytes.set(s.u8.subarray(start, end), this.#used)
    this.#used += end - start
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new Int32Array(2 * before.length)
    const places = new Int32Array(2 * this.#places.length)
    places.set(this.#places)
    this.#places = places
    for (let at = 0; at < before.length; at += 2) {
      const number = (before[at + 1] as number) - 1
      if (number >= 0) this.#place(before[at] as number, number)
    }
  }

  #standAside(): void {
    this.#clear()
    this.#rest = REST
  }

  #clear(): void {
    this.#texts = []
    this.#slots.fill(0)
    this.#used = 0
    this.#generation++
  }
}

/** The bytes from `start` to four behind `last` are those kept at `kept`. */
function isEqual(ours: DataView, kept: number, view: DataView, start: number, last: number): boolean {
  let q = kept
  for (let p = start; p < last; p += 4, q += 4) if (ours.getInt32(q, true) !== view.getInt32(p, true)) return false
  return ours.getInt32(kept + last - start, true) === view.getInt32(last, true)
}
