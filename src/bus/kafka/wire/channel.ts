import type { Socket } from 'node:net'
import type { Address } from '../settings.ts'
import { WireWriter } from '../wire.ts'
import { FrameReader } from './frame-reader.ts'
import { openSocket, type SocketOptions } from './socket.ts'

/** The correlation id in front of an answer, bytes. */
const HEADER = 4
/** Of a request's length in front of it, bytes. */
const LENGTH = 4

/** What is sent: request header v1 (kafka.apache.org/protocol#protocol_messages), the body, and its large rest as it is. */
export interface WireRequest {
  apiKey: number
  apiVersion: number
  name: string
  body: Buffer
  tail?: Buffer | undefined
}

interface Waiting {
  correlationId: number
  name: string
  resolve(payload: Buffer): void
  reject(error: Error): void
  timer: NodeJS.Timeout | undefined
}

/** The connection is gone, or is not to be used any more; every request that waited is rejected with this. */
export class ChannelError extends Error {
  readonly kind: 'lost' | 'timeout' | 'garbled'

  constructor(kind: ChannelError['kind'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ChannelError'
    this.kind = kind
  }
}

/** Requests out, answers in, in the same order: a broker answers one connection's requests one after another. */
export class Channel {
  readonly #clientId: string
  readonly #frames: FrameReader
  readonly #waiting: Waiting[] = []
  #socket: Socket | undefined
  #failure: ChannelError | undefined
  #correlationId = 0
  /** Counts arrivals: an answer on a slow line takes longer than a broker may be silent. */
  #arrivals = 0

  private constructor(clientId: string, limit: number) {
    this.#clientId = clientId
    this.#frames = new FrameReader(limit, (frame) => this.#take(frame))
  }

  /** Rejects with the system's or OpenSSL's error. @param limit bytes that an answer may have, see {@link limit} */
  static async open(
    address: Address,
    options: Pick<SocketOptions, 'tls' | 'timeoutMs'> & { clientId: string; limit: number },
  ): Promise<Channel> {
    const channel = new Channel(options.clientId, options.limit)
    const onBytes = (failure?: unknown) => {
      channel.#arrivals++
      if (failure !== undefined) channel.#fail(new ChannelError('garbled', (failure as Error).message, failure))
    }
    const socket = await openSocket(address, { ...options, frames: channel.#frames, onBytes })
    channel.#socket = socket
    socket.on('error', (error) => channel.#fail(new ChannelError('lost', error.message, error)))
    socket.on('close', () => channel.#fail(new ChannelError('lost', 'Closed connection')))
    return channel
  }

  get isOpen(): boolean {
    return this.#failure === undefined
  }

  /** The most bytes that an answer may have from now on. */
  set limit(bytes: number) {
    this.#frames.limit = bytes
  }

  /** Resolves with the answer behind its header; for ever, or until the broker has been silent for `timeoutMs`. */
  request(request: WireRequest, timeoutMs: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      const waiting: Waiting = { correlationId: this.#write(request), name: request.name, resolve, reject, timer: undefined }
      this.#waiting.push(waiting)
      this.#watch(waiting, timeoutMs)
    })
  }

  /** A request that gets no answer. */
  post(request: WireRequest): void {
    if (this.#failure) throw this.#failure
    this.#write(request)
  }

  async drained(): Promise<void> {
    const socket = this.#socket
    if (!socket || socket.destroyed || socket.writableLength < socket.writableHighWaterMark) return
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  recycle(frame: Buffer): void {
    this.#frames.recycle(frame)
  }

  close(reason = new ChannelError('lost', 'connection closed')): void {
    this.#fail(reason)
  }

  #write({ apiKey, apiVersion, body, tail }: WireRequest): number {
    this.#correlationId = (this.#correlationId + 1) & 0x7fffffff
    const head = new WireWriter()
      .int32(0)
      .int16(apiKey)
      .int16(apiVersion)
      .int32(this.#correlationId)
      .string(this.#clientId)
      .raw(body)
      .done()
    head.writeInt32BE(head.length - LENGTH + (tail?.length ?? 0))
    const socket = this.#socket as Socket
    if (!tail) socket.write(head)
    else {
      socket.cork()
      socket.write(head)
      socket.write(tail)
      socket.uncork()
    }
    return this.#correlationId
  }

  #take(frame: Buffer): void {
    const waiting = this.#waiting.shift()
    const correlationId = frame.readInt32BE(0)
    if (!waiting || waiting.correlationId !== correlationId) {
      if (waiting) this.#waiting.unshift(waiting)
      const what = waiting
        ? `an answer to request ${correlationId}, where ${waiting.correlationId} waits`
        : 'an answer that nobody asked for'
      this.#fail(new ChannelError('garbled', what))
      return
    }
    clearTimeout(waiting.timer)
    waiting.resolve(frame.subarray(HEADER))
  }

  /**
   * Gives up on a broker that says nothing. A process that was held up itself finds the answer beside the time that has run out, so it looks at
   * the socket once more first; and while bytes keep coming the answer is on its way, and while they keep going the request is.
   */
  #watch(waiting: Waiting, timeoutMs: number): void {
    const arrivals = this.#arrivals
    const unsent = this.#unsent
    waiting.timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#failure || !this.#waiting.includes(waiting)) return
        if (this.#arrivals !== arrivals || this.#unsent < unsent) return this.#watch(waiting, timeoutMs)
        this.#fail(new ChannelError('timeout', `${waiting.name}: no answer within ${timeoutMs} ms`))
      })
    }, timeoutMs)
  }

  /** Bytes that the system has not taken yet. Node's own idle time-out looks at the same (lib/net.js, _onTimeout); no public name tells it. */
  get #unsent(): number {
    return (this.#socket as (Socket & { _handle?: { writeQueueSize?: number } | null }) | undefined)?._handle?.writeQueueSize ?? 0
  }

  #fail(error: ChannelError): void {
    if (this.#failure) return
    this.#failure = error
    this.#socket?.destroy()
    for (const { timer, reject } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      reject(error)
    }
  }
}
