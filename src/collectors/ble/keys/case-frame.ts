import { isEncryptedCase } from '../decode/other-proximity.ts'
import { readExactBattery, type StatusCipher } from './status-cipher.ts'

/** After the prefix byte 06. */
const ENCRYPTED_AT = 1
const CASE = 3
/** Zero in every case frame that was decrypted (EarPort): what tells a right key from noise. */
const ZEROS_FROM = 8
const ZEROS_TO = 12

export interface CaseStatus {
  caseBattery: number | null
  caseCharging: boolean
}

/**
 * What a charging case says of itself: the value of a type-0x07 TLV of prefix 06 and 17 bytes, `data[offset, offset + length)`.
 * @returns null when it is not such a frame, or the key is not its own
 */
export function openCaseFrame(cipher: StatusCipher, data: Uint8Array, offset: number, length: number): CaseStatus | null {
  if (!isEncryptedCase(data, offset, length)) return null
  const plain = cipher.decrypt(data, offset + ENCRYPTED_AT)
  if (plain.subarray(ZEROS_FROM, ZEROS_TO).some((byte) => byte !== 0)) return null
  const battery = readExactBattery(plain[CASE] as number)
  return battery ? { caseBattery: battery.percent, caseCharging: battery.charging } : null
}
