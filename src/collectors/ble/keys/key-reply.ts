/** An AAP packet's header, and the command of a reply with proximity keys (librepods, capod). */
const HEADER = Buffer.from('040004003100', 'hex')
const COUNT_AT = 6
const KEY_HEADER_BYTES = 4
const KEY_BYTES = 16
const IRK = 0x01
const ENC = 0x04

/** The keys of a headset: IRK tells whose an address is, ENC opens the exact batteries. */
export interface HeadsetKeys {
  irk: Buffer | null
  enc: Buffer | null
}

/**
 * The keys in a headset's answer on its control channel: `04 00 04 00 31 00 n`, then n times type, 0, length, 0, key.
 * @returns null when it is not such an answer
 */
export function readKeyReply(packet: Uint8Array): HeadsetKeys | null {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.length)
  const count = bytes[COUNT_AT]
  if (count === undefined || !bytes.subarray(0, HEADER.length).equals(HEADER)) return null
  const keys: HeadsetKeys = { irk: null, enc: null }
  let at = COUNT_AT + 1
  for (let i = 0; i < count; i++) {
    const type = bytes[at]
    const length = bytes[at + 2]
    if (length === undefined || at + KEY_HEADER_BYTES + length > bytes.length) return null
    const key = bytes.subarray(at + KEY_HEADER_BYTES, at + KEY_HEADER_BYTES + length)
    if (length === KEY_BYTES && type === IRK) keys.irk = key
    if (length === KEY_BYTES && type === ENC) keys.enc = key
    at += KEY_HEADER_BYTES + length
  }
  return keys
}
