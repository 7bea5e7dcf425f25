import { createDecipheriv } from 'node:crypto'

const BLOCK_BYTES = 16

/** Opens the 16 encrypted bytes of one headset's frames. ENC keys are used as they come, whatever the byte order of the IRK. */
export class StatusCipher {
  readonly #decipher

  constructor(enc: Buffer) {
    // One block, AES-128-ECB; kept open because each block stands for itself.
    this.#decipher = createDecipheriv('aes-128-ecb', enc, null).setAutoPadding(false)
  }

  /** The plain block of `data[offset, offset + 16)`. A wrong key gives noise, not an error: callers check what they read. */
  decrypt(data: Uint8Array, offset: number): Buffer {
    return this.#decipher.update(data.subarray(offset, offset + BLOCK_BYTES))
  }
}

/** A battery in a plain block. */
export interface ExactBattery {
  /** Percent to one; null when the headset does not know it. */
  percent: number | null
  charging: boolean
}

/** Bit 7 is charging, bits 0–6 percent, 127 unknown; undefined for 101 to 126, which no headset sends. */
export function readExactBattery(byte: number): ExactBattery | undefined {
  const percent = byte & 0x7f
  if (percent > 100 && percent !== 127) return undefined
  return percent === 127 ? { percent: null, charging: false } : { percent, charging: (byte & 0x80) !== 0 }
}
