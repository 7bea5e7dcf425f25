import type { Client, Metadata } from '@grpc/grpc-js'
import { ShitopsError } from '../../../base/errors.ts'
import { type Channel, openChannel, withPort } from './channel.ts'
import { CONNECTION_DEFAULTS, type ConnectionOptions } from './connection-options.ts'
import { type Failure, failureError, failureOf } from './failure.ts'
import { type GnmiProtocol, loadGnmi } from './grpc.ts'
import { SubscribeCall } from './subscribe-call.ts'

const identity = (bytes: Buffer) => bytes

/**
 * The connection to one target, for all its calls: made when the first one needs it, made anew when it was lost. Of several addresses all
 * are tried at once, and the first that answers is used.
 */
export class GnmiConnection {
  readonly #options: ConnectionOptions
  #opening: Promise<Client> | undefined
  #channel: Channel | undefined
  /** Those that are being connected: closing one ends the wait for it. */
  #attempts: readonly Channel[] = []
  /** Of the unary calls under way: gRPC lets them run on when their channel is closed. */
  readonly #cancels = new Set<() => void>()
  #address = ''
  #closed = false

  constructor(options: ConnectionOptions) {
    if (options.addresses.length === 0)
      throw new ShitopsError('SHITOPS_E_USAGE', 'a target without an address', { suggestions: ['-a HOST:PORT'] })
    if (options.credentials?.token && !options.tls)
      throw new ShitopsError('SHITOPS_E_USAGE', 'a token is sent over TLS only', { suggestions: ['leave out --insecure'] })
    this.#options = options
  }

  /** HOST:PORT that the connection stands to; the first one while there is none. */
  get address(): string {
    return this.#address || withPort(this.#options.addresses[0] ?? '')
  }

  /** ms that a connection may take, and the answer to a call that all else waits for. */
  get timeout(): number {
    return this.#options.connectTimeout ?? CONNECTION_DEFAULTS.connectTimeout
  }

  /** Resolves when there is a connection. @throws SHITOPS_E_GNMI_… by what went wrong */
  async connect(): Promise<void> {
    await this.#ready()
  }

