import { constants as http2, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js'
import type { Conditions } from './conditions.ts'
import { grpcFrame, http2StreamOf, writeThrough } from './http2-below.ts'
import type { AskedSubscribe } from './messages.ts'

/** A SubscribeResponse in the shape of the .proto file, or the very bytes to send for one. */
export type Sendable = object | Buffer

interface Surroundings {
  index: number
  call: ServerDuplexStream<Buffer, Buffer>
  socket: Socket | undefined
  encode(response: object): Buffer
  metadata(entries: Record<string, string>): Metadata
  conditions: Conditions
}

/**
 * One Subscribe RPC in the hands of a script. What is sent goes out in the order of the calls, each promise resolving when flow control let the
 * bytes go: true, or false when the stream was over before.
 */
export class SubscribeStream {
  /** The how manieth of the target, from 0. */
  readonly index: number
  /** What was subscribed to. */
  request: AskedSubscribe = {}
  /** Called for each Poll, with its number from 1. */
  onPoll: ((poll: number) => void) | undefined
  /** Polls that came. */
  polls = 0
  /** Messages that went out. */
  sent = 0
  /** sync_responses that were sent with {@link sync}. */
  syncs = 0
  /** The client has said all it had to say. */
  halfClosed = false
  /** The client cancelled, or its connection went, before the target ended the stream. */
  cancelled = false
  /** The target ended it. */
  ended = false
  readonly #around: Surroundings
  readonly #http2: ServerHttp2Stream
  #tail: Promise<unknown> = Promise.resolve()
  #headersSent = false

  constructor(around: Surroundings) {
    this.#around = around
    this.#http2 = http2StreamOf(around.call)
    this.index = around.index
  }

  get open(): boolean {
    return !this.cancelled && !this.ended
  }

  /** The response headers alone, which tell the client that the call was taken. */
  headers(entries: Record<string, string> = {}): void {
    if (this.#headersSent) return
    this.#headersSent = true
    this.#around.call.sendMetadata(this.#around.metadata(entries))
  }

  /** Each message in a DATA frame of its own, as most devices do. */
  send(response: Sendable): Promise<boolean> {
    return this.#write([grpcFrame(this.#bytes(response))], 1)
  }

  /** A Notification. */
  notify(notification: object): Promise<boolean> {
    return this.send({ update: notification })
  }

  sync(value = true): Promise<boolean> {
    this.syncs++
    return this.send({ sync_response: value })
  }

  /** All in as few DATA frames as they fit. */
  sendPacked(responses: readonly Sendable[]): Promise<boolean> {
    return this.#write([Buffer.concat(responses.map((response) => grpcFrame(this.#bytes(response))))], responses.length)
  }

  /** One message over many DATA frames of at most `size` bytes; the first may cut the five bytes of gRPC's own header. */
  sendSplit(response: Sendable, size: number): Promise<boolean> {
    const frame = grpcFrame(this.#bytes(response))
    const pieces = Array.from({ length: Math.ceil(frame.length / size) }, (_, i) => frame.subarray(i * size, (i + 1) * size))
    return this.#write(pieces, 1)
  }

  /** With gzip. Only on a stream that has sent nothing but compressed messages: the headers say the encoding. */
  sendCompressed(response: Sendable): Promise<boolean> {
    this.headers({ 'grpc-encoding': 'gzip' })
    return this.#write([grpcFrame(gzipSync(this.#bytes(response)), true)], 1)
  }

  /** These bytes as they are, outside of gRPC's framing. */
  sendUnframed(bytes: Buffer): Promise<boolean> {
    return this.#write([bytes], 0)
  }

  /** As fast as flow control lets, until `count` were sent or the stream is over. Resolves to how many went out. */
  async flood(make: (i: number) => Sendable, count = Number.POSITIVE_INFINITY): Promise<number> {
    for (let i = 0; i < count; i++) {
      if (!(await this.send(make(i)))) return i
    }
    return count
  }

  /** Status OK, after all that was sent. */
  end(): void {
    this.#finish(() => this.#around.call.end())
  }

  /** Another status, after all that was sent. `code` as in grpc.status. */
  fail(code: number, details: string): void {
    // An error event is grpc-js' way to end a stream with a status.
    this.#finish(() => this.#around.call.emit('error', { code, details }))
  }

  /** RST_STREAM, at once: the connection and its other calls live on. */
  reset(code: number = http2.NGHTTP2_INTERNAL_ERROR): void {
    this.ended = true
    this.#http2.close(code)
    this.#around.conditions.changed()
  }

  /** GOAWAY with this code and text (`too_many_pings`), and no new streams on the connection; this one stays. */
  goAway(code: number = http2.NGHTTP2_ENHANCE_YOUR_CALM, text = 'too_many_pings'): void {
    this.#http2.session?.goaway(code, 0, Buffer.from(text))
  }

  /** The TCP connection goes at once, by FIN or by RST. */
  drop({ reset = false }: { reset?: boolean } = {}): void {
    this.ended = true
    if (reset) this.#around.socket?.resetAndDestroy()
    else this.#around.socket?.destroy()
    this.#around.conditions.changed()
  }

  /** Resolves when the client has cancelled or gone. */
  async untilCancelled(): Promise<void> {
    await this.#around.conditions.until(`the client to cancel stream ${this.index}`, () => this.cancelled || undefined)
  }

  async untilPolled(polls: number): Promise<void> {
    await this.#around.conditions.until(`poll ${polls} on stream ${this.index}`, () => this.polls >= polls || undefined)
  }

  async untilHalfClosed(): Promise<void> {
    await this.#around.conditions.until(`the client to half-close stream ${this.index}`, () => this.halfClosed || undefined)
  }

  #bytes(response: Sendable): Buffer {
    return Buffer.isBuffer(response) ? response : this.#around.encode(response)
  }

  /** Pieces in turn, each let go before the next is written, so that no two share a DATA frame. */
  #write(pieces: readonly Buffer[], messages: number): Promise<boolean> {
    const written = this.#tail.then(async () => {
      if (!this.open) return false
      this.headers()
      for (const piece of pieces) {
        if (!(await writeThrough(this.#http2, piece))) return false
      }
      this.sent += messages
      this.#around.conditions.changed()
      return true
    })
    this.#tail = written
    return written
  }

  #finish(how: () => void): void {
    this.#tail = this.#tail.then(() => {
      if (!this.open) return
      this.ended = true
      how()
      this.#around.conditions.changed()
    })
  }
}
