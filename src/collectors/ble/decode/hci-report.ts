import { Problem } from './problem.ts'

/** H4 packet type, HCI event code and LE subevents (Core Spec Vol 4 Part A 2, Part E 7.7.65.2 and .13). */
const H4_EVENT = 0x04
const LE_META = 0x3e
const ADVERTISING_REPORT = 0x02
const EXTENDED_REPORT = 0x0d
const ADDRESS_BYTES = 6

/** One report of an HCI advertising event. */
export interface HciReport {
  /** The event type as the controller gives it: 0 ADV_IND, 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND, 4 SCAN_RSP; a bit field in extended reports. */
  advType: number
  addressType: 'public' | 'random' | 'unknown'
  /** "AA:BB:CC:DD:EE:FF". Personal data: it stays in the collector. */
  address: string
  /** dBm; null when unavailable (0, 127, -127). */
  rssi: number | null
  /** The advertisement's payload, a view. */
  data: Uint8Array
}

/** Where the fields of a report lie, from its beginning. */
interface ReportForm {
  addressType: number
  dataLength: number
  readAdvType(packet: Buffer, at: number): number
  /** Where the RSSI is, for a payload of that length. */
  rssi(length: number): number
  /** Bytes of a whole report with a payload of that length. */
  size(length: number): number
}

const LEGACY: ReportForm = {
  addressType: 1,
  dataLength: 8,
  readAdvType: (packet, at) => packet.readUInt8(at),
  rssi: (length) => 9 + length,
  size: (length) => 10 + length,
}
const EXTENDED: ReportForm = {
  addressType: 2,
  dataLength: 23,
  readAdvType: (packet, at) => packet.readUInt16LE(at),
  rssi: () => 13,
  size: (length) => 24 + length,
}

/** The advertising reports of an H4 packet, as it comes from a Bluetooth socket or a capture. */
export function readH4(packet: Uint8Array): HciReport[] | Problem {
  if (packet[0] !== H4_EVENT) return new Problem('SHITOPS_E_BLE_BROKEN', 'not an H4 event packet (04 …)')
  return readHciEvent(packet.subarray(1))
}

/** The advertising reports of an HCI event without the H4 byte. */
export function readHciEvent(event: Uint8Array): HciReport[] | Problem {
  const packet = Buffer.from(event.buffer, event.byteOffset, event.length)
  const [code, length, subevent, count] = packet
  if (code !== LE_META || (subevent !== ADVERTISING_REPORT && subevent !== EXTENDED_REPORT)) {
    return new Problem('SHITOPS_E_BLE_BROKEN', 'not an LE advertising report (3e … 02 or 0d)')
  }
  if (length === undefined || count === undefined || packet.length < 2 + length) {
    return new Problem('SHITOPS_E_BLE_BROKEN', `an HCI event of ${packet.length} bytes announces ${length ?? 0}`)
  }
  return readReports(packet.subarray(4, 2 + length), count, subevent === ADVERTISING_REPORT ? LEGACY : EXTENDED)
}

function readReports(packet: Buffer, count: number, form: ReportForm): HciReport[] | Problem {
  const reports: HciReport[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    const length = packet[at + form.dataLength]
    if (length === undefined || at + form.size(length) > packet.length) {
      return new Problem('SHITOPS_E_BLE_BROKEN', `report ${i + 1} of ${count} is cut off`)
    }
    reports.push(readReport(packet, at, length, form))
    at += form.size(length)
  }
  return reports
}

function readReport(packet: Buffer, at: number, length: number, form: ReportForm): HciReport {
  const addressAt = at + form.addressType + 1
  const dataAt = at + form.dataLength + 1
  return {
    advType: form.readAdvType(packet, at),
    addressType: addressType(packet[at + form.addressType]),
    address: addressText(packet.subarray(addressAt, addressAt + ADDRESS_BYTES)),
    rssi: usableRssi(packet.readInt8(at + form.rssi(length))),
    data: packet.subarray(dataAt, dataAt + length),
  }
}

/** 0 and 1 are as sent; 2 and 3 are identities that the controller itself resolved. */
function addressType(code: number | undefined): HciReport['addressType'] {
  if (code === 0 || code === 2) return 'public'
  return code === 1 || code === 3 ? 'random' : 'unknown'
}

/** "AA:BB:CC:DD:EE:FF"; on the air the last byte comes first. */
export function addressText(bytes: Buffer): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join(':')
    .toUpperCase()
}

/** 127 means "not available" by the specification; 0 and -127 mean it in practice. */
export function usableRssi(rssi: number): number | null {
  return rssi === 0 || rssi === 127 || rssi === -127 ? null : rssi
}
