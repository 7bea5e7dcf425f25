import { hex } from './hex.ts'

/** Prefix and length of the frame that a charging case sends of itself; its 16 bytes of status are encrypted with the headset's ENC key. */
const CASE_PREFIX = 0x06
const CASE_LENGTH = 17

/** Prefixes of type-0x07 frames whose contents are not the plain status. Decoding them as one gives ghosts (capod #603). */
const VARIANTS: ReadonlyMap<number, string> = new Map([
  [0, 'pairing_mode'],
  [5, 'setup_popup'],
  [6, 'case'],
  [7, 'identity_address'],
])

export interface EncryptedCase {
  prefix: string
}

/** Both absent but on frames of type 0x07. */
export interface OtherProximity {
  prefix?: string
  /** What the prefix means, where that is known. */
  variant?: string
}

/** A case's frame: presence only, until somebody has the key. */
export function describeEncryptedCase(value: Uint8Array): EncryptedCase | null {
  return isEncryptedCase(value, 0, value.length) ? { prefix: hex(CASE_PREFIX) } : null
}

/** True when the value of a type-0x07 TLV, `data[offset, offset + length)`, is a case's encrypted status. */
export function isEncryptedCase(data: Uint8Array, offset: number, length: number): boolean {
  return length === CASE_LENGTH && data[offset] === CASE_PREFIX
}

/** What is known of a type-0x07 frame that is neither a status nor a case's: its prefix, and what that means where we know. */
export function describeOtherProximity(value: Uint8Array): OtherProximity {
  const prefix = value[0]
  if (prefix === undefined) return {}
  const variant = VARIANTS.get(prefix)
  return { prefix: hex(prefix), ...(variant !== undefined && { variant }) }
}
