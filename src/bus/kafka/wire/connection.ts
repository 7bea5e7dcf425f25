import { messageOf, ShitopsError } from '../../../base/errors.ts'
import { CODE } from '../codes.ts'
import { type BrokerConnection, type CallOptions, type ConnectionContext, nameOf } from '../connection.ts'
import { BrokerLost, BrokerRefusal } from '../failures.ts'
import type { ApiName, Calls, CustomCall } from '../protocol.ts'
import type { Address } from '../settings.ts'
import { apiVersionsCall, type VersionRange } from './api-versions.ts'
import { Channel, ChannelError, type WireRequest } from './channel.ts'
import { FrameError, SPEAKS_TLS } from './frame-reader.ts'
import { kafkajsCall } from './kafkajs-codec.ts'
import { LoginRefused, login } from './login.ts'
import { checkSpoken, checkVersions } from './versions.ts'

/** An answer may have so many bytes before the other side has shown that it speaks Kafka, and after. */
const GREETING_LIMIT = 256 * 1024
const ANSWER_LIMIT = 256 * 1024 * 1024
/** Of a session's life, when to log in again (KIP-368); the Java client takes 0.85 to 0.95. */
const SESSION_PART = 0.85
/** A broker's word on how long to wait is taken up to here, ms. */
const LONGEST_THROTTLE_MS = 30_000

const CHECK_LOGIN = ['check saslUsername= and the password, or the token', 'check sasl=: the broker may want another mechanism']
/**
 * TLS alerts about a client's certificate: none, bad, unsupported, expired, unknown (Java's word for most of it), of an authority that is not known
 * (RFC 8446, section 6).
 */
const CLIENT_CERTIFICATE =
  /certificate required|bad certificate|certificate expired|certificate unknown|unknown ca|alert number (42|43|45|46|48|116)/i

/** {@link BrokerConnection} over a socket of our own. */
export class WireConnection implements BrokerConnection {
  readonly address: string
  readonly #context: ConnectionContext
  readonly #channel: Channel
  #versions: ReadonlyMap<number, VersionRange> = new Map()
  /** When the session of this login is to be renewed, ms since the epoch. */
  #loginAgainAt = Number.POSITIVE_INFINITY
  #loggingIn: Promise<void> | null = null
  /** The broker wants nothing from us before that (KIP-219), ms since the epoch. */
  #heldUntil = 0

  private constructor(address: string, channel: Channel, context: ConnectionContext) {
    this.address = address
    this.#channel = channel
    this.#context = context
  }

  /** @throws BrokerLost, or SHITOPS_E_BUS_AUTH where the broker does not let us in */
  static async open(address: Address, context: ConnectionContext): Promise<WireConnection> {
    const { settings, security } = context
    const { connectTimeout: timeoutMs, clientId } = settings
    const name = nameOf(address)
    const channel = await Channel.open(address, { tls: security.tls, timeoutMs, clientId, limit: GREETING_LIMIT }).catch(
      (error: unknown) => {
        throw whyNotConnected(name, error)
      },
    )
    const connection = new WireConnection(name, channel, context)
    try {
      await connection.#greet()
      await connection.#login()
      channel.limit = ANSWER_LIMIT
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#channel.isOpen
  }

  newest(apiKey: number): number {
    return this.#versions.get(apiKey)?.max ?? -1
  }

  async call<Api extends ApiName>(api: Api, args: Calls[Api][0], options: CallOptions = {}): Promise<Calls[Api][1]> {
    return this.send(await kafkajsCall(api, args, this.#versions, options.version), options.timeoutMs)
  }

  async send<Answer>(call: CustomCall<Answer>, timeoutMs = this.#context.settings.requestTimeout): Promise<Answer> {
    checkSpoken(this.address, this.#versions, call)
    if (this.#heldUntil !== 0 || this.#loginAgainAt !== Number.POSITIVE_INFINITY) await this.#mayGo()
    const { decode } = call
    if (decode) return this.#exchange({ ...call, decode }, timeoutMs)
    this.#guarded(call.name, () => this.#channel.post(call))
    return undefined as Answer
  }

  drained(): Promise<void> {
    return this.#channel.drained()
  }

  recycle(answer: Buffer): void {
    this.#channel.recycle(answer)
  }

  close(): void {
    this.#channel.close()
  }

  async #exchange<Answer>(call: WireRequest & { decode(payload: Buffer): Answer | Promise<Answer> }, timeoutMs: number): Promise<Answer> {
    const payload = await this.#channel.request(call, timeoutMs).catch((error: unknown) => {
      throw this.#lost(call.name, error)
    })
    let answer: Answer
    try {
      answer = await call.decode(payload)
    } catch (error) {
      if (error instanceof BrokerRefusal) throw error
      // Whoever sent this may send anything next.
      this.#channel.close()
      throw new BrokerLost(this.address, `${call.name}: an answer that cannot be read: ${messageOf(error)}`, error, 'garbled')
    }
    this.#obey((answer as { clientSideThrottleTime?: number }).clientSideThrottleTime ?? 0)
    return answer
  }

  #guarded(name: string, send: () => void): void {
    try {
      send()
    } catch (error) {
      throw this.#lost(name, error)
    }
  }

  /** ApiVersions comes before everything, login included; the first answer also tells whether this is Kafka at all. */
  async #greet(): Promise<void> {
    const { connectTimeout } = this.#context.settings
    try {
      let answer = await this.#exchange(required(apiVersionsCall(3)), connectTimeout)
      if (answer.errorCode === CODE.UNSUPPORTED_VERSION) answer = await this.#exchange(required(apiVersionsCall(0)), connectTimeout)
      if (answer.errorCode !== CODE.NONE || answer.versions.size === 0) throw new Error('no API versions in the answer')
      this.#versions = answer.versions
    } catch (error) {
      throw this.#whyNoGreeting(error)
    }
    checkVersions(this.address, this.#versions)
  }

  #whyNoGreeting(error: unknown): unknown {
    if (error instanceof ShitopsError) return error
    const cause = error instanceof BrokerLost && error.cause !== undefined ? error.cause : error
    const reason = messageOf(cause)
    if (cause instanceof ChannelError && cause.kind === 'timeout')
      return new BrokerLost(this.address, `takes the connection and says nothing (${reason})`, error)
    if (cause instanceof ChannelError && cause.kind === 'lost')
      return new BrokerLost(this.address, `not as a Kafka broker does, it hung up (${reason})`, error)
    const kind = reason === SPEAKS_TLS ? 'tls' : 'not-kafka'
    return new BrokerLost(this.address, `answered, but not as a Kafka broker (${reason})`, error, kind)
  }

