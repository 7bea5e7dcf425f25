import type { Socket } from 'node:net'
import type { Metadata, Server, ServerDuplexStream, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import { commonJs } from '../../../base/common-js.ts'
import { type AnswerScript, CAPABILITIES, everythingSet, HANG, Refusal } from './answers.ts'
import { Conditions } from './conditions.ts'
import { Connections } from './connections.ts'
import { type AskedSubscribe, GnmiMessages, type Method } from './messages.ts'
import { entriesOf, type RecordedRequest } from './recorded-request.ts'
import { type Demands, refusalOf } from './refusals.ts'
import { SubscribeStream } from './subscribe-stream.ts'

export interface TargetOptions extends Demands {
  /** 0, the default, for any free one. */
  port?: number
  /** PEM texts. With `ca`, only clients with a certificate of that authority are let in. */
  tls?: { cert: Buffer | string; key: Buffer | string; ca?: Buffer | string }
}

/** What becomes of a Subscribe RPC once its first message is there; `index` counts the target's streams from 0. */
export type SubscribeScript = (stream: SubscribeStream, request: AskedSubscribe, index: number) => unknown

type Unary = Exclude<Method, 'Subscribe'>
type GrpcModule = typeof import('@grpc/grpc-js')

const UNIMPLEMENTED = 12
const INTERNAL = 13

/** A gNMI target on a real grpc-js server that does what a test tells it to, good or bad, and keeps what it was sent. On 127.0.0.1. */
export class ScriptedTarget {
  /** Every message that came, in the order of arrival. */
  readonly requests: RecordedRequest[] = []
  /** Every Subscribe RPC whose first message came. */
  readonly streams: SubscribeStream[] = []
  /** By default nothing is sent and the stream stays open: the test has it from {@link subscribed}. */
  onSubscribe: SubscribeScript = () => {}
  /** Answers to the unary RPCs. */
  readonly answers: Record<Unary, AnswerScript> = {
    Capabilities: CAPABILITIES,
    Get: new Refusal(UNIMPLEMENTED, 'nothing to get'),
    Set: everythingSet,
  }
  /** What to do with a new connection instead of speaking gRPC on it; nothing is written or closed for it. */
  onConnection: ((socket: Socket) => void) | undefined
  /** Unary RPCs that the client gave up. */
  cancelledCalls = 0
  readonly #grpc: GrpcModule
  readonly #server: Server
  readonly #messages: GnmiMessages
  readonly #options: TargetOptions
  readonly #conditions = new Conditions()
  #connections: Connections | undefined

  private constructor(grpc: GrpcModule, messages: GnmiMessages, options: TargetOptions) {
    this.#grpc = grpc
    this.#messages = messages
    this.#options = options
    this.#server = new grpc.Server({ 'grpc.max_receive_message_length': -1 })
    this.#server.addService(messages.rawService(), {
      Capabilities: this.#unary('Capabilities'),
      Get: this.#unary('Get'),
      Set: this.#unary('Set'),
      Subscribe: (call: ServerDuplexStream<Buffer, Buffer>) => this.#subscribe(call),
    })
  }

  static async listen(options: TargetOptions = {}): Promise<ScriptedTarget> {
    const grpc = commonJs(await import('@grpc/grpc-js'))
    const self = new ScriptedTarget(grpc, await GnmiMessages.load(), options)
    const injector = self.#server.createConnectionInjector(self.#serverCredentials())
    self.#connections = await Connections.listen(options.port ?? 0, (socket) => {
      if (self.onConnection) self.onConnection(socket)
      else injector.injectConnection(socket)
      self.#conditions.changed()
    })
    return self
  }

  /** HOST:PORT */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#connections?.port ?? 0
  }

  /** TCP connections: open now, and ever. */
  get connections(): { open: number; accepted: number } {
    return { open: this.#connections?.open ?? 0, accepted: this.#connections?.accepted ?? 0 }
  }

  get openStreams(): number {
    return this.streams.filter(({ open }) => open).length
  }

  get cancelledStreams(): number {
    return this.streams.filter(({ cancelled }) => cancelled).length
  }

  /** Resolves to the nth Subscribe RPC, from 1, when its first message is there. */
  subscribed(n = 1): Promise<SubscribeStream> {
    return this.#conditions.until(`Subscribe RPC ${n}`, () => this.streams[n - 1])
  }

  /** Resolves to the nth message that came, from 1; with a method, the nth of it. */
  request(n = 1, method?: Method): Promise<RecordedRequest> {
    return this.#conditions.until(
      `${method ?? 'request'} ${n}`,
      () => this.requests.filter((one) => !method || one.method === method)[n - 1],
    )
  }

  /** Resolves when `n` Subscribe RPCs were cancelled by the client, or lost it. */
  async cancelled(n = 1): Promise<void> {
    await this.until(`${n} cancelled streams`, () => this.cancelledStreams >= n)
  }

  /** Resolves when the target has accepted `n` TCP connections. */
  async connected(n = 1): Promise<void> {
    await this.until(`connection ${n}`, () => this.connections.accepted >= n)
  }

  /** Resolves when `holds`, which is looked at whenever something happened to the target. */
  async until(what: string, holds: () => boolean): Promise<void> {
    await this.#conditions.until(what, () => holds() || undefined)
  }

  /** Cut all connections; the port stays open. */
  cutAll(): void {
    this.#connections?.cutAll()
  }

  /** Everything is cut and the port is free again. */
  async close(): Promise<void> {
    this.#conditions.close('the target was closed')
    // Connections first: to the clients the target is gone, and has not cancelled their calls.
    await this.#connections?.close()
    this.#server.forceShutdown()
  }

  #serverCredentials() {
    const { tls } = this.#options
    if (!tls) return this.#grpc.ServerCredentials.createInsecure()
    const pair = { cert_chain: Buffer.from(tls.cert), private_key: Buffer.from(tls.key) }
    return this.#grpc.ServerCredentials.createSsl(tls.ca ? Buffer.from(tls.ca) : null, [pair], tls.ca !== undefined)
  }

  /** Keeps what came; a Refusal when the bytes are no such message. */
  #record(method: Method, raw: Buffer, call: { metadata: Metadata; getPeer(): string }, stream?: number): RecordedRequest | Refusal {
    const about = { method, raw, metadata: entriesOf(call.metadata), peer: call.getPeer(), ...(stream !== undefined && { stream }) }
    try {
      const request = { ...about, message: this.#messages.decodeRequest(method, raw) }
      this.requests.push(request)
      return request
    } catch {
      this.requests.push({ ...about, message: {} })
      return new Refusal(INTERNAL, `the bytes are no ${method} request`)
    }
  }

  #unary(method: Unary) {
    return async (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
      // grpc-js says "cancelled" of every call that is over.
      let answeredAlready = false
      call.on('cancelled', () => {
        if (!answeredAlready) this.cancelledCalls++
        this.#conditions.changed()
      })
      const index = this.requests.filter((request) => request.method === method).length
      const request = this.#record(method, call.request, call)
      const refusal = request instanceof Refusal ? request : refusalOf(this.#options, request)
      this.#conditions.changed()
      const script = this.answers[method]
      const answered = refusal ?? (typeof script === 'function' ? await script(request as RecordedRequest, index) : script)
      if (answered === HANG) return
      answeredAlready = true
      if (answered instanceof Refusal) answer({ code: answered.code, details: answered.details })
      else if (Buffer.isBuffer(answered)) answer(null, answered)
      else answer(null, this.#messages.encodeResponse(method, answered as object))
    }
  }

  #subscribe(call: ServerDuplexStream<Buffer, Buffer>): void {
    let stream: SubscribeStream | undefined
    call.on('error', () => {})
    call.on('data', (raw: Buffer) => {
      const earlier = stream
      stream ??= this.#open(call)
      const request = this.#record('Subscribe', raw, call, stream.index)
      const refusal = request instanceof Refusal ? request : refusalOf(this.#options, request, earlier)
      if (refusal) stream.fail(refusal.code, refusal.details)
      else this.#deliver(stream, (request as RecordedRequest).message, earlier === undefined)
      this.#conditions.changed()
    })
    call.on('end', () => {
      if (stream) stream.halfClosed = true
      this.#conditions.changed()
    })
    call.on('cancelled', () => {
      if (stream?.open) stream.cancelled = true
      this.#conditions.changed()
    })
  }

  #open(call: ServerDuplexStream<Buffer, Buffer>): SubscribeStream {
    const stream = new SubscribeStream({
      index: this.streams.length,
      call,
      socket: this.#connections?.of(call.getPeer()),
      encode: (response) => this.#messages.encodeResponse('Subscribe', response),
      metadata: (entries) => {
        const metadata = new this.#grpc.Metadata()
        for (const [name, value] of Object.entries(entries)) metadata.set(name, value)
        return metadata
      },
      conditions: this.#conditions,
    })
    this.streams.push(stream)
    return stream
  }

  #deliver(stream: SubscribeStream, message: AskedSubscribe, first: boolean): void {
    if (message.poll) {
      stream.polls++
      stream.onPoll?.(stream.polls)
    } else if (first) {
      stream.request = message
      // What a script throws is a bug of the test: let it end loudly, as an unhandled rejection does.
      void (async () => this.onSubscribe(stream, message, stream.index))()
    }
  }
}
