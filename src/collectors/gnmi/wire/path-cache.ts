import { readPath, type WirePath } from './wire-path.ts'

export interface PathCacheOptions {
  /** Most paths kept, a power of two; default 65,536. Paths of one network are some thousands, at some 600 bytes each. */
  capacity?: number
  /** A Path message of more bytes is decoded each time; default 512. */
  maxBytes?: number
}

interface Entry {
  hash: number
  /** The Path message, a copy. */
  encoded: Uint8Array
  path: WirePath
}

/** Entries that share a hash bucket. */
const WAYS = 4

/**
 * Paths by the bytes of their message: a target repeats the same few for as long as the stream lives, and to decode them is most of the
 * work of a naive decoder. Memory is bounded whatever is sent, and so is the time of a look-up: a bucket holds four, in order of use, and
 * a fifth pushes out the last.
 */
export class PathCache {
  readonly #mask: number
  readonly #maxBytes: number
  readonly #entries: Array<Entry | undefined>

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
    const hash = hashOf(bytes, start, end)
    const bucket = (hash & this.#mask) * WAYS
    const entries = this.#entries
    for (let at = bucket; at < bucket + WAYS; at++) {
      const entry = entries[at]
      if (entry === undefined) break
      if (entry.hash !== hash || !equal(entry.encoded, bytes, start, end)) continue
      if (at > bucket) {
        entries[at] = entries[at - 1]
        entries[at - 1] = entry
      }
      return entry.path
    }
    return this.#add(bucket, hash, bytes, start, end)
  }

  #add(bucket: number, hash: number, bytes: Buffer, start: number, end: number): WirePath {
    const path = readPath(bytes, start, end)
    const encoded = Uint8Array.from(bytes.subarray(start, end))
    const entries = this.#entries
    let at = bucket
    while (at < bucket + WAYS - 1 && entries[at] !== undefined) at++
    entries[at] = { hash, encoded, path }
    return path
  }
}

/** Four bytes at a time, mixed as in MurmurHash3. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ Math.imul(word, 0xcc9e2d51), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function equal(encoded: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (encoded.length !== end - start) return false
  for (let i = 0; i < encoded.length; i++) if (encoded[i] !== bytes[start + i]) return false
  return true
}
