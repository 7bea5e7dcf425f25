import { FIXED32, FIXED64, LEN, VARINT } from '../../wire/wire-reader.ts'

/** Protobuf fields to bytes. For a few messages at a time: plain rather than fast. */
export class WireWriter {
  readonly #pieces: Buffer[] = []

  bytes(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  /** @param value of an int64 or a uint64 */
  varint(field: number, value: bigint): void {
    this.#pieces.push(varint(tag(field, VARINT)), varint(BigInt.asUintN(64, value)))
  }

  delimited(field: number, bytes: Buffer): void {
    this.#pieces.push(varint(tag(field, LEN)), varint(BigInt(bytes.length)), bytes)
  }

  string(field: number, text: string): void {
    this.delimited(field, Buffer.from(text))
  }

  float(field: number, value: number): void {
    const bytes = Buffer.alloc(4)
    bytes.writeFloatLE(value)
    this.#pieces.push(varint(tag(field, FIXED32)), bytes)
  }

  double(field: number, value: number): void {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(value)
    this.#pieces.push(varint(tag(field, FIXED64)), bytes)
  }
}

const tag = (field: number, wireType: number) => BigInt((field << 3) | wireType)

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
