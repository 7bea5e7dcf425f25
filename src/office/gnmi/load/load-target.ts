import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { CAPABILITIES } from '../scripted/answers.ts'
import { grpcFrame } from '../scripted/http2-below.ts'
import { type AskedSubscribe, GnmiMessages } from '../scripted/messages.ts'
import { countersOf, MOST_UPDATES, type PayloadOptions, STREAM_NUMBERS } from './counters.ts'
import { answerCall, methodOf, onFirstMessage, openCall, refuseCall } from './grpc-by-hand.ts'
import { LoadStream, type Pace, type StreamCounts } from './load-stream.ts'
import { type Frames, MessageRing } from './message-ring.ts'
import { patchesOf } from './patch.ts'

export interface LoadOptions extends PayloadOptions, Pace {
  /** 0, the default, for any free one. */
  port?: number
  /** PEM texts. */
  tls?: { cert: string; key: string }
  /** With `sequence`: the messages of each stream have numbers of their own, STREAM_NUMBERS times (this and its place among the target's streams) and on. */
  firstStream?: number
  /** Bytes per write where messages are packed; 64 KiB by default. */
  chunkBytes?: number
}

const UNIMPLEMENTED = 12
const INVALID_ARGUMENT = 3
/** How often streams with a rate are looked at, ms. */
const TICK = 10

/**
 * A gNMI target that is cheaper than any client: it speaks gRPC by hand over node:http2 and sends messages that were encoded before, packed into
 * large writes, as far as flow control lets. Any number of targets behind its one address, told apart by `prefix.target`, which it echoes.
 */
export class LoadTarget {
  readonly #options: LoadOptions
  readonly #messages: GnmiMessages
  readonly #server: Http2Server
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #sockets = new Set<Socket>()
  readonly #streams: LoadStream[] = []
  /** By `prefix.target`. */
  readonly #frames = new Map<string, Frames>()
  readonly #capabilities: Buffer
  #timer: NodeJS.Timeout | undefined
  /** On 127.0.0.1. */
  port = 0

  private constructor(options: LoadOptions, messages: GnmiMessages) {
    this.#options = options
    this.#messages = messages
    this.#capabilities = grpcFrame(messages.encodeResponse('Capabilities', CAPABILITIES))
    // A thousand streams on one session hold more than node's 10 MB while they wait for the window.
    const settings = { maxSessionMemory: 1_000 }
    this.#server = options.tls ? (createSecureServer({ ...settings, ...options.tls }) as unknown as Http2Server) : createServer(settings)
    // An HTTP/2 session does not hand out its socket for cutting.
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('session', (session) => {
      this.#sessions.add(session)
      session.on('close', () => this.#sessions.delete(session))
      session.on('error', () => {})
    })
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => {})
      this.#call(stream, methodOf(headers))
    })
  }

  /** Rejects with the system's error when the port is taken, and with a RangeError on a payload that cannot be. */
  static async listen(options: LoadOptions): Promise<LoadTarget> {
    if (!(options.updates >= 1 && options.updates <= MOST_UPDATES)) throw new RangeError(`updates: 1 to ${MOST_UPDATES}`)
    const self = new LoadTarget(options, await GnmiMessages.load())
    await new Promise<void>((resolve, reject) => {
      self.#server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    self.port = (self.#server.address() as AddressInfo).port
    if (options.rate !== undefined) self.#timer = setInterval(() => self.#pumpAll(), TICK)
    return self
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Of every stream there was, in the order of their coming. */
  get streams(): readonly Readonly<StreamCounts>[] {
    return this.#streams.map(({ counts }) => counts)
  }

  get sent(): { messages: number; updates: number; bytes: number } {
    const messages = this.streams.reduce((sum, one) => sum + one.messages, 0)
    return { messages, updates: messages * this.#options.updates, bytes: this.streams.reduce((sum, one) => sum + one.bytes, 0) }
  }

  /** End all streams, after what they have written: OK, or another status (as in grpc.status). The port stays open. */
  endAll(status?: number): void {
    for (const stream of this.#streams) stream.end(status)
  }

  /** All connections go at once; the port stays open. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    for (const session of this.#sessions) session.destroy()
    await closed
  }

  #pumpAll(): void {
    for (const stream of this.#streams) if (stream.counts.open) stream.pump()
  }

  #call(stream: ServerHttp2Stream, method: string | undefined): void {
    if (method === 'Capabilities') {
      stream.resume()
      answerCall(stream, this.#capabilities)
    } else if (method === 'Subscribe') {
      onFirstMessage(stream, (message) => this.#subscribe(stream, message))
    } else {
      stream.resume()
      refuseCall(stream, UNIMPLEMENTED, 'a load target has Subscribe and Capabilities')
    }
  }

  #subscribe(stream: ServerHttp2Stream, message: Buffer): void {
    let request: AskedSubscribe
    try {
      request = this.#messages.decodeRequest('Subscribe', message)
    } catch {
      refuseCall(stream, INVALID_ARGUMENT, 'the first message is no SubscribeRequest')
      return
    }
    openCall(stream)
    const target = request.subscribe?.prefix?.target ?? ''
    const frames = this.#framesOf(target)
    const { firstStream } = this.#options
    const first = firstStream === undefined ? 0 : (firstStream + this.#streams.length) * STREAM_NUMBERS
    const ring = new MessageRing(frames, this.#options, this.#chunkBytes(frames), first)
    // The golden ratio spreads any number of streams evenly.
    const phase = (this.#streams.length * 0.618034) % 1
    const load = new LoadStream(stream, ring, { target, pace: this.#options, initial: frames.frames.length, phase })
    this.#streams.push(load)
    load.pump()
  }

  /** A slow stream needs no more than a round of its messages at a time. */
  #chunkBytes({ frames }: Frames): number {
    const { chunkBytes = 65_536, rate } = this.#options
    const round = frames.reduce((sum, { length }) => sum + length, 0)
    return rate !== undefined && rate < 1_000 ? Math.min(chunkBytes, round) : chunkBytes
  }

  #framesOf(target: string): Frames {
    const known = this.#frames.get(target)
    if (known) return known
    const { interfaces = 64 } = this.#options
    const frames = Array.from({ length: interfaces }, (_, i) =>
      grpcFrame(this.#messages.encodeResponse('Subscribe', countersOf(i, target || undefined, this.#options))),
    )
    const made = { frames, patches: frames.map((frame) => patchesOf(frame, this.#options)) }
    this.#frames.set(target, made)
    return made
  }
}
