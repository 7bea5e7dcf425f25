import type { Advertisement } from '../../advertisement.ts'
import { usableRssi } from '../../decode/hci-report.ts'
import { Problem } from '../../decode/problem.ts'
import { addressOf, addressTypeOf, hexBytes } from '../fields.ts'

type Fields = Readonly<Record<string, unknown>>

/** Messages longer than this are no advertisements. */
const MAX_MESSAGE_BYTES = 16 * 1024

/**
 * The advertisement that a gateway's message tells of; null when it tells of something else (its own state, a device without
 * manufacturer data). Three shapes, told by their fields:
 * - Theengs gateway, OpenMQTTGateway: `{"id":"AA:BB:…","rssi":-60,"manufacturerdata":"4c00…","mac_type":1}`
 * - ESPHome (docs/ble-sources.md): `{"address":"AA:BB:…","rssi":-60,"manufacturer_id":76,"manufacturer_data":"0719…"}`
 * - ESPresense: `{"mac":"aabb…","rssi":-60.5,"distance":1.2}`; it keeps the manufacturer data to itself, so the advertisement has none:
 *   it tells where an enrolled headset is, not how it is.
 */
export function readMessage(topic: string, payload: Uint8Array, now: number, receiver: string): Advertisement | Problem | null {
  if (payload.length > MAX_MESSAGE_BYTES) return new Problem('SHITOPS_E_BLE_INPUT', `a message of ${payload.length} bytes`)
  const fields = parseObject(payload)
  if (!fields) return new Problem('SHITOPS_E_BLE_INPUT', 'a message that is no JSON object')
  const data = manufacturerDataIn(fields)
  if (data === null || data instanceof Problem) return data
  return {
    timestamp: now,
    address: addressOf(fields.mac ?? fields.address ?? fields.id),
    addressType: addressTypeOf(fields.mac_type ?? fields.address_type),
    rssi: typeof fields.rssi === 'number' ? usableRssi(Math.round(fields.rssi)) : null,
    manufacturerData: data,
    receiver: text(fields.receiver) ?? text(fields.room) ?? receiverOf(topic) ?? receiver,
  }
}

function parseObject(payload: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

function manufacturerDataIn(fields: Fields): Buffer | Problem | null {
  if (fields.manufacturerdata !== undefined) return hexBytes(fields.manufacturerdata) ?? notHex('manufacturerdata')
  if (fields.manufacturer_data !== undefined) {
    const data = hexBytes(fields.manufacturer_data) ?? notHex('manufacturer_data')
    return data instanceof Problem ? data : withCompany(data, fields.manufacturer_id)
  }
  const fromEspresense = addressOf(fields.mac) !== '' && typeof fields.rssi === 'number' && typeof fields.distance === 'number'
  return fromEspresense ? Buffer.alloc(0) : null
}

const notHex = (field: string) => new Problem('SHITOPS_E_BLE_INPUT', `a message whose ${field} is not hex`)

/** ESPHome gives the company id apart: a number, or hex as it is written, `0x004C`. */
function withCompany(data: Buffer, id: unknown): Buffer | Problem {
  if (id === undefined) return data
  const company = typeof id === 'string' ? Number.parseInt(id.replace(/^0x/i, ''), 16) : id
  if (typeof company !== 'number' || !Number.isInteger(company) || company < 0 || company > 0xffff) {
    return new Problem('SHITOPS_E_BLE_INPUT', 'a message whose manufacturer_id is no company id')
  }
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(company)
  return Buffer.concat([bytes, data])
}

/** home/GATEWAY/BTtoMQTT/…, esphome/NODE/ble and espresense/devices/ID/ROOM name the receiver. */
const RECEIVER = /(?:^|\/)([^/]+)\/(?:BTtoMQTT|ble)(?:\/|$)|^espresense\/devices\/[^/]+\/([^/]+)$/

function receiverOf(topic: string): string | undefined {
  const match = RECEIVER.exec(topic)
  return match?.[1] ?? match?.[2]
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
