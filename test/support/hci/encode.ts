/** HCI packets as a controller sends them, H4 type byte included (Core Spec Vol 4 Part E 7.7). The other way round from decode/hci-report.ts. */

/** What a controller reports of one advertisement. */
export interface Report {
  address: string
  /** AD structures */
  data: Buffer
  rssi?: number
  /** 0 public, 1 random (default) */
  addressType?: number
  /** Legacy: 0 ADV_IND, 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND (default), 4 SCAN_RSP. Extended: a bit field, default 0x10, a legacy PDU. */
  eventType?: number
}

/** An AD structure of manufacturer data, company id included: `1e ff 4c 00 …`. */
export const manufacturerAd = (...pieces: Buffer[]) => Buffer.concat(pieces.map((piece) => Buffer.from([piece.length + 1, 0xff, ...piece])))

/** "AA:BB:…" as it goes over the air, last byte first. */
const addressBytes = (address: string) => Buffer.from(address.replaceAll(':', ''), 'hex').reverse()

/** An event packet. */
export function event(code: number, parameters: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x04, code, parameters.length]), parameters])
}

/** The controller's answer to a command. */
export function commandComplete(opcode: number, parameters: Buffer): Buffer {
  const head = Buffer.from([1, opcode & 0xff, opcode >> 8])
  return event(0x0e, Buffer.concat([head, parameters]))
}

/** LE Advertising Report. */
export function advertisingReport(...reports: Report[]): Buffer {
  const bodies = reports.map(({ address, data, rssi = -60, addressType = 1, eventType = 3 }) =>
    Buffer.concat([
      Buffer.from([eventType, addressType]),
      addressBytes(address),
      Buffer.from([data.length]),
      data,
      Buffer.from([rssi & 0xff]),
    ]),
  )
  return event(0x3e, Buffer.concat([Buffer.from([0x02, reports.length]), ...bodies]))
}

/** LE Extended Advertising Report. */
export function extendedReport(...reports: Report[]): Buffer {
  const bodies = reports.map(({ address, data, rssi = -60, addressType = 1, eventType = 0x10 }) => {
    const head = Buffer.alloc(24)
    head.writeUInt16LE(eventType, 0)
    head.writeUInt8(addressType, 2)
    addressBytes(address).copy(head, 3)
    // Primary PHY 1M, no secondary, no set id, no TX power.
    head.set([1, 0, 0xff, 0x7f, rssi & 0xff], 9)
    head.writeUInt8(data.length, 23)
    return Buffer.concat([head, data])
  })
  return event(0x3e, Buffer.concat([Buffer.from([0x0d, reports.length]), ...bodies]))
}
