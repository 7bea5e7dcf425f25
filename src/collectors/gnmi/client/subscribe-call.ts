import type { ClientHttp2Stream } from 'node:http2'
import { gunzipSync, inflateSync } from 'node:zlib'
import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js'
import { framed, MessageFrames } from './message-frames.ts'

type GrpcCall = ClientDuplexStream<object, Buffer>
export type CallStatus = Pick<StatusObject, 'code' | 'details'>

export interface CallListener {
  /** Messages as they came, in the order sent, each with gRPC's prefix (message-frames.ts). */
  messages(bytes: Buffer, count: number): void
  /** Nothing more comes; after the last message. */
  end(status: CallStatus): void
}

/**
 * One Subscribe RPC. grpc-js has the call, its headers, its status and its connection; its messages are read from the HTTP/2 stream below,
 * since grpc-js takes a turn of the event loop and several promises for each (docs/adr/0010). Where that stream is not where this version of
 * grpc-js keeps it, or already has something to say, messages come the ordinary way.
 */
export class SubscribeCall {
  readonly #call: GrpcCall
  readonly #limit: number
  #below: ClientHttp2Stream | undefined
  #paused = false
  #status: CallStatus | undefined
  #over = false
  #ended = false

  /** @param limit largest message, bytes */
  constructor(call: GrpcCall, limit: number) {
    this.#call = call
    this.#limit = limit
  }

  /** Messages are read from the stream below grpc-js. */
  get direct(): boolean {
    return this.#below !== undefined
  }

  write(request: object): void {
    this.#call.write(request)
  }

  /** Hold the target back: what is on its way still comes, and no more than HTTP/2's window. */
  pause(): void {
    this.#paused = true
    ;(this.#below ?? this.#call).pause()
  }

  resume(): void {
    this.#paused = false
    ;(this.#below ?? this.#call).resume()
  }

  cancel(): void {
    this.#call.cancel()
  }

  /** Begin to hand over what comes. */
  listen(listener: CallListener): void {
    const end = () => this.#finish(listener)
    this.#call.on('error', (error: Partial<CallStatus>) => {
      this.#status ??= { code: error.code ?? 2, details: error.details ?? '' }
    })
    this.#call.on('status', (status: CallStatus) => {
      this.#status ??= status
      end()
    })
    void this.#streamBelow().then((lower) => {
      if (lower) this.#readBelow(lower, listener)
      else {
        this.#call.on('data', (bytes: Buffer) => listener.messages(framed(bytes), 1))
        this.#call.on('end', () => {
          this.#over = true
          end()
        })
      }
      if (this.#paused) this.pause()
    })
  }

  /** There are turns of the event loop between the call and its stream, and none of the network. */
  async #streamBelow(): Promise<LowerCall | undefined> {
    for (let turn = 0; turn < 50 && !this.#status; turn++) {
      const lower = lowerCallOf(this.#call)
      if (lower) return isUntouched(lower) ? lower : undefined
      await (turn < 20 ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve)))
    }
    return undefined
  }

  #readBelow(lower: LowerCall, listener: CallListener): void {
    const { http2Stream } = lower
    this.#below = http2Stream
    let good = true
    let encoding = ''
    const refuse = ({ code, details }: CallStatus) => {
      good = false
      lower.cancelWithStatus(code, details)
    }
    const frames = new MessageFrames(this.#limit, {
      messages: (bytes, count) => {
        if (good) listener.messages(bytes, count)
      },
      compressed: (bytes) => {
        if (!good) return
        const whole = unpacked(bytes, encoding, this.#limit)
        if (Buffer.isBuffer(whole)) listener.messages(framed(whole), 1)
        else refuse(whole)
      },
      tooLarge: (size) => refuse({ code: RESOURCE_EXHAUSTED, details: `Received message larger than max (${size} vs ${this.#limit})` }),
    })
    // grpc-js goes on to listen, for the end and the status, and finds no message.
    lower.decoder = { write: () => [] }
    http2Stream.on('response', (headers) => {
      // What a web server says is no messages; grpc-js tells its status.
      good = headers[':status'] === 200
      encoding = String(headers['grpc-encoding'] ?? '')
    })
    http2Stream.on('data', (chunk: Buffer) => {
      if (good) frames.push(chunk)
    })
    const over = () => {
      this.#over = true
      this.#finish(listener)
    }
    http2Stream.on('end', over)
    http2Stream.on('close', over)
    // A status comes to those who read.
    this.#call.resume()
  }

  #finish(listener: CallListener): void {
    if (!this.#status || !this.#over || this.#ended) return
    this.#ended = true
    listener.end(this.#status)
  }
}

const RESOURCE_EXHAUSTED = 8
const UNIMPLEMENTED = 12
const INTERNAL = 13

/** The call below all filters, in grpc-js 1.14: Http2SubchannelCall. */
interface LowerCall {
  http2Stream: ClientHttp2Stream
  decoder: { write(data: Buffer): Buffer[] }
  /** Set with the response's headers. */
  httpStatusCode?: number
  cancelWithStatus(code: number, details: string): void
}

/** From the intercepting call over the resolving, the retrying and the load balancing one; undefined while it is not there, or elsewhere. */
function lowerCallOf(call: GrpcCall): LowerCall | undefined {
  interface Layer {
    call?: Layer
    child?: Layer
    underlyingCalls?: Array<{ call?: Layer }>
  }
  let layer = call as unknown as Layer | undefined
  for (let depth = 0; depth < 8 && layer; depth++) {
    if ('http2Stream' in layer && 'decoder' in layer) return layer as unknown as LowerCall
    layer = layer.child ?? layer.underlyingCalls?.[0]?.call ?? layer.call
  }
  return undefined
}

/** No message has come, since not even the headers have. */
const isUntouched = ({ httpStatusCode, http2Stream }: LowerCall) => httpStatusCode === undefined && !http2Stream.destroyed

/** A compressed message, or why it is none that is taken; codes and words as grpc-js has them. */
function unpacked(bytes: Buffer, encoding: string, limit: number): Buffer | CallStatus {
  try {
    const options = { maxOutputLength: limit }
    if (encoding === 'gzip') return gunzipSync(bytes, options)
    if (encoding === 'deflate') return inflateSync(bytes, options)
    return { code: UNIMPLEMENTED, details: `a message compressed with "${encoding}", which was not offered` }
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
      ? { code: RESOURCE_EXHAUSTED, details: `Received message that decompresses to a size larger than ${limit}` }
      : { code: INTERNAL, details: 'a message that cannot be decompressed' }
  }
}
