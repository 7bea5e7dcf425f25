/**
 * A second reader of protobuf, written from its encoding documentation and driven by the .proto files: slow, exact, and without a line in
 * common with the decoder under test. It exists because proto-loader (protobufjs 7) is laxer than protobuf in places, and where the two
 * differ something must say who is right. It gives the message again in the one form on which all readers agree.
 */
import { descriptorOf, type FieldDescriptor, type MessageDescriptor } from './proto.ts'

/** Why bytes are no message, or in what a message is unusual; the names of the counters in the fuzz's report. */
export type Oddity =
  | 'truncated'
  | 'varint_too_long'
  | 'tag_too_large'
  | 'field_zero'
  | 'wire_type'
  | 'group_end'
  | 'nesting'
  | 'wrong_wire_type'
  | 'message_in_pieces'
  | 'second_arm'
  | 'over_long_varint'

export class Refused {
  readonly why: Oddity

  constructor(why: Oddity) {
    this.why = why
  }
}

export interface Canonical {
  /** The message with minimal varints, its fields merged and in order, unknown ones and extensions left out. */
  bytes: Buffer
  oddities: ReadonlySet<Oddity>
}

type Value = bigint | Buffer | Message
interface Message {
  type: MessageDescriptor
  /** By field number; of a field that is not repeated the only one. */
  fields: Map<number, Value[]>
}

const EXTENSIONS = 'gnmi_ext.'

export function canonicalOf(bytes: Buffer): Canonical | Refused {
  const reader = new ReferenceReader(bytes)
  try {
    const message = reader.message(descriptorOf('gnmi.SubscribeResponse'), 0, bytes.length, 0)
    return { bytes: encode(message), oddities: reader.oddities }
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}

const WIRE_TYPES: Readonly<Record<string, number>> = { TYPE_FLOAT: 5, TYPE_DOUBLE: 1, TYPE_STRING: 2, TYPE_BYTES: 2, TYPE_MESSAGE: 2 }
const wireTypeOf = ({ type }: FieldDescriptor) => WIRE_TYPES[type] ?? 0

/** Bits of the types that are varints and shorter than 64. */
const NARROW: Readonly<Record<string, bigint>> = { TYPE_UINT32: 32n, TYPE_INT32: 32n, TYPE_ENUM: 32n }

class ReferenceReader {
  readonly #bytes: Buffer
  readonly oddities = new Set<Oddity>()
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  message(type: MessageDescriptor, start: number, end: number, depth: number, into?: Message): Message {
    if (depth > 100) throw new Refused('nesting')
    const message = into ?? { type, fields: new Map() }
    this.#at = start
    while (this.#at < end) {
      const { field: number, wireType } = this.#tag(end)
      const field = type.field.find((one) => one.number === number)
      if (field && wireTypeOf(field) === wireType) this.#field(message, field, end, depth)
      else {
        if (field) this.oddities.add('wrong_wire_type')
        this.#skip(number, wireType, end, depth)
      }
    }
    return message
  }

  #field(message: Message, field: FieldDescriptor, end: number, depth: number): void {
    const repeated = field.label === 'LABEL_REPEATED'
    const before = message.fields.get(field.number)
    if (!repeated && message.type.oneofDecl.length > 0) {
      for (const other of message.type.field) {
        if (other.number === field.number || other.label === 'LABEL_REPEATED' || !message.fields.delete(other.number)) continue
        this.oddities.add('second_arm')
      }
    }
    if (field.type === 'TYPE_MESSAGE' && before && !repeated) {
      this.oddities.add('message_in_pieces')
      const whole = before[0] as Message
      const [from, to] = this.#length(end)
      this.message(whole.type, from, to, depth + 1, whole)
      return
    }
    const value = this.#value(message.type, field, end, depth)
    message.fields.set(field.number, repeated && before ? [...before, value] : [value])
  }

  #value(type: MessageDescriptor, field: FieldDescriptor, end: number, depth: number): Value {
    switch (wireTypeOf(field)) {
      case 0:
        return this.#integer(field, end)
      case 1:
        return this.#take(8, end)
      case 5:
        return this.#take(4, end)
    }
    const [from, to] = this.#length(end)
    if (field.type === 'TYPE_MESSAGE') return this.message(typeOf(type, field), from, to, depth + 1)
    this.#at = to
    return this.#bytes.subarray(from, to)
  }

  #integer({ type }: FieldDescriptor, end: number): bigint {
    const value = this.#varint(end, type !== 'TYPE_INT64' && type !== 'TYPE_UINT64')
    if (type === 'TYPE_BOOL') return value === 0n ? 0n : 1n
    const bits = NARROW[type]
    return bits === undefined ? value : BigInt.asUintN(Number(bits), value)
  }

  #tag(end: number): { field: number; wireType: number } {
    const tag = this.#varint(end, true)
    if (tag >= 2n ** 32n) throw new Refused('tag_too_large')
    if (tag < 8n) throw new Refused('field_zero')
    return { field: Number(tag >> 3n), wireType: Number(tag & 7n) }
  }

  /** @param short whether readers may take it for granted that five bytes are enough, and 32 bits of them */
  #varint(end: number, short: boolean): bigint {
    let value = 0n
    for (let i = 0n; i < 10n; i++) {
      const [byte] = this.#take(1, end)
      value |= BigInt((byte as number) & 0x7f) << (7n * i)
      if (i === 9n && (byte as number) > 1) break
      if ((byte as number) < 0x80) {
        if (short && (i > 4n || value >= 2n ** 32n)) this.oddities.add('over_long_varint')
        return value
      }
    }
    throw new Refused('varint_too_long')
  }

  #length(end: number): [from: number, to: number] {
    const length = this.#varint(end, true)
    if (length > BigInt(end - this.#at)) throw new Refused('truncated')
    return [this.#at, this.#at + Number(length)]
  }

  #skip(field: number, wireType: number, end: number, depth: number): void {
    if (wireType === 0) this.#varint(end, false)
    else if (wireType === 1) this.#take(8, end)
    else if (wireType === 2) this.#at = this.#length(end)[1]
    else if (wireType === 3) this.#group(field, end, depth + 1)
    else if (wireType === 5) this.#take(4, end)
    else throw new Refused(wireType === 4 ? 'group_end' : 'wire_type')
  }

  #group(field: number, end: number, depth: number): void {
    if (depth > 100) throw new Refused('nesting')
    for (;;) {
      const inner = this.#tag(end)
      if (inner.wireType === 4 && inner.field === field) return
      this.#skip(inner.field, inner.wireType, end, depth)
    }
  }

  #take(count: number, end: number): Buffer {
    if (this.#at + count > end) throw new Refused('truncated')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }
}

