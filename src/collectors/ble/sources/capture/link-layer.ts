import { addressText, type HciReport, usableRssi } from '../../decode/hci-report.ts'
import { Problem } from '../../decode/problem.ts'
import type { LinkDecoder, PacketContent } from './capture-reader.ts'

/**
 * Packets as sniffers hear them on the air (Core Spec Vol 6 Part B 2.1, 2.3): access address (4), header (2), payload, CRC (3; not looked at,
 * as the sniffer has). In
 * ADV_IND, ADV_NONCONN_IND, SCAN_RSP and ADV_SCAN_IND the payload is the sender's address (6) and AD structures.
 */
const ADVERTISING_ACCESS_ADDRESS = 0x8e89bed6
const HEADER_AT = 4
const ADDRESS_AT = 6
const DATA_AT = 12
/** Bit of the header's first byte: the sender's address is random. */
const TX_ADD = 0x40

/** PDU types with AD structures, and the event type by which an HCI report calls them. */
const EVENT_TYPES: Readonly<Record<number, number>> = { 0: 0, 2: 3, 4: 4, 6: 2 }

/** Link type 251: the packet alone. */
export const readLinkLayer: LinkDecoder = (packet) => readPdu(packet, null)

/** Link type 256: a pseudo-header of 10 bytes: channel, signal (dBm), noise, AA offences, reference AA (4), flags (2, little endian). */
const PSEUDO_HEADER = 10
const SIGNAL_VALID = 0x0002
const CRC_CHECKED = 0x0400
const CRC_VALID = 0x0800

export const readLinkLayerWithHeader: LinkDecoder = (packet) => {
  if (packet.length < PSEUDO_HEADER) return new Problem('SHITOPS_E_BLE_BROKEN', 'a link-layer packet is shorter than its pseudo-header')
  const flags = packet.readUInt16LE(8)
  if ((flags & CRC_CHECKED) !== 0 && (flags & CRC_VALID) === 0) return badCrc()
  const rssi = (flags & SIGNAL_VALID) !== 0 ? usableRssi(packet.readInt8(1)) : null
  return readPdu(packet.subarray(PSEUDO_HEADER), rssi)
}

/**
 * Link type 272, nRF Sniffer: board (1), a header of 6 bytes in every version of the protocol, then for a packet that was heard: length
 * of what follows (10), flags, channel, signal (1, as -dBm), event counter (2), time (4), and the packet as on the air
 * (wireshark packet-nordic_ble.c; the padding byte of the serial protocol does not come into files).
 */
const NORDIC_EVENT_AT = 7
const NORDIC_EVENT_BYTES = 10
const NORDIC_CRC_OK = 0x01

export const readNordic: LinkDecoder = (packet) => {
  // Other events (pings, connections followed) have no such block.
  if (packet[NORDIC_EVENT_AT] !== NORDIC_EVENT_BYTES) return null
  const flags = packet[NORDIC_EVENT_AT + 1]
  const signal = packet[NORDIC_EVENT_AT + 3]
  if (flags === undefined || signal === undefined) return null
  if ((flags & NORDIC_CRC_OK) === 0) return badCrc()
  return readPdu(packet.subarray(NORDIC_EVENT_AT + NORDIC_EVENT_BYTES), usableRssi(-signal))
}

const badCrc = () => new Problem('SHITOPS_E_BLE_BROKEN', 'a packet was received with a wrong checksum')

function readPdu(packet: Buffer, rssi: number | null): PacketContent {
  if (packet.length < DATA_AT || packet.readUInt32LE(0) !== ADVERTISING_ACCESS_ADDRESS) return null
  const [header, length] = packet.subarray(HEADER_AT)
  if (header === undefined || length === undefined) return null
  const advType = EVENT_TYPES[header & 0x0f]
  if (advType === undefined) return null
  const end = ADDRESS_AT + length
  if (end < DATA_AT || packet.length < end) {
    return new Problem('SHITOPS_E_BLE_BROKEN', `an advertising packet of ${packet.length} bytes announces ${length}`)
  }
  const report: HciReport = {
    advType,
    addressType: (header & TX_ADD) !== 0 ? 'random' : 'public',
    address: addressText(packet.subarray(ADDRESS_AT, DATA_AT)),
    rssi,
    data: packet.subarray(DATA_AT, end),
  }
  return [report]
}
