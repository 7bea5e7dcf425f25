import { createCipheriv } from 'node:crypto'

/** Top two bits of a resolvable private address (Core Spec Vol 6 Part B 1.3.2.2), as they stand in its first octet. */
const TYPE_MASK = 0xc0
const RESOLVABLE = 0x40
const ADDRESS = /^([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})$/i

/** A resolvable private address in its halves: 24 bits of random, 24 bits of hash made of them with the owner's IRK. */
export interface ResolvableAddress {
  prand: number
  hash: number
}

/** The halves of "70:81:94:0D:FB:AA"; null when it is no resolvable private address. */
export function parseResolvable(address: string): ResolvableAddress | null {
  if (!ADDRESS.test(address)) return null
  const digits = address.replace(/[:-]/g, '')
  const prand = Number.parseInt(digits.slice(0, 6), 16)
  if (((prand >> 16) & TYPE_MASK) !== RESOLVABLE) return null
  return { prand, hash: Number.parseInt(digits.slice(6), 16) }
}

/**
 * The function ah of one IRK: AES-128(IRK, 13 zero bytes || prand) mod 2^24 (Core Spec Vol 3 Part H 2.2.2). The cipher is kept: ECB
 * gives each block its own answer, and setting up a key costs more than using it.
 */
export class AddressHash {
  readonly #cipher
  readonly #block = Buffer.alloc(16)

  /** @param irk 16 bytes, most significant first, as the specification writes keys */
  constructor(irk: Buffer) {
    this.#cipher = createCipheriv('aes-128-ecb', irk, null).setAutoPadding(false)
  }

  /** The whole encrypted block; its last three bytes are the hash. */
  encrypt(prand: number): Buffer {
    this.#block.writeUIntBE(prand, 13, 3)
    return this.#cipher.update(this.#block)
  }

  hash(prand: number): number {
    return this.encrypt(prand).readUIntBE(13, 3)
  }
}
