/** Bytes of the header after the type byte, and where in it the length is and how wide (Core Spec Vol 4 Part A 2, Part E 5.4). */
const HEADERS: Readonly<Record<number, { bytes: number; lengthAt: number; wide: boolean }>> = {
  1: { bytes: 3, lengthAt: 2, wide: false },
  2: { bytes: 4, lengthAt: 2, wide: true },
  4: { bytes: 2, lengthAt: 1, wide: false },
}

/** Cuts a stream of H4 bytes into packets. */
export class H4Framer {
  #rest: Buffer = Buffer.alloc(0)

  /** The packets that are whole by now. Throws on a byte that begins none: a serial line does not lose any. */
  push(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const packets: Buffer[] = []
    while (true) {
      const length = this.#packetLength()
      if (length === undefined || this.#rest.length < length) return packets
      packets.push(this.#rest.subarray(0, length))
      this.#rest = this.#rest.subarray(length)
    }
  }

  #packetLength(): number | undefined {
    const type = this.#rest[0]
    if (type === undefined) return undefined
    const header = HEADERS[type]
    if (!header) throw new Error(`no H4 packet begins with ${type}`)
    if (this.#rest.length < 1 + header.bytes) return undefined
    const at = 1 + header.lengthAt
    return 1 + header.bytes + (header.wide ? this.#rest.readUInt16LE(at) : this.#rest.readUInt8(at))
  }
}
