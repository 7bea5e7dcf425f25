import { type PayloadOptions, SEQUENCE_BASE } from './counters.ts'

const DIGITS = String(SEQUENCE_BASE).length

/** Where the numbers of an encoded SubscribeResponse are, so that a message can be made a new one in place. */
export interface Patches {
  /** The nine bytes of the timestamp. */
  timestamp: number
  /** The values: eight bytes of varint, or sixteen digits, each. */
  values: readonly number[]
}

/** gRPC's own five bytes, and the tag of SubscribeResponse.update. */
const NOTIFICATION_LENGTH_AT = 6

/** Finds them in a framed message; it was made with `sequence` on where values are wanted. Throws when they are not where they ought to be. */
export function patchesOf(bytes: Buffer, { kind, updates, sequence }: PayloadOptions): Patches {
  let timestamp = NOTIFICATION_LENGTH_AT
  while ((bytes[timestamp] ?? 0) >= 0x80) timestamp++
  // Past the length's last byte and the tag; times of this century are varints of nine bytes.
  timestamp += 2
  if (bytes[timestamp - 1] !== 0x08 || (bytes[timestamp + 7] ?? 0) < 0x80 || (bytes[timestamp + 8] ?? 0x80) >= 0x80) {
    throw new Error('no timestamp of nine bytes')
  }
  const values: number[] = []
  if (sequence) {
    const value = Buffer.alloc(8)
    writeSequence(value, 0, 0)
    // uint_val's tag, or the opening quote.
    const wanted = kind === 'uint' ? Buffer.concat([Buffer.of(0x18), value]) : Buffer.from(`"${SEQUENCE_BASE}"`)
    for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) values.push(at + 1)
    if (values.length !== updates) throw new Error(`${values.length} values instead of ${updates}`)
  }
  return { timestamp, values }
}

/** SEQUENCE_BASE + sequence as a varint, which always has eight bytes. */
export function writeSequence(bytes: Buffer, at: number, sequence: number): void {
  const value = SEQUENCE_BASE + sequence
  const low = value % 0x10000000
  const high = Math.floor(value / 0x10000000)
  for (let i = 0; i < 4; i++) {
    bytes[at + i] = ((low >>> (7 * i)) & 0x7f) | 0x80
    bytes[at + 4 + i] = ((high >>> (7 * i)) & 0x7f) | (i < 3 ? 0x80 : 0)
  }
}

/** The same as sixteen digits. */
export function writeDigits(bytes: Buffer, at: number, sequence: number): void {
  let rest = SEQUENCE_BASE + sequence
  for (let i = DIGITS - 1; i >= 0; i--) {
    const next = Math.floor(rest / 10)
    bytes[at + i] = 0x30 + (rest - next * 10)
    rest = next
  }
}

/** A time as the nine bytes of a varint. `ms` since the epoch, from 1972 to 2262. */
export function timestampBytes(ms: number): Buffer {
  const bytes = Buffer.alloc(9)
  let rest = BigInt(Math.round(ms)) * 1_000_000n
  for (let i = 0; i < 9; i++, rest >>= 7n) bytes[i] = Number(rest & 0x7fn) | (i < 8 ? 0x80 : 0)
  return bytes
}
