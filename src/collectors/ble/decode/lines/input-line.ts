import { looksLikeAdStructures } from '../ad-structures.ts'
import { Problem } from '../problem.ts'
import { isApple } from '../tlv.ts'

/** How the bytes of a line are to be read. */
export const FORMATS = {
  manufacturerData: 'manufacturer data with the company id, 4c 00 …',
  payloadWithoutCompanyId: 'the TLVs after the company id',
  advData: 'a whole advertising payload, AD structures',
  h4: 'an HCI event packet with its H4 byte, 04 3e …',
  statusByte: 'the status byte of a proximity-pairing frame alone',
  ah: 'a 24-bit prand, to be hashed with the IRK of the line',
  aap: 'a packet of the headset control channel',
} as const

export type Format = keyof typeof FORMATS

export interface InputLine {
  format: Format
  bytes: Buffer
  /** Who sent it, where the line tells; needed to recognise enrolled headsets. */
  address: string
  /** The key for format ah, as hex. */
  irk: string
}

/**
 * One line of input: hex (spaces, colons, dashes and 0x are passed over), or JSON `{"hex": …, "format": …}` with, where there is one,
 * `"address"` and `"irk"`; for ah the IRK may stand under `"expected"`, as in files of test vectors. Without a format the bytes tell.
 */
export function parseInputLine(text: string): InputLine | Problem {
  const trimmed = text.trim()
  return trimmed.startsWith('{') ? parseJsonLine(trimmed) : lineOf({ hex: trimmed })
}

function parseJsonLine(text: string): InputLine | Problem {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return new Problem('SHITOPS_E_BLE_INPUT', 'the line begins like JSON and is none')
  }
  return lineOf(line as Record<string, unknown>)
}

/** A line that was parsed already; of its fields `hex`, `format`, `address`, `irk` and `expected` count. */
export function lineOf(line: Record<string, unknown>): InputLine | Problem {
  const bytes = typeof line.hex === 'string' ? hexBytes(line.hex) : null
  if (!bytes) return new Problem('SHITOPS_E_BLE_INPUT', 'no frame on the line: hex digits, two a byte, or JSON with "hex"')
  const format = line.format ?? guessFormat(bytes)
  if (!isFormat(format)) {
    return new Problem(
      'SHITOPS_E_BLE_INPUT',
      `unknown format ${JSON.stringify(format)?.slice(0, 40)}; one of ${Object.keys(FORMATS).join(', ')}`,
    )
  }
  return {
    format,
    bytes,
    address: text(line.address),
    irk: text(line.irk) || text((line.expected as Record<string, unknown> | undefined)?.irk),
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

const isFormat = (format: unknown): format is Format => typeof format === 'string' && Object.hasOwn(FORMATS, format)

/** Bytes of hex text, or null when it is none or empty. */
function hexBytes(text: string): Buffer | null {
  const digits = text.replace(/0x|[\s:-]/gi, '')
  return /^(?:[0-9a-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : null
}

/** Bytes of a plain status frame or a case's, as a source gives them that has stripped the company id. */
const PROXIMITY_LENGTHS: ReadonlySet<number | undefined> = new Set([0x19, 0x13, 0x11])

/** What bytes without a format are: each form begins in its own way, and manufacturer data is the rest. */
function guessFormat(bytes: Buffer): Format {
  const [first, second] = bytes
  if (first === 0x4c && second === 0x00) return 'manufacturerData'
  if (first === 0x04 && second === 0x3e) return 'h4'
  if (looksLikeAdStructures(bytes) || (second === 0xff && isApple(bytes, 2))) return 'advData'
  return first === 0x07 && PROXIMITY_LENGTHS.has(second) && bytes.length >= 2 + (second ?? 0)
    ? 'payloadWithoutCompanyId'
    : 'manufacturerData'
}
