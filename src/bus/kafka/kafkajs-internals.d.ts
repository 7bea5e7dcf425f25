/**
 * The parts of kafkajs 2.2.4 below its public API that this folder stands on (the package has no `exports`, so they can be imported):
 * one broker connection with TLS and SASL, and the request and response codecs. Shapes read in kafkajs/src; nothing else of it is used.
 */

interface KafkajsRequest {
  apiKey: number
  apiVersion: number
  apiName: string
  /** False where the broker will not answer (Produce with acks=0). */
  expectResponse?(): boolean
  /** Anything with the bytes under both names counts as an Encoder. */
  encode(): Promise<{ buf: Buffer; buffer: Buffer }>
}

interface KafkajsResponse<Decoded> {
  decode(payload: Buffer): Promise<Decoded>
  /** kafkajs throws the first error code here; we read the codes ourselves. */
  parse(decoded: Decoded): Promise<Decoded>
}

interface KafkajsProtocol {
  request: KafkajsRequest
  response: KafkajsResponse<unknown>
}

interface KafkajsLogger {
  namespace(name: string): KafkajsLogger
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type { ConnectionOptions } from 'node:tls'

  export default class Connection {
    constructor(options: {
      host: string
      port: number
      logger: KafkajsLogger
      socketFactory(options: { host: string; port: number; ssl: ConnectionOptions | null; onConnect(): void }): Socket
      requestTimeout: number
      connectionTimeout: number
      clientId: string
      ssl: ConnectionOptions | null
      sasl: Record<string, unknown> | null
    })
    readonly requestQueue: {
      pending: unknown[]
      throttledUntil: number
      throttleCheckTimeoutId: NodeJS.Timeout | null
      checkPendingRequests(): void
      scheduleCheckPendingRequests(): void
      /** Clears its timers. */
      destroy(): void
      /** Sends as soon as the connection is not throttled; an entry is settled by the answer, or at once where none is expected. */
      push(request: {
        entry: {
          apiKey: number
          apiName: string
          apiVersion: number
          correlationId: number
          resolve(answer: { payload: Buffer }): void
          reject(error: unknown): void
        }
        expectResponse: boolean
        requestTimeout: number | null
        sendRequest(): void
      }): void
      /** Holds requests back for so many ms (KIP-219). */
      maybeThrottle(clientSideThrottleTime: number | null): void
    }
    readonly clientId: string
    readonly socket: Socket | undefined
    /** Takes bytes from the socket; throws where they are no frames. */
    processData(bytes: Buffer): void
    isConnected(): boolean
    /** False before SASL, after its session has ended, and without SASL. */
    isAuthenticated(): boolean
    /** Throws KafkaJSConnectionError. */
    failIfNotConnected(): void
    nextCorrelationId(): number
    connect(): Promise<true>
    disconnect(): Promise<true>
    authenticate(): Promise<void>
    setVersions(versions: KafkajsApiVersions): void
    setSupportAuthenticationProtocol(supported: boolean): void
    rejectRequests(error: Error): void
    send<Decoded>(call: {
      request: KafkajsRequest
      response: KafkajsResponse<Decoded>
      requestTimeout?: number
      logResponseError?: boolean
    }): Promise<Decoded>
  }
}

type KafkajsApiVersions = Record<number, { minVersion: number; maxVersion: number }>

declare module 'kafkajs/src/protocol/requests/index.js' {
  type Definition = { versions: string[]; protocol(version: { version: number }): (args?: unknown) => KafkajsProtocol }
  const index: {
    requests: Record<string, Definition>
    lookup(versions: KafkajsApiVersions): (apiKey: number, definition: Definition) => (args?: unknown) => KafkajsProtocol
  }
  export default index
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Record<string, number>
  export default apiKeys
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    buffer: Buffer
    offset: number
    constructor(buffer: Buffer)
    /** What is left. */
    readAll(): Buffer
    readInt32(): number
    readArray<T>(item: (decoder: Decoder) => T): T[]
    readArrayAsync<T>(item: (decoder: Decoder) => Promise<T>): Promise<T[]>
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  const error: { errorCodes: ReadonlyArray<{ type: string; code: number; message: string }> }
  export default error
}

declare module 'kafkajs/src/consumer/assignerProtocol.js' {
  const protocol: {
    MemberMetadata: {
      encode(value: { version: number; topics: string[] }): Buffer
      decode(bytes: Buffer): { version: number; topics: string[] }
    }
    MemberAssignment: {
      encode(value: { version: number; assignment: Record<string, number[]> }): Buffer
      decode(bytes: Buffer): { version: number; assignment: Record<string, number[]> } | null
    }
  }
  export default protocol
}

declare module 'kafkajs/src/loggers/index.js' {
  const loggers: {
    LEVELS: { ERROR: number; WARN: number; INFO: number; DEBUG: number }
    createLogger(options: {
      level: number
      logCreator: () => (entry: { namespace: string; level: number; log: { message: string; error?: unknown; broker?: string } }) => void
    }): KafkajsLogger
  }
  export default loggers
}
