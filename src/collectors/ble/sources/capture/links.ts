import { readHciEvent } from '../../decode/hci-report.ts'
import type { LinkDecoder, PacketContent } from './capture-reader.ts'
import { readLinkLayer, readLinkLayerWithHeader, readNordic } from './link-layer.ts'

/** H4 packet type of an event (Core Spec Vol 4 Part A 2). */
const H4_EVENT = 0x04
/** Opcode of an event in BlueZ's monitor format (`btmon -w`; linux/net/bluetooth/hci_mon.h). */
const MONITOR_EVENT = 3

const LE_META = 0x3e
const ADVERTISING_REPORT = 0x02
const EXTENDED_REPORT = 0x0d

/** The reports of an HCI event (no H4 byte); null for the many events that are none. */
export function readEvent(event: Buffer): PacketContent {
  const isReport = event[0] === LE_META && (event[2] === ADVERTISING_REPORT || event[2] === EXTENDED_REPORT)
  return isReport ? readHciEvent(event) : null
}

/** An HCI packet with its type byte. */
export const readH4Packet: LinkDecoder = (packet) => (packet[0] === H4_EVENT ? readEvent(packet.subarray(1)) : null)

/** @param opcode what the monitor says of the packet; only events hold reports */
export function readMonitorPacket(opcode: number, packet: Buffer): PacketContent {
  return opcode === MONITOR_EVENT ? readEvent(packet) : null
}

/** Link types of pcap and pcapng that can hold advertisements (tcpdump.org/linktypes.html). */
export const PCAP_LINKS: Readonly<Record<number, { name: string; decode: LinkDecoder }>> = {
  187: { name: 'BLUETOOTH_HCI_H4', decode: readH4Packet },
  // A direction, 4 bytes, lies before the packet.
  201: { name: 'BLUETOOTH_HCI_H4_WITH_PHDR', decode: (packet) => readH4Packet(packet.subarray(4)) },
  251: { name: 'BLUETOOTH_LE_LL', decode: readLinkLayer },
  // Adapter and opcode, 2 bytes each, big endian, lie before the packet, which has no type byte.
  254: {
    name: 'BLUETOOTH_LINUX_MONITOR',
    decode: (packet) => (packet.length < 4 ? null : readMonitorPacket(packet.readUInt16BE(2), packet.subarray(4))),
  },
  256: { name: 'BLUETOOTH_LE_LL_WITH_PHDR', decode: readLinkLayerWithHeader },
  272: { name: 'NORDIC_BLE', decode: readNordic },
}
