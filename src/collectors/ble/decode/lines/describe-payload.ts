import { readAdStructures } from '../ad-structures.ts'
import { describeTlvs, type Frame } from '../frames.ts'
import { type HciReport, readH4 } from '../hci-report.ts'
import { hex } from '../hex.ts'
import { Problem } from '../problem.ts'
import { isApple } from '../tlv.ts'

/** What the keys of an enrolled headset add to a frame. */
export interface Recognised {
  /** The alias under which it was enrolled. */
  headset?: string
  /** Batteries are to one percent and proven by the ENC key. */
  exact?: true
}

/** Adds what the keys tell to the frames of an enrolled headset; leaves a stranger's as they are. `data` is the manufacturer data. */
export type Recognise = (address: string, data: Uint8Array, frames: Frame[]) => Array<Frame & Recognised>

/** The TLVs of an advertisement, and how it came in; never from whom. */
export interface Described {
  /** The HCI event type: 0 ADV_IND, 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND, 4 SCAN_RSP. */
  advType?: number
  addressType?: string
  /** dBm, null when unavailable. */
  rssi?: number | null
  /** dBm, as the sender tells. */
  txPower?: number
  frames: Array<Frame & Recognised>
  /** Bytes at the end that are no whole TLV. */
  leftOver?: number
}

const asTheyAre: Recognise = (_address, _data, frames) => frames

/** Manufacturer data with its company id. */
export function describeManufacturerData(data: Uint8Array, address: string, recognise = asTheyAre): Described | Problem {
  if (data.length < 2) return new Problem('SHITOPS_E_BLE_BROKEN', 'manufacturer data without a company id')
  if (!isApple(data)) {
    const company = ((data[1] as number) << 8) | (data[0] as number)
    return new Problem('SHITOPS_E_BLE_NOT_APPLE', `manufacturer data of company ${hex(company, 4)}, not of Apple (0x004c)`)
  }
  const { frames, leftOver } = describeTlvs(data, 2)
  if (frames.length === 0) return new Problem('SHITOPS_E_BLE_BROKEN', `no whole TLV in the ${data.length - 2} bytes after the company id`)
  return { frames: recognise(address, data, frames), ...(leftOver > 0 && { leftOver }) }
}

/** A whole advertising payload: its Apple data together; what is not Apple's is passed over unless there is nothing else. */
export function describePayload(payload: Uint8Array, address: string, recognise = asTheyAre): Described | Problem {
  const { manufacturerData, txPower, cutOff } = readAdStructures(payload)
  const pieces = manufacturerData.map((data) => describeManufacturerData(data, address, recognise))
  const good = pieces.filter((piece): piece is Described => !(piece instanceof Problem))
  if (good.length === 0) return whyNot(pieces[0], payload, cutOff)
  const leftOver = good.reduce((sum, piece) => sum + (piece.leftOver ?? 0), 0)
  return { ...(txPower !== undefined && { txPower }), frames: good.flatMap(({ frames }) => frames), ...(leftOver > 0 && { leftOver }) }
}

function whyNot(first: Described | Problem | undefined, payload: Uint8Array, cutOff: boolean): Problem {
  if (first instanceof Problem) return first
  if (cutOff) return new Problem('SHITOPS_E_BLE_BROKEN', `the ${payload.length} bytes of the advertisement end within a structure`)
  return new Problem('SHITOPS_E_BLE_NOT_APPLE', 'the advertisement carries no manufacturer data')
}

/** A packet from a Bluetooth socket. Of several reports in it the frames come one after another, and `reports` has each by itself. */
export function describeH4(
  packet: Uint8Array,
  recognise = asTheyAre,
): (Described & { reports?: Array<Described | { error: Problem }> }) | Problem {
  const reports = readH4(packet)
  if (reports instanceof Problem) return reports
  const each = reports.map((report) => describeReport(report, recognise))
  const [first] = each
  if (first === undefined) return new Problem('SHITOPS_E_BLE_BROKEN', 'an advertising report event without a report')
  if (each.length === 1) return first
  const frames = each.flatMap((report) => (report instanceof Problem ? [] : report.frames))
  return { frames, reports: each.map((report) => (report instanceof Problem ? { error: report } : report)) }
}

function describeReport({ advType, addressType, rssi, address, data }: HciReport, recognise: Recognise): Described | Problem {
  const described = describePayload(data, address, recognise)
  return described instanceof Problem ? described : { advType, addressType, rssi, ...described }
}
