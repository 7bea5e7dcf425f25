import { createSecureContext } from 'node:tls'
import type { ServerCredentials, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import type { Clock } from '../../../../base/clock.ts'
import { commonJs } from '../../../../base/common-js.ts'
import { messageOf, ShitopsError } from '../../../../base/errors.ts'
import type { Logger } from '../../../../base/log.ts'
import type { Metrics } from '../../../metrics.ts'
import { loadGnmi } from '../../client/grpc.ts'
import { Refusal } from '../refusal.ts'
import type { GetRequest } from '../request/messages.ts'
import { Sampler } from '../sampler.ts'
import type { Source } from '../sources/source.ts'
import { RHYTHM, type Rhythm } from '../subscribe/rules.ts'
import { Ticker } from '../ticker.ts'
import { capabilities } from './capabilities.ts'
import { type Credentials, Gate, type Shown } from './gate.ts'
import { get } from './get.ts'
import { type GrpcCall, SubscribeCall } from './subscribe-call.ts'

/** Keys and certificates in PEM. */
export interface TlsFiles {
  key: Buffer
  certificate: Buffer
  /** Clients must show a certificate that this authority has signed. */
  clientAuthority?: Buffer
}

export interface AgentServerOptions {
  /** HOST:PORT, IPv6 in brackets; port 0 is any free one. */
  listen: string
  /** Absent: in plain text. */
  tls?: TlsFiles | undefined
  credentials: Credentials
  sources: readonly Source[]
  clock: Clock
  metrics: Metrics
  logger: Logger
  /** ms: the shortest sample interval; 1 s. */
  floor?: number
  rhythm?: Rhythm
}

/** Requests are small: a list of paths. */
const MOST_REQUEST_BYTES = 256 * 1024
/** Subscribe RPCs at a time. */
const MOST_STREAMS_PER_CLIENT = 16
const MOST_STREAMS = 64
/** ms between two pings of a quiet client, and until its answer. */
const KEEPALIVE = 60_000
const KEEPALIVE_TIMEOUT = 20_000
/** ms that calls have to end by themselves when the server stops. */
const GRACE = 1_000

/** A gNMI target for the machine it runs on: Capabilities, Get, Subscribe; Set is refused. Counts `streams` as they begin. */
export class AgentServer {
  readonly #grpc: typeof import('@grpc/grpc-js')
  readonly #server: import('@grpc/grpc-js').Server
  readonly #options: AgentServerOptions
  readonly #gate: Gate
  readonly #sampler: Sampler
  readonly #ticker: Ticker
  readonly #calls = new Map<SubscribeCall, string>()
  #address = ''

  private constructor(grpc: typeof import('@grpc/grpc-js'), options: AgentServerOptions) {
    this.#grpc = grpc
    this.#options = options
    this.#gate = new Gate(options.credentials, options)
    this.#sampler = new Sampler(options.sources, options)
    this.#ticker = new Ticker(options.clock, this.#sampler, options.floor ?? 1_000)
    this.#server = new grpc.Server({
      'grpc.max_receive_message_length': MOST_REQUEST_BYTES,
      'grpc.max_concurrent_streams': MOST_STREAMS_PER_CLIENT * 2,
      // A client that went away without a word must not have the machine read for ever.
      'grpc.keepalive_time_ms': KEEPALIVE,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT,
    })
  }

  /** @throws SHITOPS_E_AGENT_LISTEN when the address is taken or not there, SHITOPS_E_AGENT_TLS when key and certificate are of no use */
  static async listen(options: AgentServerOptions): Promise<AgentServer> {
    const grpc = commonJs(await import('@grpc/grpc-js'))
    // What it has to say about a port that is taken is said in the error.
    grpc.setLogVerbosity(grpc.logVerbosity.NONE)
    const self = new AgentServer(grpc, options)
    self.#server.addService((await loadGnmi()).methods, {
      Capabilities: self.#unary(async () => capabilities()),
      Get: self.#unary<GetRequest>((request) => get(request, self.#sampler)),
      Set: self.#unary(async () => {
        throw new Refusal('UNIMPLEMENTED', 'nothing can be set here: the agent only tells')
      }),
      Subscribe: (call: GrpcCall) => void self.#subscribe(call),
    })
    await self.#bind(self.#serverCredentials())
    return self
  }

  /** HOST:PORT with the port that was bound. */
  get address(): string {
    return this.#address
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#calls.size
  }

  /** Leaves that wait for slow clients, over all streams. */
  get waiting(): number {
    return [...this.#calls.keys()].reduce((sum, call) => sum + call.waiting, 0)
  }

  /** End every stream with UNAVAILABLE, so that clients come again, and let go of the port. */
  async close(): Promise<void> {
    for (const call of this.#calls.keys()) call.refuse(new Refusal('UNAVAILABLE', 'the agent stops'))
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => this.#server.forceShutdown(), GRACE)
      this.#server.tryShutdown(() => {
        clearTimeout(forced)
        resolve()
      })
    })
  }

  #serverCredentials(): ServerCredentials {
    const { ServerCredentials: credentials } = this.#grpc
    const { tls } = this.#options
    if (!tls) return credentials.createInsecure()
    const { key, certificate, clientAuthority } = tls
    try {
      // grpc-js would find out at the first connection.
      createSecureContext({ key, cert: certificate, ca: clientAuthority })
      return credentials.createSsl(clientAuthority ?? null, [{ private_key: key, cert_chain: certificate }], clientAuthority !== undefined)
    } catch (error) {
      throw tlsError(error)
    }
  }

  async #bind(credentials: ServerCredentials): Promise<void> {
    const { listen } = this.#options
    const port = await new Promise<number>((resolve, reject) => {
      const done = (error: Error | null, bound: number) => (error ? reject(listenError(listen, error)) : resolve(bound))
      this.#server.bindAsync(listen, credentials, done)
    })
    this.#address = listen.replace(/:\d+$/, `:${port}`)
  }

  /** A unary call behind the gate. */
  #unary<Request>(answer: (request: Request) => Promise<object>) {
    return (call: ServerUnaryCall<Request, object>, callback: sendUnaryData<object>) => {
      this.#gate
        .admit(call.metadata as Shown, hostOf(call.getPeer()))
        .then(() => answer(call.request))
        .then(
          (response) => callback(null, response),
          (error: unknown) => callback(error instanceof Refusal ? error : this.#failure(error)),
        )
    }
  }

  async #subscribe(grpcCall: GrpcCall): Promise<void> {
    const call = new SubscribeCall(grpcCall, {
      sampler: this.#sampler,
      ticker: this.#ticker,
      rhythm: this.#options.rhythm ?? RHYTHM,
      metrics: this.#options.metrics,
    })
    const host = hostOf(grpcCall.getPeer())
    try {
      await this.#gate.admit(grpcCall.metadata as Shown, host)
      this.#admitStream(host)
    } catch (error) {
      call.refuse(error)
      return
    }
    this.#calls.set(call, host)
    this.#options.metrics.add('streams')
    await call.run().finally(() => this.#calls.delete(call))
  }

  #admitStream(host: string): void {
    const own = [...this.#calls.values()].filter((other) => other === host).length
    if (own < MOST_STREAMS_PER_CLIENT && this.#calls.size < MOST_STREAMS) return
    throw new Refusal('RESOURCE_EXHAUSTED', `${MOST_STREAMS_PER_CLIENT} streams of one client and ${MOST_STREAMS} in all are the most`)
  }

  #failure(error: unknown): Refusal {
    this.#options.logger.error(messageOf(error))
    return new Refusal('INTERNAL', 'the agent failed')
  }
}

/** `127.0.0.1:4711` or `[::1]:4711`, as grpc-js has it. */
const hostOf = (peer: string) => peer.replace(/:\d+$/, '')

function listenError(listen: string, cause: Error): ShitopsError {
  const taken = /EADDRINUSE/.test(cause.message)
  const why = taken ? 'the port is taken' : /EADDRNOTAVAIL/.test(cause.message) ? 'this machine has no such address' : cause.message
  return new ShitopsError('SHITOPS_E_AGENT_LISTEN', `the agent cannot listen on ${listen}: ${why}`, {
    suggestions: taken ? ['--listen 127.0.0.1:0 (any free port)', 'is an agent running already?'] : ['--listen 127.0.0.1:57400'],
    cause,
  })
}

export function tlsError(cause: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_AGENT_TLS', `the certificate and its key are of no use: ${messageOf(cause)}`, {
    suggestions: ['--tls-cert and --tls-key want PEM files that belong together', 'leave both away for a certificate of its own'],
    cause,
  })
}
