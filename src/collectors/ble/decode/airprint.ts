import { hex } from './hex.ts'

/** Address type, path type, security type, queue id or TCP port (2), IPv4 or IPv6 address (16), measured power (1). */
const AIRPRINT_BYTES = 22

export interface Airprint {
  addressType: string
  pathType: string
  securityType: string
  /** The TCP port, or a queue id, by path type. */
  port: number
  /** dBm at one metre, as the printer claims. */
  measuredPower: number
}

/** The value of a type-0x03 TLV as facts: a printer. Null when it is too short. */
export function describeAirprint(value: Uint8Array): Airprint | null {
  if (value.length < AIRPRINT_BYTES) return null
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  return {
    addressType: hex(view.getUint8(0)),
    pathType: hex(view.getUint8(1)),
    securityType: hex(view.getUint8(2)),
    port: view.getUint16(3),
    measuredPower: view.getInt8(21),
  }
}
