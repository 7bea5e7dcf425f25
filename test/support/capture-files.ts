/** Capture files as programs write them, for reading back. */

export interface BtsnoopRecord {
  /** ms since the epoch */
  time: number
  packet: Buffer
  flags?: number
  /** Length that the record announces, when it lies. */
  length?: number
}

/** µs from the year 0 to 1970. */
const BTSNOOP_EPOCH = 0x00dcddb30f2f8000n

export function btsnoop(link: number, records: readonly BtsnoopRecord[], version = 1): Buffer {
  const file = Buffer.alloc(16)
  file.write('btsnoop\0', 'latin1')
  file.writeUInt32BE(version, 8)
  file.writeUInt32BE(link, 12)
  return Buffer.concat([file, ...records.flatMap(btsnoopRecord)])
}

function btsnoopRecord({ time, packet, flags = 1, length = packet.length }: BtsnoopRecord): Buffer[] {
  const header = Buffer.alloc(24)
  header.writeUInt32BE(packet.length, 0)
  header.writeUInt32BE(length, 4)
  header.writeUInt32BE(flags, 8)
  header.writeBigUInt64BE(BigInt(time) * 1_000n + BTSNOOP_EPOCH, 16)
  return [header, packet]
}

/** Little-endian pcap with times in µs. */
export function pcap(link: number, packets: ReadonlyArray<{ time: number; packet: Buffer; length?: number }>): Buffer {
  const file = Buffer.alloc(24)
  file.writeUInt32LE(0xa1b2c3d4, 0)
  file.set([2, 0, 4, 0], 4)
  file.writeUInt32LE(link, 20)
  const rest = packets.flatMap(({ time, packet, length = packet.length }) => {
    const header = Buffer.alloc(16)
    header.writeUInt32LE(Math.floor(time / 1_000), 0)
    header.writeUInt32LE((time % 1_000) * 1_000, 4)
    header.writeUInt32LE(length, 8)
    header.writeUInt32LE(packet.length, 12)
    return [header, packet]
  })
  return Buffer.concat([file, ...rest])
}

/** Writes pcapng blocks in either byte order. */
export class PcapngWriter {
  readonly #little: boolean
  readonly #blocks: Buffer[] = []

  constructor(order: 'little' | 'big' = 'little') {
    this.#little = order === 'little'
    this.block(0x0a0d0d0a, Buffer.concat([this.u32(0x1a2b3c4d), this.u16(1), this.u16(0), Buffer.alloc(8, 0xff)]))
  }

  interface(link: number, ...options: Buffer[]): this {
    const end = options.length > 0 ? [this.u32(0)] : []
    return this.block(1, Buffer.concat([this.u16(link), this.u16(0), this.u32(0), ...options, ...end]))
  }

  /** @param time in the units of the interface */
  packet(index: number, time: bigint, packet: Buffer): this {
    return this.block(6, Buffer.concat([this.u32(index), this.#timed(time, packet)]))
  }

  /** The block that packets had before the enhanced one. */
  oldPacket(index: number, time: bigint, packet: Buffer): this {
    return this.block(2, Buffer.concat([this.u16(index), this.u16(0), this.#timed(time, packet)]))
  }

  simplePacket(packet: Buffer): this {
    return this.block(3, Buffer.concat([this.u32(packet.length), packet]))
  }

  block(type: number, body: Buffer): this {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)])
    const length = this.u32(12 + padded.length)
    this.#blocks.push(this.u32(type), length, padded, length)
    return this
  }

  option(code: number, value: Buffer): Buffer {
    return Buffer.concat([this.u16(code), this.u16(value.length), value, Buffer.alloc(-value.length & 3)])
  }

  i64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8)
    if (this.#little) bytes.writeBigInt64LE(value)
    else bytes.writeBigInt64BE(value)
    return bytes
  }

  u16(value: number): Buffer {
    const bytes = Buffer.alloc(2)
    if (this.#little) bytes.writeUInt16LE(value)
    else bytes.writeUInt16BE(value)
    return bytes
  }

  u32(value: number): Buffer {
    const bytes = Buffer.alloc(4)
    if (this.#little) bytes.writeUInt32LE(value)
    else bytes.writeUInt32BE(value)
    return bytes
  }

  bytes(): Buffer {
    return Buffer.concat(this.#blocks)
  }

  #timed(time: bigint, packet: Buffer): Buffer {
    const halves = [this.u32(Number(time >> 32n)), this.u32(Number(time & 0xffffffffn))]
    return Buffer.concat([...halves, this.u32(packet.length), this.u32(packet.length), packet])
  }
}
