import { readLines } from '../../../base/lines.ts'
import type { Advertisement } from '../advertisement.ts'
import { readAdStructures } from '../decode/ad-structures.ts'
import { readH4, usableRssi } from '../decode/hci-report.ts'
import { type Format, lineOf } from '../decode/lines/input-line.ts'
import { Problem } from '../decode/problem.ts'
import { addressOf, addressTypeOf, isTime } from './fields.ts'
import type { Problems } from './problems.ts'
import { advertisementsOf } from './reports.ts'
import type { AdvertisementSource, SourceContext } from './source.ts'

/** A frame with everything a line may carry beside it fits many times over. */
const MAX_LINE_BYTES = 64 * 1024

const APPLE = Buffer.from([0x4c, 0x00])

/**
 * Advertisements as lines: JSON `{"timestamp":1700000000000,"address":"AA:BB:CC:DD:EE:FF","addressType":"random","rssi":-60,
 * "hex":"4c00…","format":"manufacturerData","receiver":"room-2"}`, of which only `hex` must be there, or a frame in hex alone. A time is ms
 * since the epoch or RFC 3339; without one it is now. Formats are those of `scan decode` that hold an advertisement.
 */
export async function* jsonlSource(
  chunks: AsyncIterable<Uint8Array>,
  problems: Problems,
  context: Pick<SourceContext, 'clock' | 'receiver'>,
): AdvertisementSource & AsyncGenerator<readonly Advertisement[]> {
  for await (const lines of readLines(chunks, MAX_LINE_BYTES)) {
    const batch: Advertisement[] = []
    for (const { number, text } of lines) {
      const heard =
        text === null ? new Problem('SHITOPS_E_BLE_INPUT', `a line of more than ${MAX_LINE_BYTES} bytes`) : readLine(text, context)
      if (heard instanceof Problem) problems.add(`line ${number}: ${heard.message}`)
      else for (const advertisement of heard) batch.push(advertisement)
    }
    if (batch.length > 0) yield batch
  }
}

/** What one line says; nothing for a blank one, or for an advertisement without manufacturer data. */
function readLine(text: string, { clock, receiver }: Pick<SourceContext, 'clock' | 'receiver'>): Advertisement[] | Problem {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (trimmed === '') return []
  const fields = trimmed.startsWith('{') ? parseObject(trimmed) : { hex: trimmed }
  if (!fields) return new Problem('SHITOPS_E_BLE_INPUT', 'begins like JSON and is none')
  const frame = lineOf(fields)
  if (frame instanceof Problem) return frame
  const timestamp = timeOf(fields.timestamp ?? clock.now())
  if (timestamp === null) return new Problem('SHITOPS_E_BLE_INPUT', 'its timestamp is neither ms since the epoch nor RFC 3339')
  const common = {
    timestamp,
    address: addressOf(fields.address),
    addressType: addressTypeOf(fields.addressType),
    rssi: typeof fields.rssi === 'number' ? usableRssi(fields.rssi) : null,
    receiver: typeof fields.receiver === 'string' && fields.receiver !== '' ? fields.receiver : receiver,
  }
  if (frame.format === 'h4') return readPacket(frame.bytes, common)
  const pieces = manufacturerDataIn(frame.format, frame.bytes)
  if (!pieces) return new Problem('SHITOPS_E_BLE_INPUT', `format ${frame.format} is no advertisement`)
  return pieces.map((data) => ({ ...common, manufacturerData: Buffer.from(data) }))
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : value
  return typeof ms === 'number' && isTime(ms) ? Math.floor(ms) : null
}

function manufacturerDataIn(format: Format, bytes: Buffer): readonly Uint8Array[] | null {
  if (format === 'manufacturerData') return [bytes]
  if (format === 'payloadWithoutCompanyId') return [Buffer.concat([APPLE, bytes])]
  return format === 'advData' ? readAdStructures(bytes).manufacturerData : null
}

/** An HCI packet has its own addresses and signal strengths. */
function readPacket(bytes: Buffer, { timestamp, receiver }: Pick<Advertisement, 'timestamp' | 'receiver'>): Advertisement[] | Problem {
  const reports = readH4(bytes)
  return reports instanceof Problem ? reports : reports.flatMap((report) => advertisementsOf(report, timestamp, receiver))
}
