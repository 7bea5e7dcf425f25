import { ShitopsError } from '../../../../base/errors.ts'
import { ByteQueue } from './byte-queue.ts'
import type { CapturedPacket, CaptureReader, PacketContent } from './capture-reader.ts'
import { readEvent, readH4Packet, readMonitorPacket } from './links.ts'

export const BTSNOOP_MAGIC = Buffer.from('btsnoop\0', 'latin1')
const FILE_HEADER = 16
const RECORD_HEADER = 24
const VERSION = 1
/** A longer record is no HCI packet: an ACL packet has at most 65,535 bytes of data, the monitor's system notes less. */
const MAX_PACKET = 1 << 20

/** Microseconds from the year 0, in which btsnoop counts, to 1970. */
const EPOCH_US = 0x00dcddb30f2f8000n

/** Flags of a record in H1: bit 1 says that it is a command or an event, bit 0 that it came from the controller. */
const RECEIVED_EVENT = 3

/** What a record's packet holds, by the data link type of the file. `flags`: the record's. */
const LINKS: Readonly<Record<number, (packet: Buffer, flags: number) => PacketContent>> = {
  // H1: packets without their type byte.
  1001: (packet, flags) => ((flags & RECEIVED_EVENT) === RECEIVED_EVENT ? readEvent(packet) : null),
  // H4 (Android, hcidump).
  1002: (packet) => readH4Packet(packet),
  // Linux monitor (`btmon -w`): the flags are adapter (16 bits) and opcode (16 bits).
  2001: (packet, flags) => readMonitorPacket(flags & 0xffff, packet),
}

/**
 * btsnoop: magic, version and data link type (4 each), then records: original length, included length, flags, drops (4 each), time (8,
 * microseconds) and the packet. Everything is big endian.
 */
export class BtsnoopReader implements CaptureReader {
  readonly #name: string
  readonly #queue = new ByteQueue()
  #decode: ((packet: Buffer, flags: number) => PacketContent) | undefined

  /** @param name what messages call the file */
  constructor(name: string) {
    this.#name = name
  }

  *push(chunk: Uint8Array): Generator<CapturedPacket> {
    this.#queue.add(chunk)
    this.#decode ??= this.#readFileHeader()
    if (!this.#decode) return
    while (true) {
      const header = this.#queue.peek(RECORD_HEADER)
      if (!header) return
      const length = header.readUInt32BE(4)
      if (length > MAX_PACKET) throw this.#damaged(`a record announces ${length} bytes`)
      const record = this.#queue.take(RECORD_HEADER + length)
      if (!record) return
      const timestamp = Number((record.readBigUInt64BE(16) - EPOCH_US) / 1_000n)
      yield { timestamp, content: this.#decode(record.subarray(RECORD_HEADER), record.readUInt32BE(8)) }
    }
  }

  get leftOver(): number {
    return this.#queue.length
  }

  #damaged(what: string): ShitopsError {
    return new ShitopsError('SHITOPS_E_FILE', `${this.#name} cannot be read as btsnoop: ${what}`)
  }

  #readFileHeader() {
    const header = this.#queue.take(FILE_HEADER)
    if (!header) return undefined
    const version = header.readUInt32BE(8)
    if (version !== VERSION) throw this.#damaged(`version ${version} is not known`)
    const link = header.readUInt32BE(12)
    const decode = LINKS[link]
    if (!decode) throw this.#damaged(`data link type ${link} is not known; 1001 (H1), 1002 (H4) and 2001 (Linux monitor) are`)
    return decode
  }
}
