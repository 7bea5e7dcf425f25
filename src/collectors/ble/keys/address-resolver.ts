import { Recent } from './recent.ts'
import { AddressHash, parseResolvable, type ResolvableAddress } from './resolvable-address.ts'

/**
 * `apple`: as AirPods and Apple's keychain hand keys out, least significant byte first; `core`: as the Bluetooth specification writes
 * them; `auto`: not known, both are tried until one has matched.
 */
export type KeyOrder = 'apple' | 'core' | 'auto'

export interface ResolvableKey<T> {
  /** What an address of this key's resolves to. */
  owner: T
  irk: Buffer
  order: KeyOrder
}

/** Addresses remembered of each sort: at a rotation every 15 minutes, a day of 40 devices in reach. */
const DEFAULT_CACHE = 4096

/**
 * Tells whose a resolvable private address is. The first answer for an address costs an AES block per key; then it is remembered, so that
 * frames of a known address cost a look-up. Memory is bounded: `cacheSize` addresses of owners and as many of strangers, apart, so that
 * a flood of strange addresses does not push out the enrolled ones.
 *
 * A hash has 24 bits: a random address matches a given key once in 16.7 million. In a flood of forged addresses that does happen, so
 * an identity weighs more when the frame also decrypts (exact-batteries.ts).
 */
export class AddressResolver<T extends object> {
  readonly #keys: Array<{ owner: T; hashes: AddressHash[] }>
  readonly #owners: Recent<string, T>
  readonly #strangers: Recent<string, true>

  constructor(keys: ReadonlyArray<ResolvableKey<T>>, { cacheSize = DEFAULT_CACHE }: { cacheSize?: number } = {}) {
    this.#keys = keys.map(({ owner, irk, order }) => ({ owner, hashes: hashesOf(irk, order) }))
    this.#owners = new Recent(cacheSize)
    this.#strangers = new Recent(cacheSize)
  }

  /** The owner of "AA:BB:CC:DD:EE:FF", or null: not resolvable, or nobody's that is enrolled. */
  resolve(address: string): T | null {
    const known = this.#owners.get(address)
    if (known !== undefined) return known
    if (this.#strangers.get(address)) return null
    const parts = parseResolvable(address)
    if (!parts) return null
    const owner = this.#search(parts)
    if (owner) this.#owners.set(address, owner)
    else this.#strangers.set(address, true)
    return owner
  }

  /** Addresses remembered now. */
  get cached(): number {
    return this.#owners.size + this.#strangers.size
  }

  #search({ prand, hash }: ResolvableAddress): T | null {
    for (const key of this.#keys) {
      const match = key.hashes.find((ah) => ah.hash(prand) === hash)
      if (match === undefined) continue
      // The byte order that matched is this key's: from now on half the work.
      key.hashes = [match]
      return key.owner
    }
    return null
  }
}

function hashesOf(irk: Buffer, order: KeyOrder): AddressHash[] {
  const reversed = Buffer.from(irk).reverse()
  if (order === 'apple') return [new AddressHash(reversed)]
  if (order === 'core') return [new AddressHash(irk)]
  return [new AddressHash(reversed), new AddressHash(irk)]
}
