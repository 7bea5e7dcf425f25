import { commonJs } from '../../../base/common-js.ts'
import { packageFile } from '../../../base/package-file.ts'

export const METHODS = ['Capabilities', 'Get', 'Set', 'Subscribe'] as const
export type Method = (typeof METHODS)[number]

/** A path of a request; what is not on the wire is not there. */
export interface AskedPath {
  element?: string[]
  origin?: string
  elem?: Array<{ name?: string; key?: Record<string, string> }>
  target?: string
}

export interface AskedSubscription {
  path?: AskedPath
  mode?: string
  /** nanoseconds, as text */
  sample_interval?: string
  suppress_redundant?: boolean
  heartbeat_interval?: string
}

export interface AskedExtension {
  ext?: string
  history?: { request?: string; snapshot_time?: string; range?: { start?: string; end?: string } }
  depth?: { level?: number }
  registered_ext?: { id?: string | number; msg?: Buffer }
}

/** A SubscribeRequest as @grpc/proto-loader decodes it: names of the .proto file, 64-bit numbers and enums as text, no defaults. */
export interface AskedSubscribe {
  /** Which arm of the oneof was set. */
  request?: 'subscribe' | 'poll'
  subscribe?: {
    prefix?: AskedPath
    subscription?: AskedSubscription[]
    qos?: { marking?: number }
    mode?: string
    allow_aggregation?: boolean
    use_models?: object[]
    encoding?: string | number
    updates_only?: boolean
  }
  poll?: object
  extension?: AskedExtension[]
}

interface Definition {
  path: string
  requestStream: boolean
  responseStream: boolean
  requestSerialize(message: object): Buffer
  requestDeserialize(bytes: Buffer): object
  responseSerialize(message: object): Buffer
  responseDeserialize(bytes: Buffer): object
}

/** gNMI's messages from and to their bytes, by proto-loader from proto/gnmi.proto. */
export class GnmiMessages {
  readonly #definitions: Record<Method, Definition>

  private constructor(definitions: Record<Method, Definition>) {
    this.#definitions = definitions
  }

  static async load(): Promise<GnmiMessages> {
    const { load } = commonJs(await import('@grpc/proto-loader'))
    const options = { includeDirs: [packageFile('proto')], keepCase: true, longs: String, enums: String, oneofs: true }
    const proto = await load('gnmi.proto', options)
    return new GnmiMessages(proto['gnmi.gNMI'] as unknown as Record<Method, Definition>)
  }

  /** The service with messages left as the bytes they are. */
  rawService(): Record<Method, Definition> {
    const raw = (bytes: unknown) => bytes as Buffer
    return Object.fromEntries(
      METHODS.map((method) => [method, { ...this.#definitions[method], requestDeserialize: raw, responseSerialize: raw }]),
    ) as unknown as Record<Method, Definition>
  }

  encodeRequest(method: Method, message: object): Buffer {
    return this.#definitions[method].requestSerialize(message)
  }

  /** Throws on bytes that are no such message. */
  decodeRequest(method: Method, bytes: Buffer): object {
    return this.#definitions[method].requestDeserialize(bytes)
  }

  encodeResponse(method: Method, message: object): Buffer {
    return this.#definitions[method].responseSerialize(message)
  }

  decodeResponse(method: Method, bytes: Buffer): object {
    return this.#definitions[method].responseDeserialize(bytes)
  }
}
