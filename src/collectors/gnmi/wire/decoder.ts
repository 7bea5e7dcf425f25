import { checkMessage, EXTENSION, LEAF } from './check.ts'
import { Malformed } from './malformed.ts'
import { type PathCache, sharedPaths } from './path-cache.ts'
import { SubscribeResponse, type UpdateSlot } from './response.ts'
import { readUpdateInPieces, UPDATE, UPDATE_DEPTH } from './update-in-pieces.ts'
import { readValue } from './value.ts'
import { readPath, type WirePath } from './wire-path.ts'
import { LEN, VARINT, WireReader } from './wire-reader.ts'

export interface DecoderOptions {
  /** Default: one for the process. */
  paths?: PathCache
  /** Most updates and deletes in one message; default 4 million. Empty ones are two bytes each, and take a hundred here. */
  maxEntries?: number
}

/** Tags: field number and wire type. A known field with another wire type is an unknown one, as protobuf has it. */
const RESPONSE = { update: (1 << 3) | LEN, sync: (3 << 3) | VARINT, error: (4 << 3) | LEN, extension: (5 << 3) | LEN } as const
const NOTIFICATION = {
  timestamp: (1 << 3) | VARINT,
  prefix: (2 << 3) | LEN,
  update: (4 << 3) | LEN,
  delete: (5 << 3) | LEN,
  atomic: (6 << 3) | VARINT,
} as const
const ERROR = { code: (1 << 3) | VARINT, message: (2 << 3) | LEN, data: (3 << 3) | LEN } as const

/**
 * Decodes SubscribeResponse messages by hand, straight from the bytes. It agrees with protobuf on what is a message and what it says
 * (merging, last one wins, unknown fields, groups, over-long varints); only text that is not UTF-8 is not refused: it gets U+FFFD and
 * its path or value is marked, because one bad description must not hide all other leaves of a device.
 */
export class ResponseDecoder {
  readonly #paths: PathCache
  readonly #maxEntries: number
  readonly #response = new SubscribeResponse()
  readonly #reader = new WireReader(Buffer.alloc(0))
  /** The first piece of the prefix; of what there is none, it begins at -1. */
  #prefixStart = -1
  #prefixEnd = -1
  /** All its pieces, where a target splits it, which is legal and unheard of. */
  #prefixPieces: Buffer[] | undefined

  constructor({ paths = sharedPaths(), maxEntries = 1 << 22 }: DecoderOptions = {}) {
    this.#paths = paths
    this.#maxEntries = maxEntries
  }

  /**
   * The message that is `bytes` from `start` to `end`. Never throws on what the bytes are. The response is this decoder's one, good until
   * the next call.
   */
  decode(bytes: Buffer, start = 0, end = bytes.length): SubscribeResponse | Malformed {
    const response = this.#response
    this.#reader.bytes = bytes
    this.#reader.pos = start
    this.#clear()
    response.source = bytes
    response.start = start
    response.end = end
    try {
      this.#message(end)
      return response
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      // Once more by itself, for the place in the message that it tells.
      return start === 0 ? error : this.decode(bytes.subarray(start, end))
    }
  }

  #clear(): void {
    this.#response.clear()
    this.#prefixStart = -1
    this.#prefixPieces = undefined
  }

  #message(end: number): void {
    const reader = this.#reader
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === RESPONSE.update) {
        this.#begin('notification')
        this.#notification(reader.delimited(end))
      } else if (tag === RESPONSE.sync) {
        this.#begin('sync')
        this.#response.sync = this.#bool(end)
      } else if (tag === RESPONSE.error) {
        this.#begin('error')
        this.#error(reader.delimited(end))
      } else if (tag === RESPONSE.extension) checkMessage(reader, reader.delimited(end), EXTENSION, 1)
      else reader.skip(tag, end, 0)
    }
    if (this.#prefixPieces) {
      const whole = Buffer.concat(this.#prefixPieces)
      this.#response.prefix = readPath(whole, 0, whole.length)
    }
  }

  /** An arm begins: it goes on where it was when it comes in several pieces, and takes the place of any other. */
  #begin(kind: 'notification' | 'sync' | 'error'): void {
    const response = this.#response
    if (response.kind === kind) return
    if (response.kind !== 'none') this.#clear()
    response.kind = kind
  }

  #notification(end: number): void {
    const reader = this.#reader
    const response = this.#response
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === NOTIFICATION.update) this.#update(reader.delimited(end), response.addUpdate())
      else if (tag === NOTIFICATION.delete) response.addDelete(this.#path(reader.delimited(end)))
      else if (tag === NOTIFICATION.prefix) this.#prefixPiece(reader.delimited(end))
      else if (tag === NOTIFICATION.timestamp) {
        reader.varint(end)
        response.timestampLo = reader.lo
        response.timestampHi = reader.hi
      } else if (tag === NOTIFICATION.atomic) response.atomic = this.#bool(end)
      else reader.skip(tag, end, 1)
      if (response.updateCount + response.deleteCount > this.#maxEntries) throw new Malformed('too_many', reader.pos)
    }
  }

  #update(end: number, slot: UpdateSlot): void {
    const reader = this.#reader
    const start = reader.pos
    let path = false
    let val = false
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === UPDATE.path && !path) {
        path = true
        slot.path = this.#path(reader.delimited(end))
      } else if (tag === UPDATE.val && !val) {
        val = true
        readValue(reader, reader.delimited(end), UPDATE_DEPTH + 1, slot)
      } else if (tag === UPDATE.duplicates) slot.duplicates = reader.uint32(end)
      else if (tag === UPDATE.path || tag === UPDATE.val || tag === UPDATE.value) {
        readUpdateInPieces(reader, start, end, slot)
        return
      } else reader.skip(tag, end, UPDATE_DEPTH)
    }
  }

  #prefixPiece(end: number): void {
    const { bytes, pos } = this.#reader
    if (this.#prefixStart < 0) {
      this.#prefixStart = pos
      this.#prefixEnd = end
    } else {
      this.#prefixPieces ??= [bytes.subarray(this.#prefixStart, this.#prefixEnd)]
      this.#prefixPieces.push(bytes.subarray(pos, end))
    }
    this.#response.prefix = this.#paths.prefix(bytes, pos, end)
    this.#reader.pos = end
  }

  #path(end: number): WirePath {
    const reader = this.#reader
    const path = this.#paths.get(reader.bytes, reader.pos, end)
    reader.pos = end
    return path
  }

  #error(end: number): void {
    const reader = this.#reader
    const response = this.#response
    while (reader.pos < end) {
      const tag = reader.tag(end)
      if (tag === ERROR.code) response.errorCode = reader.uint32(end)
      else if (tag === ERROR.message) {
        const textEnd = reader.delimited(end)
        response.errorMessage = reader.bytes.toString('utf8', reader.pos, textEnd)
        reader.pos = textEnd
      } else if (tag === ERROR.data) checkMessage(reader, reader.delimited(end), LEAF, 2)
      else reader.skip(tag, end, 1)
    }
  }

  #bool(end: number): boolean {
    this.#reader.varint(end)
    return (this.#reader.lo | this.#reader.hi) !== 0
  }
}
