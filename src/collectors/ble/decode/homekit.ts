import { hex } from './hex.ts'

/** Status (1), device id (6), category (2, little endian), state number (2, little endian), configuration number (1), version (1). */
const HOMEKIT_BYTES = 13

export interface Homekit {
  statusFlags: string
  /** Kind of accessory, by HAP's numbers (2 bridge, 5 light, 8 switch …). */
  category: number
  /** Counts changes of the accessory's state. */
  stateNumber: number
  configurationNumber: number
  compatibleVersion: number
}

/** The value of a type-0x06 TLV as facts; null when it is too short. The device id never changes, so it stays here. */
export function describeHomekit(value: Uint8Array): Homekit | null {
  if (value.length < HOMEKIT_BYTES) return null
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  return {
    statusFlags: hex(view.getUint8(0)),
    category: view.getUint16(7, true),
    stateNumber: view.getUint16(9, true),
    configurationNumber: view.getUint8(11),
    compatibleVersion: view.getUint8(12),
  }
}