  /** One Subscribe RPC; write its requests as plain objects of proto/gnmi.proto. */
  async subscribe(): Promise<SubscribeCall> {
    const protocol = await loadGnmi()
    const { path, requestSerialize } = protocol.methods.Subscribe
    const client = await this.#ready()
    const call = client.makeBidiStreamRequest(path, requestSerialize, identity, this.#metadata(protocol))
    return new SubscribeCall(call, this.#options.maxMessageBytes ?? CONNECTION_DEFAULTS.maxMessageBytes)
  }

  /**
   * A unary call; the answer is a plain object of proto/gnmi.proto, or its bytes.
   * @param timeout ms
   * @throws SHITOPS_E_GNMI_… by what went wrong
   */
  async call(method: 'Capabilities' | 'Get' | 'Set', request: object, options: { timeout: number; signal?: AbortSignal }): Promise<Buffer> {
    const protocol = await loadGnmi()
    const { path, requestSerialize } = protocol.methods[method]
    const client = await this.#ready()
    const deadline = Date.now() + options.timeout
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const call = client.makeUnaryRequest(
          path,
          requestSerialize,
          identity,
          request,
          this.#metadata(protocol),
          { deadline },
          (error, answer) => {
            options.signal?.removeEventListener('abort', cancel)
            this.#cancels.delete(cancel)
            if (error) reject(error)
            else resolve(answer as Buffer)
          },
        )
        const cancel = () => call.cancel()
        this.#cancels.add(cancel)
        options.signal?.addEventListener('abort', cancel, { once: true })
        if (options.signal?.aborted) cancel()
      })
    } catch (error) {
      throw failureError(this.address, failureOf(error))
    }
  }

  /** The answer of {@link call} as a plain object. */
  async ask<Answer extends object>(
    method: 'Capabilities' | 'Get' | 'Set',
    request: object,
    options: { timeout: number; signal?: AbortSignal },
  ): Promise<Answer> {
    const bytes = await this.call(method, request, options)
    const { methods } = await loadGnmi()
    return methods[method].responseDeserialize(bytes) as Answer
  }

  /** Let go of it: who waits for it, or for the answer to a unary call, waits no longer. A Subscribe is its caller's to cancel. Never throws. */
  close(): void {
    this.#closed = true
    for (const cancel of this.#cancels) cancel()
    this.#drop()
  }

  #drop(): void {
    for (const channel of this.#attempts) channel.close()
    this.#attempts = []
    this.#channel?.close()
    this.#channel = undefined
  }

  #metadata({ grpc }: GnmiProtocol): Metadata {
    const { username, password, token } = this.#options.credentials ?? {}
    const metadata = new grpc.Metadata()
    if (username !== undefined) metadata.set('username', username)
    if (password !== undefined) metadata.set('password', password)
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`)
    return metadata
  }

  /** The client, connected. One attempt at a time, whoever asks. */
  async #ready(): Promise<Client> {
    const { grpc } = await loadGnmi()
    if (this.#closed) throw failureError(this.address, CLOSED)
    const { READY } = grpc.connectivityState
    if (this.#channel?.client.getChannel().getConnectivityState(false) === READY) {
      this.#channel.settle()
      return this.#channel.client
    }
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #open(): Promise<Client> {
    this.#drop()
    const protocol = await loadGnmi()
    if (this.#closed) throw failureError(this.address, CLOSED)
    const { addresses } = this.#options
    const deadline = Date.now() + this.timeout
    const attempts = addresses.map((address) => {
      const channel = openChannel(protocol.grpc, address, this.#options)
      return { address: withPort(address), channel, ready: untilReady(protocol, channel.client, deadline) }
    })
    this.#attempts = attempts.map(({ channel }) => channel)
    try {
      const { address, channel } = await Promise.any(attempts.map(async (attempt) => attempt.ready.then(() => attempt)))
      if (this.#closed) throw failureError(address, CLOSED)
      for (const other of attempts) if (other.channel !== channel) other.channel.close()
      channel.settle()
      this.#channel = channel
      this.#address = address
      return channel.client
    } catch (error) {
      for (const { channel } of attempts) channel.close()
      if (this.#closed) throw failureError(attempts[0]?.address ?? '', CLOSED)
      throw error instanceof AggregateError ? connectFailure(attempts[0]?.address ?? '', error, this.#options.tls !== undefined) : error
    } finally {
      this.#attempts = []
    }
  }
}

/** What whoever still waits for a connection is told when it is given up. */
const CLOSED: Failure = { class: 'cancelled', status: 'CANCELLED', message: 'the connection was closed', suggestions: [] }

/** Resolves once the client is connected. Rejects with the gRPC error that says why it is not. */
async function untilReady(protocol: GnmiProtocol, client: Client, deadline: number): Promise<void> {
  const { READY, TRANSIENT_FAILURE, SHUTDOWN } = protocol.grpc.connectivityState
  const { CANCELLED, DEADLINE_EXCEEDED } = protocol.grpc.status
  const channel = client.getChannel()
  for (;;) {
    // A channel that was closed would begin to connect again if it were asked to.
    if (channel.getConnectivityState(false) === SHUTDOWN) throw grpcError(CANCELLED, CLOSED.message)
    const state = channel.getConnectivityState(true)
    if (state === READY) return
    if (state === TRANSIENT_FAILURE) throw await reasonOf(protocol, client)
    const inTime = await new Promise<boolean>((resolve) => channel.watchConnectivityState(state, deadline, (error) => resolve(!error)))
    if (!inTime) throw grpcError(DEADLINE_EXCEEDED, '')
  }
}

const grpcError = (code: number, details: string) => Object.assign(new Error(details), { code, details })

/** Why a channel has no connection is told to calls only; this one is refused at once. */
function reasonOf({ methods }: GnmiProtocol, client: Client): Promise<Error> {
  const { path, requestSerialize } = methods.Capabilities
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, identity, {}, { deadline: Date.now() + 1_000 }, (error) =>
      resolve(error ?? new Error('the connection came and went')),
    )
  })
}

/** Of several addresses each has its reason; they are told in one sentence, under the first one's code. */
function connectFailure(first: string, { errors }: AggregateError, secure: boolean): ShitopsError {
  const failures = errors.map((error) => failureOf(error, secure))
  const messages = new Set(failures.map(({ message }) => message))
  const [failure] = failures
  if (!failure) return new ShitopsError('SHITOPS_E_BUG', `${first}: no attempt was made`)
  const message = failure.class === 'timeout' ? 'no connection in time: what listens there does not answer' : [...messages].join('; ')
  return failureError(first, { ...failure, message })
}
