/**
 * Reading and writing the primitive types of the Kafka protocol (kafka.apache.org/protocol#protocol_types), for the few requests that
 * kafkajs lacks or shapes too narrowly. Numbers of 64 bits are JavaScript numbers: offsets stay below 2^53.
 */
export class WireReader {
  readonly buffer: Buffer
  #at: number

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.#at = at
  }

  int8(): number {
    return this.buffer.readInt8(this.#move(1))
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#move(2))
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#move(4))
  }

  int64(): number {
    const at = this.#move(8)
    return this.buffer.readInt32BE(at) * 0x1_0000_0000 + this.buffer.readUInt32BE(at + 4)
  }

  string(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.#text(length)
  }

  /** A view of the next bytes. */
  bytes(length: number): Buffer {
    const at = this.#move(length)
    return this.buffer.subarray(at, at + length)
  }

  array<T>(item: () => T): T[] {
    return this.#items(this.int32(), item)
  }

  /** Flexible versions: lengths are unsigned varints, one more than the length. */
  compactString(): string | null {
    const length = this.uvarint() - 1
    return length < 0 ? null : this.#text(length)
  }

  compactArray<T>(item: () => T): T[] {
    return this.#items(this.uvarint() - 1, item)
  }

  /** Flexible versions: optional fields at the end of each structure, which we do not know. */
  skipTags(): void {
    for (let tags = this.uvarint(); tags > 0; tags--) {
      this.uvarint()
      this.#move(this.uvarint())
    }
  }

  uvarint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.buffer.readUInt8(this.#move(1))
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      if (scale > 0xfff_ffff) throw new RangeError('a number of more than five bytes in a Kafka response')
    }
  }

  #text(length: number): string {
    return this.bytes(length).toString()
  }

  #items<T>(count: number, item: () => T): T[] {
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(item())
    return items
  }

  #move(length: number): number {
    const at = this.#at
    if (length < 0 || at + length > this.buffer.length) throw new RangeError('a Kafka response that ends too early')
    this.#at = at + length
    return at
  }
}

/** Most requests fit; what does not doubles it. */
const FIRST_ROOM = 256

/** Writes into one buffer that grows. */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(FIRST_ROOM)
  #at = 0

  int8(value: number): this {
    const at = this.#room(1)
    this.#bytes.writeInt8(value, at)
    return this
  }

  int16(value: number): this {
    const at = this.#room(2)
    this.#bytes.writeInt16BE(value, at)
    return this
  }

  int32(value: number): this {
    const at = this.#room(4)
    this.#bytes.writeInt32BE(value, at)
    return this
  }

  int64(value: number | bigint): this {
    const at = this.#room(8)
    this.#bytes.writeBigInt64BE(BigInt(value), at)
    return this
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1)
    return this.int16(Buffer.byteLength(value)).#text(value)
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length)
    items.forEach(write)
    return this
  }

  compactString(value: string | null): this {
    if (value === null) return this.uvarint(0)
    return this.uvarint(Buffer.byteLength(value) + 1).#text(value)
  }

  compactArray<T>(items: readonly T[], write: (item: T) => void): this {
    this.uvarint(items.length + 1)
    items.forEach(write)
    return this
  }

  noTags(): this {
    return this.uvarint(0)
  }

  uvarint(value: number): this {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 0x80)
    this.#byte(rest)
    return this
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** All of it; a view, so nothing is to be written behind it. */
  done(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  #byte(value: number): void {
    const at = this.#room(1)
    this.#bytes[at] = value
  }

  #text(value: string): this {
    const at = this.#room(Buffer.byteLength(value))
    this.#bytes.write(value, at)
    return this
  }

  /** Where the next bytes of that count go. */
  #room(count: number): number {
    const at = this.#at
    this.#at = at + count
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#at, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}
