import { createHmac } from 'node:crypto'
import type { Advertisement } from '../advertisement.ts'
import { PROXIMITY_PAIRING, StatusFrame } from '../decode/status-frame.ts'
import { isApple, TlvCursor } from '../decode/tlv.ts'

export type Redact = (advertisement: Advertisement) => Advertisement

const COMPANY_ID_BYTES = 2

/** The two most significant bits of a random address say what kind it is; 10 is reserved (Core Spec Vol 6 Part B 1.3.2). */
const KIND_BITS = 0xc0
const RESERVED_KIND = 0x80

/**
 * What a recording keeps of an advertisement: the status frames of headsets, and of everything else that it was there. Addresses become
 * pseudonyms: same stays same and different stays different, but without the secret there is no way back. The encrypted part of a
 * status frame stays, for whoever has the headset's key; it is noise to everybody else.
 *
 * @param secret key of the pseudonyms
 * @param identify the alias of an enrolled headset; all its addresses get one pseudonym then, which {@link pseudonymAddress} gives too
 */
export function redactor(secret: Buffer, identify: (address: string, time: number) => string | undefined = () => undefined): Redact {
  return (advertisement) => {
    const { address, timestamp, manufacturerData } = advertisement
    return {
      ...advertisement,
      address: address === '' ? '' : pseudonymAddress(secret, identify(address, timestamp) ?? address),
      manufacturerData: statusOnly(manufacturerData),
    }
  }
}

/**
 * A pseudonym in the shape of an address: HMAC-SHA-256, truncated. Its kind is the reserved one, so no real address is ever equal to it,
 * and no key resolves it.
 *
 * @param name an address, or the alias of an enrolled headset
 */
export function pseudonymAddress(secret: Buffer, name: string): string {
  const bytes = createHmac('sha256', secret).update(`address\0${name}`).digest().subarray(0, 6)
  bytes.writeUInt8((bytes.readUInt8(0) & ~KIND_BITS) | RESERVED_KIND, 0)
  return bytes
    .toString('hex')
    .toUpperCase()
    .replace(/(..)(?!$)/g, '$1:')
}

/** Manufacturer data with nothing left but its company id and its status frames. */
function statusOnly(data: Buffer): Buffer {
  const kept: Buffer[] = [data.subarray(0, COMPANY_ID_BYTES)]
  const cursor = new TlvCursor().reset(data, COMPANY_ID_BYTES, data.length)
  const status = new StatusFrame()
  while (isApple(data) && cursor.next()) {
    const { type, offset, length } = cursor
    if (type !== PROXIMITY_PAIRING || !status.read(data, offset, length)) continue
    kept.push(Buffer.from([type, length]), data.subarray(offset, offset + length))
  }
  return Buffer.concat(kept)
}
