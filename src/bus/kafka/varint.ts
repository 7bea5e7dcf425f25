/**
 * Kafka's varints: zigzag, then 7 bits a byte, low first (kafka.apache.org/protocol, VARINT and VARLONG). Values up to 2^53 either way.
 */

/** A place in a buffer that moves on as it reads: the hot path allocates one per batch, nothing per record. */
export class Cursor {
  bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** A length, an offset delta: at most 32 bits. */
  varint(): number {
    const { bytes } = this
    let byte = bytes[this.at++] ?? 0
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      byte = bytes[this.at++] ?? 0
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return (value >>> 1) ^ -(value & 1)
  }

  /** A timestamp delta: may pass 32 bits, so it is put together by arithmetic. */
  varlong(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  skipVarint(): void {
    while ((this.bytes[this.at++] ?? 0) >= 0x80);
  }

  /** Bytes with their length before them, as a view; null where the length is -1. */
  nullableBytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const from = this.at
    this.at = from + length
    return this.bytes.subarray(from, this.at)
  }
}

export function varlongSize(value: number): number {
  if (value >= -64 && value < 64) return 1
  if (value >= -8_192 && value < 8_192) return 2
  let unsigned = value < 0 ? -2 * value - 1 : 2 * value
  let size = 1
  for (; unsigned >= 128; unsigned = Math.floor(unsigned / 128)) size++
  return size
}

/** Returns the place after what was written. */
export function writeVarlong(buffer: Buffer, at: number, value: number): number {
  if (value >= -64 && value < 64) {
    buffer[at] = (value << 1) ^ (value >> 31)
    return at + 1
  }
  if (value >= -8_192 && value < 8_192) {
    const zigzag = (value << 1) ^ (value >> 31)
    buffer[at] = (zigzag & 0x7f) | 0x80
    buffer[at + 1] = zigzag >>> 7
    return at + 2
  }
  let unsigned = value < 0 ? -2 * value - 1 : 2 * value
  for (; unsigned >= 128; unsigned = Math.floor(unsigned / 128)) buffer[at++] = (unsigned % 128) | 0x80
  buffer[at++] = unsigned
  return at
}
