import { readLines } from '../../base/lines.ts'
import type { Metrics } from '../metrics.ts'
import type { Advertisement } from './advertisement.ts'
import { readAdStructures } from './decode/ad-structures.ts'

/**
 * Recorded advertisements: one JSON object a line, `{"timestamp": ms, "address": "AA:…", "hex": "4c00…", "format": "manufacturerData" or
 * "advData", "rssi": -60, "receiver": "rx-2"}`; all but `hex` may be missing. A line that cannot be read is counted as `malformed`.
 *
 * @param now stands in for a missing time, ms since the epoch
 */
export async function* jsonlSource(
  chunks: AsyncIterable<Uint8Array>,
  now: () => number,
  metrics: Metrics,
): AsyncGenerator<readonly Advertisement[]> {
  for await (const lines of readLines(chunks)) {
    const batch: Advertisement[] = []
    for (const { text } of lines) {
      if (text?.trim() === '') continue
      const heard = advertisementsOf(text ?? '', now)
      if (heard.length === 0) metrics.add('malformed')
      batch.push(...heard)
    }
    if (batch.length > 0) yield batch
  }
}

function advertisementsOf(line: string, now: () => number): Advertisement[] {
  const fields = parsed(line)
  if (typeof fields?.hex !== 'string' || !/^([0-9a-f]{2})+$/i.test(fields.hex)) return []
  const bytes = Buffer.from(fields.hex, 'hex')
  const format = fields.format ?? 'manufacturerData'
  const pieces = format === 'advData' ? readAdStructures(bytes).manufacturerData : format === 'manufacturerData' ? [bytes] : []
  const { timestamp, address, rssi, receiver } = fields
  return pieces.map((piece) => ({
    timestamp: typeof timestamp === 'number' && Number.isSafeInteger(timestamp) ? timestamp : now(),
    address: typeof address === 'string' ? address.toUpperCase() : '',
    addressType: 'unknown',
    rssi: typeof rssi === 'number' && rssi !== 0 && Math.abs(rssi) !== 127 ? rssi : null,
    manufacturerData: Buffer.from(piece),
    receiver: typeof receiver === 'string' && receiver !== '' ? receiver : 'local',
  }))
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
