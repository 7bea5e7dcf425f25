/** Eight zeros, version (1), then four hashes of two bytes: Apple ID, phone, e-mail, second e-mail; then a zero. */
const VERSION_AT = 8
const HASHES_AT = 9
const HASHES = ['appleId', 'phone', 'email', 'email2'] as const
const HASH_BYTES = 2

export interface Airdrop {
  version: number
  /** Which identifiers the sender offers hashes of. The hashes can be reversed to telephone numbers: they are never read out. */
  hashesOf: string[]
}

/** The value of a type-0x05 TLV as facts; null when it is too short. */
export function describeAirdrop(value: Uint8Array): Airdrop | null {
  const version = value[VERSION_AT]
  if (version === undefined || value.length < HASHES_AT + HASHES.length * HASH_BYTES) return null
  const present = (index: number) => {
    const at = HASHES_AT + index * HASH_BYTES
    return value[at] !== 0 || value[at + 1] !== 0
  }
  return { version, hashesOf: HASHES.filter((_, index) => present(index)) }
}
