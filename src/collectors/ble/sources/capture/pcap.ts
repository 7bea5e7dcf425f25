import { ShitopsError } from '../../../../base/errors.ts'
import { ByteQueue } from './byte-queue.ts'
import type { CapturedPacket, CaptureReader, LinkDecoder } from './capture-reader.ts'
import { PCAP_LINKS } from './links.ts'

const FILE_HEADER = 24
const PACKET_HEADER = 16
/** libpcap's own limit, MAXIMUM_SNAPLEN for everything but USB and D-Bus. */
const MAX_PACKET = 262_144

/** The magic numbers as read big endian: byte order, and units of the time's second half a second. */
export const PCAP_MAGIC: Readonly<Record<number, { little: boolean; unitsPerMs: number }>> = {
  2712847316: { little: false, unitsPerMs: 1_000 },
  3569595041: { little: true, unitsPerMs: 1_000 },
  2712812621: { little: false, unitsPerMs: 1_000_000 },
  1295823521: { little: true, unitsPerMs: 1_000_000 },
}

interface Form {
  u32(bytes: Buffer, at: number): number
  unitsPerMs: number
  decode: LinkDecoder
}

/** pcap (draft-ietf-opsawg-pcap): a file header with the link type, then packets: seconds, fraction, captured and original length. */
export class PcapReader implements CaptureReader {
  readonly #name: string
  readonly #queue = new ByteQueue()
  #form: Form | undefined

  /** @param name what messages call the file */
  constructor(name: string) {
    this.#name = name
  }

  *push(chunk: Uint8Array): Generator<CapturedPacket> {
    this.#queue.add(chunk)
    this.#form ??= this.#readFileHeader()
    if (!this.#form) return
    const { u32, unitsPerMs, decode } = this.#form
    while (true) {
      const header = this.#queue.peek(PACKET_HEADER)
      if (!header) return
      const length = u32(header, 8)
      if (length > MAX_PACKET) throw this.#damaged(`a packet announces ${length} bytes`)
      const packet = this.#queue.take(PACKET_HEADER + length)
      if (!packet) return
      const timestamp = u32(packet, 0) * 1_000 + Math.floor(u32(packet, 4) / unitsPerMs)
      yield { timestamp, content: decode(packet.subarray(PACKET_HEADER)) }
    }
  }

  get leftOver(): number {
    return this.#queue.length
  }

  #damaged(what: string): ShitopsError {
    return new ShitopsError('SHITOPS_E_FILE', `${this.#name} cannot be read as pcap: ${what}`)
  }

  #readFileHeader(): Form | undefined {
    const header = this.#queue.take(FILE_HEADER)
    if (!header) return undefined
    const magic = PCAP_MAGIC[header.readUInt32BE(0)]
    if (!magic) throw this.#damaged('it does not begin like one')
    const u32 = magic.little ? (bytes: Buffer, at: number) => bytes.readUInt32LE(at) : (bytes: Buffer, at: number) => bytes.readUInt32BE(at)
    // The upper bits of the field tell about frame check sequences.
    const link = u32(header, 20) & 0x0fffffff
    const known = PCAP_LINKS[link]
    if (!known) throw unknownLink(this.#name, link)
    return { u32, unitsPerMs: magic.unitsPerMs, decode: known.decode }
  }
}

export function unknownLink(name: string, link: number): ShitopsError {
  const known = Object.entries(PCAP_LINKS).map(([number, { name }]) => `${number} ${name}`)
  return new ShitopsError('SHITOPS_E_FILE', `${name} has link type ${link}, which holds no Bluetooth LE advertisements that can be read`, {
    suggestions: [`capture with one of these link types: ${known.join(', ')}`],
  })
}
