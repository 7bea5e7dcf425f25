import { AdCursor, MANUFACTURER_DATA } from './ad-structures.ts'
import { PROXIMITY_PAIRING, type StatusFrame } from './status-frame.ts'
import { isApple, TlvCursor } from './tlv.ts'

const tlvs = new TlvCursor()
const structures = new AdCursor()

/**
 * Fill a status frame from manufacturer data, `data[start, end)` with its company id: the first plain status TLV wherever it stands.
 * Nothing is allocated: this is what a scanner calls for every advertisement in the air.
 * @returns false, with the frame unchanged, when there is none
 */
export function readStatus(data: Uint8Array, into: StatusFrame, start = 0, end = data.length): boolean {
  if (!isApple(data, start, end)) return false
  tlvs.reset(data, start + 2, end)
  while (tlvs.next()) {
    if (tlvs.type === PROXIMITY_PAIRING && into.read(data, tlvs.offset, tlvs.length)) return true
  }
  return false
}

/** The same from a whole advertising payload (31 bytes, for a headset's status). */
export function readStatusFromPayload(payload: Uint8Array, into: StatusFrame): boolean {
  structures.reset(payload)
  while (structures.next()) {
    if (structures.type !== MANUFACTURER_DATA) continue
    if (readStatus(payload, into, structures.offset, structures.offset + structures.length)) return true
  }
  return false
}