function typeOf(parent: MessageDescriptor, { typeName }: FieldDescriptor): MessageDescriptor {
  const nested = parent.nestedType.find(({ name }) => name === typeName)
  if (nested) return nested
  if (typeName.includes('.')) return descriptorOf(typeName)
  return descriptorOf(IN_EXTENSIONS.has(typeName) ? EXTENSIONS + typeName : `gnmi.${typeName}`)
}

/** Names that the descriptors give without their package. */
const IN_EXTENSIONS = new Set(
  ['Extension', 'MasterArbitration', 'History', 'Commit', 'CommitRequest', 'CommitSetRollbackDuration', 'ConfigSubscription']
    .flatMap((name) => descriptorOf(EXTENSIONS + name).field)
    .map(({ typeName }) => typeName)
    .filter((name) => name !== '' && !name.includes('.')),
)

function encode({ type, fields }: Message): Buffer {
  const pieces: Buffer[] = []
  for (const field of type.field) {
    if (field.typeName === 'gnmi_ext.Extension') continue
    for (const value of fields.get(field.number) ?? []) {
      pieces.push(varint(BigInt((field.number << 3) | wireTypeOf(field))))
      if (typeof value === 'bigint') pieces.push(varint(value))
      else {
        const bytes = Buffer.isBuffer(value) ? value : encode(value)
        if (wireTypeOf(field) === 2) pieces.push(varint(BigInt(bytes.length)))
        pieces.push(bytes)
      }
    }
  }
  return Buffer.concat(pieces)
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