  async #login(): Promise<void> {
    const { sasl } = this.#context.security
    if (!sasl) return
    const { connectTimeout, saslUsername } = this.#context.settings
    try {
      const begun = Date.now()
      const sessionMs = await login((call) => this.#exchange(required(call), connectTimeout), sasl)
      this.#loginAgainAt = sessionMs > 0 ? begun + SESSION_PART * sessionMs : Number.POSITIVE_INFINITY
    } catch (error) {
      if (!(error instanceof LoginRefused)) throw error
      const who = sasl.mechanism === 'oauthbearer' ? 'the token' : `user "${saslUsername}"`
      throw new ShitopsError('SHITOPS_E_BUS_AUTH', `${this.address} refused ${who} by ${sasl.mechanism}: ${error.message}`, {
        suggestions: error.advice.length > 0 ? [...error.advice] : [...CHECK_LOGIN],
        cause: error,
      })
    }
  }

  /** Waits while the broker wants no requests, and logs in again before the session ends; nothing else is sent meanwhile. */
  async #mayGo(): Promise<void> {
    for (let wait = this.#heldUntil - Date.now(); wait > 0; wait = this.#heldUntil - Date.now()) {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
    this.#heldUntil = 0
    if (Date.now() >= this.#loginAgainAt) {
      this.#loggingIn ??= this.#login().finally(() => {
        this.#loggingIn = null
      })
    }
    await this.#loggingIn?.catch((error: unknown) => {
      this.close()
      throw error
    })
  }

  #obey(throttleMs: number): void {
    if (throttleMs > 0) this.#heldUntil = Math.max(this.#heldUntil, Date.now() + Math.min(throttleMs, LONGEST_THROTTLE_MS))
  }

  #lost(name: string, error: unknown): BrokerLost {
    if (!(error instanceof ChannelError)) return new BrokerLost(this.address, `${name}: ${messageOf(error)}`, error)
    const tooLarge = error.cause instanceof FrameError && error.cause.kind === 'large'
    const kind = tooLarge ? 'too-large' : error.kind === 'garbled' ? 'garbled' : undefined
    if (CLIENT_CERTIFICATE.test(error.message)) return wantsCertificate(this.address, error)
    return new BrokerLost(this.address, `${name}: ${error.message}`, error, kind)
  }
}

/** All calls but Produce with acks=0 have an answer. */
function required<Answer>(call: CustomCall<Answer>): CustomCall<Answer> & { decode(payload: Buffer): Answer | Promise<Answer> } {
  if (!call.decode) throw new Error(`${call.name} has no answer`)
  return { ...call, decode: call.decode }
}

function wantsCertificate(address: string, error: Error): never {
  throw new ShitopsError('SHITOPS_E_BUS_AUTH', `${address} wants a client certificate that it trusts: ${oneLine(error.message)}`, {
    suggestions: [
      '?tlsCert=FILE&tlsKey=FILE',
      'openssl x509 -in FILE -noout -dates -issuer shows until when it is good, and who signed it',
    ],
    cause: error,
  })
}

/** OpenSSL's and Node's codes of what is wrong with a certificate, or with whoever shows it. */
const CERTIFICATE = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_|CRL_|HOSTNAME_MISMATCH|EPROTO)/

function whyNotConnected(address: string, error: unknown): BrokerLost {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (CLIENT_CERTIFICATE.test(message)) return wantsCertificate(address, error as Error)
  const expired =
    code === 'CERT_HAS_EXPIRED' ? 'its certificate has expired' : code === 'CERT_NOT_YET_VALID' ? 'its certificate is not valid yet' : null
  const plain = /before secure TLS connection|wrong version number|packet length too long|record layer/i.test(message)
  const kind = CERTIFICATE.test(code) || plain ? 'tls' : undefined
  const reason = plain ? `it does not speak TLS (${oneLine(message)})` : expired ? `${expired} (${message})` : oneLine(message)
  return new BrokerLost(address, reason, error, kind)
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
