import { readPath, type WirePath } from './wire-path.ts'

export interface PathCacheOptions {
  /** Most paths kept, a power of two; default 65,536. Paths of one network are some thousands, at some 600 bytes each. */
  capacity?: number
  /** A Path message of more bytes is decoded each time; default 512. */
  maxBytes?: number
}

interface Entry {
  hash: number
  /** The Path message, a copy: four bytes to the word, and the bytes left over as the last. */
  words: Int32Array
  length: number
  path: WirePath
  /** Where the one was that came after it. */
  next: number
}

/** Entries that share a hash bucket. */
const WAYS = 4

/**
 * Paths by the bytes of their message: a target repeats the same few for as long as the stream lives, and to decode them is most of the
 * work of a naive decoder. Memory is bounded whatever is sent, and so is the time of a look-up: a bucket holds four, in order of use, and
 * a fifth pushes out the last. Before any look-up it is tried whether the path is the one that followed the path before the last time too: a
 * target says what it has in the same order again and again.
 */
export class PathCache {
  readonly #mask: number
  readonly #maxBytes: number
  readonly #entries: Array<Entry | undefined>
  /** Where the latest are: of the prefixes, and of the paths. */
  #prefixAt = 0
  #pathAt = 0
  /** The message looked at last, and a view to read it by the word. */
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor({ capacity = 1 << 16, maxBytes = 512 }: PathCacheOptions = {}) {
    if (capacity < WAYS || (capacity & (capacity - 1)) !== 0)
      throw new RangeError(`capacity ${capacity} is not a power of two from ${WAYS}`)
    this.#mask = capacity / WAYS - 1
    this.#maxBytes = maxBytes
    this.#entries = new Array<Entry | undefined>(capacity).fill(undefined)
  }

  /** The path of a Path message. Throws Malformed. */
  get(bytes: Buffer, start: number, end: number): WirePath {
    if (end - start > this.#maxBytes) return readPath(bytes, start, end)
    this.#pathAt = this.#after(this.#pathAt, bytes, start, end)
    return (this.#entries[this.#pathAt] as Entry).path
  }

  /** The same for the prefix of a notification: between the paths it would be in the way of their order. */
  prefix(bytes: Buffer, start: number, end: number): WirePath {
    if (end - start > this.#maxBytes) return readPath(bytes, start, end)
    this.#prefixAt = this.#after(this.#prefixAt, bytes, start, end)
    return (this.#entries[this.#prefixAt] as Entry).path
  }

  /** Where the entry of the message is, which comes after the one at `last`. */
  #after(last: number, bytes: Buffer, start: number, end: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    const before = this.#entries[last]
    if (before) {
      const { next } = before
      const guess = this.#entries[next]
      // The last of a bucket is looked up, and moves up by it, lest it be pushed out though it is used.
      if (guess && next % WAYS !== WAYS - 1 && isEqual(guess, this.#view, start, end)) return next
    }
    const at = this.#find(bytes, start, end)
    if (before) before.next = at
    return at
  }

  #find(bytes: Buffer, start: number, end: number): number {
    const hash = hashOf(this.#view, start, end)
    const bucket = (hash & this.#mask) * WAYS
    const entries = this.#entries
    for (let at = bucket; at < bucket + WAYS; at++) {
      const entry = entries[at]
      if (entry === undefined) break
      if (entry.hash !== hash || !isEqual(entry, this.#view, start, end)) continue
      if (at === bucket) return at
      entries[at] = entries[at - 1]
      entries[at - 1] = entry
      return at - 1
    }
    return this.#add(bucket, hash, bytes, start, end)
  }

  #add(bucket: number, hash: number, bytes: Buffer, start: number, end: number): number {
    const path = readPath(bytes, start, end)
    const entries = this.#entries
    let at = bucket
    while (at < bucket + WAYS - 1 && entries[at] !== undefined) at++
    entries[at] = { hash, words: wordsOf(this.#view, start, end), length: end - start, path, next: at }
    return at
  }
}

let ofTheProcess: PathCache | undefined

/** The cache that all decoders share unless they are given one: targets speak of the same paths. */
export function sharedPaths(): PathCache {
  ofTheProcess ??= new PathCache()
  return ofTheProcess
}

/** Word by word, mixed as in MurmurHash3. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ Math.imul(view.getInt32(at, true), 0xcc9e2d51), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ leftOver(view, at, end), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function isEqual({ words, length }: Entry, view: DataView, start: number, end: number): boolean {
  if (length !== end - start) return false
  let at = start
  let i = 0
  for (; at + 4 <= end; at += 4) if (words[i++] !== view.getInt32(at, true)) return false
  return words[i] === leftOver(view, at, end)
}

function wordsOf(view: DataView, start: number, end: number): Int32Array {
  const words = new Int32Array(((end - start) >> 2) + 1)
  let at = start
  let i = 0
  for (; at + 4 <= end; at += 4) words[i++] = view.getInt32(at, true)
  words[i] = leftOver(view, at, end)
  return words
}

/** The last bytes, fewer than four, as a word. */
function leftOver(view: DataView, start: number, end: number): number {
  let word = 0
  for (let at = start; at < end; at++) word = (word << 8) | view.getUint8(at)
  return word
}
