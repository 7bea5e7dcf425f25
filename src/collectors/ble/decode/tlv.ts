/**
 * The container of Apple's manufacturer data: company id, then `type(1) length(1) value(length)`, several in a row (seen: 0x0C+0x10,
 * 0x09+0x13, 0x12+0x07). One reusable cursor serves the hot path and the descriptions, so both walk alike and neither allocates.
 */

/** 0x004C, "Apple, Inc.", little endian on the air. */
export const APPLE_COMPANY_ID = 0x004c

/**
 * Type 0x01 (iOS background overflow area) carries a bare 16-byte bitmap and no length byte (furiousMAC/continuity, "Observed on iOS"). It
 * leaves room for one more TLV of up to 7 bytes.
 */
const OVERFLOW_TYPE = 0x01
const OVERFLOW_BYTES = 16

/** True when `data[start, end)` is manufacturer data of Apple's: company id 4c 00. */
export function isApple(data: Uint8Array, start = 0, end = data.length): boolean {
  return end - start >= 2 && data[start] === 0x4c && data[start + 1] === 0x00
}

/** Walks the TLVs of one piece of manufacturer data. `reset`, then `next` until it says false; then `leftOver` tells how it ended. */
export class TlvCursor {
  /** Type of the present TLV. */
  type = 0
  /** Where its value begins in the data. */
  offset = 0
  /** Bytes of its value. */
  length = 0
  /** Bytes at the end that are no whole TLV (cut off, or padding); 0 when the TLVs fill the data exactly. */
  leftOver = 0
  #data: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  /** Begin at the first TLV, i.e. after the company id. */
  reset(data: Uint8Array, start: number, end: number): this {
    this.#data = data
    this.#at = start
    this.#end = end
    this.leftOver = 0
    return this
  }

  /** Step to the next whole TLV; false at the end, or where the rest is too short for what it announces. */
  next(): boolean {
    const left = this.#end - this.#at
    if (left < 2) return this.#stop(left)
    const type = this.#data[this.#at] as number
    this.type = type
    if (type === OVERFLOW_TYPE && this.#isBareOverflow(left)) return this.#take(1, OVERFLOW_BYTES)
    const length = this.#data[this.#at + 1] as number
    return length > left - 2 ? this.#stop(left) : this.#take(2, length)
  }

  /** The bitmap fills the rest, or read with a length the rest makes no sense, and with the bitmap before it it does. */
  #isBareOverflow(left: number): boolean {
    const bare = 1 + OVERFLOW_BYTES
    return left === bare || (left > bare && !this.#fills(this.#at) && this.#fills(this.#at + bare))
  }

  /** True when whole TLVs, each with its length, fill the data from there on. */
  #fills(from: number): boolean {
    let at = from
    while (at + 1 < this.#end) at += 2 + (this.#data[at + 1] as number)
    return at === this.#end
  }

  #take(header: number, length: number): true {
    this.offset = this.#at + header
    this.length = length
    this.#at = this.offset + length
    return true
  }

  #stop(left: number): false {
    this.leftOver = left
    return false
  }
}
