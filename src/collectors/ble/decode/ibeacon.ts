/** UUID (16), major (2), minor (2), measured power (1, signed). */
const IBEACON_BYTES = 21

export interface IBeacon {
  uuid: string
  major: number
  minor: number
  /** dBm at one metre, as the beacon claims. */
  measuredPower: number
}

/** The value of a type-0x02 TLV as facts; null when it is too short. */
export function describeIBeacon(value: Uint8Array): IBeacon | null {
  if (value.length < IBEACON_BYTES) return null
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  const digits = Buffer.from(value.buffer, value.byteOffset, 16).toString('hex')
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { uuid, major: view.getUint16(16), minor: view.getUint16(18), measuredPower: view.getInt8(20) }
}
