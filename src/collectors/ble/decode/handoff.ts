/** Byte 0 says so when something was copied or cut (furiousMAC). */
const CLIPBOARD = 0x08
/** Flags (1), IV (2), GCM tag (1), then ten encrypted bytes. */
const HEADER_BYTES = 4

export interface Handoff {
  /** Something lies on the clipboard. */
  clipboard: boolean
  encryptedLength: number
}

/** The value of a type-0x0C TLV as facts; null when it is too short. The IV is a counter by which a device can be followed: it stays here. */
export function describeHandoff(value: Uint8Array): Handoff | null {
  if (value.length < HEADER_BYTES) return null
  return { clipboard: ((value[0] as number) & CLIPBOARD) !== 0, encryptedLength: value.length - HEADER_BYTES }
}
