import { ShitopsError } from '../../../../base/errors.ts'
import { ByteQueue } from './byte-queue.ts'
import type { CapturedPacket, CaptureReader, LinkDecoder } from './capture-reader.ts'
import { PCAP_LINKS } from './links.ts'
import { unknownLink } from './pcap.ts'

/** Block types (draft-ietf-opsawg-pcapng, section 4). */
const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OLD_PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6

/** As the byte-order magic 1a2b3c4d reads in a section of little endian. */
const LITTLE_MAGIC = 0x4d3c2b1a
const BIG_MAGIC = 0x1a2b3c4d
const BLOCK_HEADER = 8
/** Type, length, and the length again at the end. */
const BLOCK_FRAME = 12
/** No block that matters here is larger: a packet is at most 256 KiB. */
const MAX_BLOCK = 16 << 20

/** Options of an interface. */
const OPTION_END = 0
const TIME_RESOLUTION = 9
const TIME_OFFSET = 14

interface Interface {
  /** null: a link type that cannot be read; its packets are passed over. */
  decode: LinkDecoder | null
  link: number
  unitsPerSecond: bigint
  /** Seconds to add. */
  offset: bigint
}

/** pcapng: blocks of type, length, body, length. A file may mix byte orders (by section) and link types (by interface). */
export class PcapngReader implements CaptureReader {
  readonly #name: string
  readonly #queue = new ByteQueue()
  #little = true
  #interfaces: Interface[] = []

  /** @param name what messages call the file */
  constructor(name: string) {
    this.#name = name
  }

  *push(chunk: Uint8Array): Generator<CapturedPacket> {
    this.#queue.add(chunk)
    while (true) {
      const header = this.#queue.peek(BLOCK_FRAME)
      if (!header) return
      const length = this.#blockLength(header)
      const block = this.#queue.take(length)
      if (!block) return
      const packet = this.#readBlock(this.#u32(block, 0), block.subarray(BLOCK_HEADER, length - 4))
      if (packet) yield packet
    }
  }

  get leftOver(): number {
    return this.#queue.length
  }

  #damaged(what: string): ShitopsError {
    return new ShitopsError('SHITOPS_E_FILE', `${this.#name} cannot be read as pcapng: ${what}`)
  }

  /** A section header sets the byte order, of its own length too. */
  #blockLength(header: Buffer): number {
    if (header.readUInt32BE(0) === SECTION) {
      const magic = header.readUInt32BE(8)
      if (magic !== LITTLE_MAGIC && magic !== BIG_MAGIC) throw this.#damaged('a section has no byte-order magic')
      this.#little = magic === LITTLE_MAGIC
    }
    const length = this.#u32(header, 4)
    if (length < BLOCK_FRAME || length > MAX_BLOCK || length % 4 !== 0) throw this.#damaged(`a block announces ${length} bytes`)
    return length
  }

  #readBlock(type: number, body: Buffer): CapturedPacket | undefined {
    if (type === SECTION) this.#interfaces = []
    else if (type === INTERFACE) this.#interfaces.push(this.#readInterface(body))
    else if (type === ENHANCED_PACKET) return this.#readPacket(body, this.#u32(body, 0))
    else if (type === OLD_PACKET) return this.#readPacket(body, this.#u16(body, 0))
    else if (type === SIMPLE_PACKET) return this.#packet(this.#interfaces[0], null, body.subarray(4, 4 + this.#u32(body, 0)))
    return undefined
  }

  #readInterface(body: Buffer): Interface {
    const link = this.#u16(body, 0)
    const found: Interface = { decode: PCAP_LINKS[link]?.decode ?? null, link, unitsPerSecond: 1_000_000n, offset: 0n }
    for (let at = 8; at + 4 <= body.length; ) {
      const [code, length] = [this.#u16(body, at), this.#u16(body, at + 2)]
      const value = body.subarray(at + 4, at + 4 + length)
      if (code === OPTION_END) break
      if (code === TIME_RESOLUTION && value.length === 1) found.unitsPerSecond = resolution(value.readUInt8(0))
      if (code === TIME_OFFSET && value.length === 8) found.offset = this.#little ? value.readBigInt64LE() : value.readBigInt64BE()
      at += 4 + padded(length)
    }
    return found
  }

  /** Enhanced and old packet blocks: interface (and drops), time in two halves, captured length, original length, data. */
  #readPacket(body: Buffer, index: number): CapturedPacket | undefined {
    if (body.length < 20) throw this.#damaged('a packet block is too short')
    const time = (BigInt(this.#u32(body, 4)) << 32n) | BigInt(this.#u32(body, 8))
    return this.#packet(this.#interfaces[index], time, body.subarray(20, 20 + this.#u32(body, 12)))
  }

  #packet(from: Interface | undefined, time: bigint | null, data: Buffer): CapturedPacket | undefined {
    if (!from) throw this.#damaged('a packet names an interface that is not described')
    // A file of one foreign interface is a mistake to tell about; among others it is passed over.
    if (!from.decode && this.#interfaces.length === 1) throw unknownLink(this.#name, from.link)
    if (!from.decode) return undefined
    const timestamp = time === null ? null : Number((time * 1_000n) / from.unitsPerSecond + from.offset * 1_000n)
    return { timestamp, content: from.decode(data) }
  }

  #u16(bytes: Buffer, at: number): number {
    if (at + 2 > bytes.length) throw this.#damaged('a block is too short')
    return this.#little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)
  }

  #u32(bytes: Buffer, at: number): number {
    if (at + 4 > bytes.length) throw this.#damaged('a block is too short')
    return this.#little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
  }
}

/** Units a second: a power of ten, or of two when the highest bit is set. */
const resolution = (value: number) => ((value & 0x80) === 0 ? 10n : 2n) ** BigInt(value & 0x7f)

/** Options and packets are padded to 4 bytes. */
const padded = (length: number) => (length + 3) & ~3
