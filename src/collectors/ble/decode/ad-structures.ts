/**
 * The payload of an advertisement: AD structures, `length(1) type(1) data(length - 1)` (Core Spec Vol 3 Part C 11). An AirPods status
 * advert is one structure that fills all 31 bytes: `1e ff 4c 00 07 19 …`.
 */
export const MANUFACTURER_DATA = 0xff
const TX_POWER = 0x0a

/** Walks AD structures without allocating. `reset`, then `next` until it says false. */
export class AdCursor {
  type = 0
  /** Where the structure's data begins, after its type byte. */
  offset = 0
  /** Bytes of data. */
  length = 0
  /** True when the payload ended within a structure. */
  cutOff = false
  #data: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0

  reset(data: Uint8Array, start = 0, end = data.length): this {
    this.#data = data
    this.#at = start
    this.#end = end
    this.cutOff = false
    return this
  }

  /** Step to the next whole structure; a length of 0 begins the padding and ends the walk. */
  next(): boolean {
    if (this.#at >= this.#end) return false
    const length = this.#data[this.#at] as number
    if (length === 0) return false
    if (this.#at + 1 + length > this.#end) {
      this.cutOff = true
      return false
    }
    this.type = this.#data[this.#at + 1] as number
    this.offset = this.#at + 2
    this.length = length - 1
    this.#at += 1 + length
    return true
  }
}

export interface AdFacts {
  /** Every piece of manufacturer data, company id included, as views: a payload may carry several. */
  manufacturerData: Uint8Array[]
  /** dBm, where the sender tells. AirPods do not. */
  txPower?: number
  cutOff: boolean
}

/** What a payload carries that concerns us. */
export function readAdStructures(data: Uint8Array): AdFacts {
  const cursor = new AdCursor().reset(data)
  const facts: AdFacts = { manufacturerData: [], cutOff: false }
  while (cursor.next()) {
    if (cursor.type === MANUFACTURER_DATA) facts.manufacturerData.push(data.subarray(cursor.offset, cursor.offset + cursor.length))
    else if (cursor.type === TX_POWER && cursor.length === 1) facts.txPower = ((data[cursor.offset] as number) << 24) >> 24
  }
  facts.cutOff = cursor.cutOff
  return facts
}

/** True when bytes are whole AD structures, one at least of them manufacturer data with a company id. */
export function looksLikeAdStructures(data: Uint8Array): boolean {
  const { manufacturerData, cutOff } = readAdStructures(data)
  return !cutOff && manufacturerData.some(({ length }) => length >= 2)
}
