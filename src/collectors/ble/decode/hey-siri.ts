import { hex } from './hex.ts'

export interface HeySiri {
  /** Signal to noise ratio, raw. */
  snr: number
  confidence: number
  deviceClass: string
}

/**
 * The value of a type-0x08 TLV as facts: hash (2), snr, confidence, device class (2), random (1); null when it is too short.
 * The hash is a fingerprint of what was spoken (Celosia and Cunche 2020): it stays here.
 */
export function describeHeySiri(value: Uint8Array): HeySiri | null {
  const [, , snr, confidence, classHigh, classLow] = value
  if (snr === undefined || confidence === undefined || classHigh === undefined || classLow === undefined) return null
  return { snr, confidence, deviceClass: hex((classHigh << 8) | classLow, 4) }
}
