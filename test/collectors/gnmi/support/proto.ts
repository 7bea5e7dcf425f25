import * as loader from '@grpc/proto-loader'
import { packageFile } from '../../../../src/base/package-file.ts'

/** A field as the loaded .proto file describes it. */
export interface FieldDescriptor {
  name: string
  number: number
  label: string
  type: string
  typeName: string
}

export interface MessageDescriptor {
  name: string
  field: FieldDescriptor[]
  nestedType: MessageDescriptor[]
  oneofDecl: object[]
}

export interface Codec {
  encode(message: object): Buffer
  /** Throws on what it does not take for a message. */
  decode(bytes: Buffer): object
}

const proto = loader.loadSync('gnmi.proto', { includeDirs: [packageFile('proto')], keepCase: true, longs: String, oneofs: true })

/** The description of a message by its full name, `gnmi.Path`. */
export const descriptorOf = (name: string) => (proto[name] as unknown as { type: MessageDescriptor }).type

/** SubscribeResponse by proto-loader: only what is set, 64-bit integers as text, bytes as Buffers, the set arm of each oneof by name. */
export const subscribeResponse: Codec = {
  encode: (message) => method().responseSerialize(message),
  decode: (bytes) => method().responseDeserialize(bytes) as object,
}

/** The same as most clients have it: every default filled in, enums by name. What the benchmarks compare with. */
export function usualCodec(): Codec {
  const options = { includeDirs: [packageFile('proto')], keepCase: true, longs: String, enums: String, defaults: true, oneofs: true }
  const { Subscribe } = loader.loadSync('gnmi.proto', options)['gnmi.gNMI'] as unknown as Service
  return { encode: (message) => Subscribe.responseSerialize(message), decode: (bytes) => Subscribe.responseDeserialize(bytes) as object }
}

interface Service {
  Subscribe: { responseSerialize(message: object): Buffer; responseDeserialize(bytes: Buffer): unknown }
}

const method = () => (proto['gnmi.gNMI'] as unknown as Service).Subscribe
