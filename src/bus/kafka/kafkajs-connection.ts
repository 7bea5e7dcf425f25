import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import Connection from 'kafkajs/src/network/connection.js'
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js'
import protocols from 'kafkajs/src/protocol/requests/index.js'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import { CODE } from './codes.ts'
import { type BrokerConnection, type CallOptions, type ConnectionContext, nameOf } from './connection.ts'
import { BrokerLost, BrokerRefusal } from './failures.ts'
import { patchKafkajsDecoder } from './kafkajs-decoder-patch.ts'
import { kafkajsLogger } from './kafkajs-log.ts'
import type { ApiName, Calls, CustomCall } from './protocol.ts'
import { patchRequestQueue } from './request-queue-patch.ts'
import type { SaslLogin } from './security.ts'
import { sendInPieces } from './send-in-pieces.ts'
import type { Address, KafkaSettings } from './settings.ts'
import { checkSpoken } from './wire/versions.ts'

const encoded = (body: Buffer) => async () => ({ buf: body, buffer: body })

const API_VERSIONS_KEY = 18

/** {@link BrokerConnection} over kafkajs's (`?client=kafkajs`). */
export class KafkajsConnection implements BrokerConnection {
  readonly address: string
  readonly #connection: Connection
  #versions: KafkajsApiVersions = {}
  #closed = false

  private constructor(address: string, connection: Connection) {
    this.address = address
    this.#connection = connection
  }

  /** @throws BrokerLost, or SHITOPS_E_BUS_AUTH where the broker does not let us in */
  static async open({ host, port }: Address, { settings, security, logger }: ConnectionContext): Promise<KafkajsConnection> {
    const { requestTimeout, connectTimeout, clientId } = settings
    const connection = new Connection({
      ...{ host, port, clientId, requestTimeout, socketFactory: openSocket, logger: kafkajsLogger(logger), ssl: security.tls },
      connectionTimeout: connectTimeout,
      sasl: security.sasl && saslOf(security.sasl),
    })
    patchRequestQueue(connection)
    patchKafkajsDecoder()
    endAtGarbage(connection, nameOf({ host, port }))
    const opened = new KafkajsConnection(nameOf({ host, port }), connection)
    try {
      await connection.connect()
      await opened.#greet(settings)
      await connection.authenticate()
      return opened
    } catch (error) {
      opened.close()
      throw opened.#whyNotOpen(error, settings)
    }
  }

  get isOpen(): boolean {
    return !this.#closed && this.#connection.isConnected()
  }

  /** The newest version of an API that the broker speaks, or -1. */
  newest(apiKey: number): number {
    return this.#versions[apiKey]?.maxVersion ?? -1
  }

  /** A request that kafkajs encodes. Error codes inside the answer are the caller's to read. */
  async call<Api extends ApiName>(api: Api, args: Calls[Api][0], options: CallOptions = {}): Promise<Calls[Api][1]> {
    const key = apiKeys[api]
    const definition = protocols.requests[api]
    if (key === undefined || !definition) throw new Error(`kafkajs has no request ${api}`)
    const { request, response } = protocols.lookup(this.#versions)(key, definition)(args)
    if (options.version !== undefined) request.apiVersion = options.version
    return (await this.#send(
      request,
      this.#readable(api, (payload) => response.decode(payload)),
      options.timeoutMs,
    )) as Calls[Api][1]
  }

  /** A request of our own. */
  async send<Answer>(call: CustomCall<Answer>, timeoutMs?: number): Promise<Answer> {
    const { apiKey, apiVersion, name, body, tail } = call
    const decode = call.decode && this.#readable(name, call.decode)
    const { minVersion = 0, maxVersion = -1 } = this.#versions[apiKey] ?? {}
    checkSpoken(this.address, new Map([[apiKey, { min: minVersion, max: maxVersion }]]), call)
    if (tail)
      return (await this.#guarded(name, () =>
        sendInPieces(this.#connection, { ...call, tail, ...(decode && { decode }) }, timeoutMs ?? null),
      )) as Answer
    const request: KafkajsRequest = { apiKey, apiVersion, apiName: name, encode: encoded(body) }
    if (!decode) request.expectResponse = () => false
    return (await this.#send(request, async (payload) => decode?.(payload), timeoutMs)) as Answer
  }

  /** Resolves when what was sent has gone to the operating system: the brake for requests that get no answer. */
  async drained(): Promise<void> {
    const { socket } = this.#connection
    if (!socket || socket.writableLength < socket.writableHighWaterMark) return
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  /** kafkajs makes a buffer of each answer. */
  recycle(): void {}

  /** At once: waiting requests are rejected, nothing more is awaited from a broker that may be frozen. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#connection.rejectRequests(new BrokerLost(this.address, 'connection closed'))
    this.#connection.socket?.destroy()
    this.#connection.disconnect().catch(() => {})
  }

  async #send(request: KafkajsRequest, decode: (payload: Buffer) => Promise<unknown>, timeoutMs?: number): Promise<unknown> {
    return this.#guarded(request.apiName, () =>
      this.#connection.send({
        request,
        response: { decode: async (payload) => (await decode(payload)) ?? {}, parse: async (decoded) => decoded },
        logResponseError: false,
        ...(timeoutMs === undefined ? {} : { requestTimeout: timeoutMs }),
      }),
    )
  }

  /** Whoever sends what cannot be read may send anything next. */
  #readable<Answer>(name: string, decode: (payload: Buffer) => Answer | Promise<Answer>): (payload: Buffer) => Promise<Answer> {
    return async (payload) => {
      try {
        return await decode(payload)
      } catch (error) {
        if ((error as { code?: unknown }).code === CODE.UNSUPPORTED_VERSION) throw new BrokerRefusal(CODE.UNSUPPORTED_VERSION, name)
        throw new BrokerLost(this.address, `${name}: an answer that cannot be read: ${messageOf(error)}`, error, 'garbled')
      }
    }
  }

  async #guarded<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    if (this.#closed) throw new BrokerLost(this.address, 'connection closed')
    try {
      return await send()
    } catch (error) {
      if (!isNetworkFailure(error)) throw error
      // After a timeout the connection is not to be trusted: answers would come late and out of turn, and a frozen broker holds it.
      this.close()
      throw error instanceof BrokerLost ? error : new BrokerLost(this.address, `${name}: ${plain(error)}`, error)
    }
  }

  /** ApiVersions comes before everything, login included; the first answer also tells whether this is Kafka at all. */
  async #greet({ connectTimeout }: KafkaSettings): Promise<void> {
    const definition = protocols.requests.ApiVersions
    if (!definition) throw new Error('kafkajs has no request ApiVersions')
    let answered: { errorCode: number; apiVersions: Array<{ apiKey: number; minVersion: number; maxVersion: number }> }
    try {
      const { request, response } = definition.protocol({ version: 2 })()
      answered = (await this.#send(request, (payload) => response.decode(payload), connectTimeout)) as typeof answered
      if (answered.errorCode !== CODE.NONE || answered.apiVersions.length === 0) throw new Error('no API versions in the answer')
    } catch (error) {
      throw new BrokerLost(this.address, `answered, but not as a Kafka broker (${plain(error)})`, error)
    }
    for (const { apiKey, minVersion, maxVersion } of answered.apiVersions) this.#versions[apiKey] = { minVersion, maxVersion }
    this.#connection.setVersions(this.#versions)
    this.#connection.setSupportAuthenticationProtocol(this.newest(API_VERSIONS_KEY) >= 0)
  }

  #whyNotOpen(error: unknown, settings: KafkaSettings): unknown {
    const text = plain(error)
    const type = (error as { type?: string }).type
    if (
      (error as Error).name === 'KafkaJSSASLAuthenticationError' ||
      type === 'SASL_AUTHENTICATION_FAILED' ||
      type === 'UNSUPPORTED_SASL_MECHANISM'
    ) {
      return new ShitopsError(
        'SHITOPS_E_BUS_AUTH',
        `${this.address} refused user "${settings.saslUsername}" by ${settings.sasl}: ${text}`,
        {
          suggestions: ['check saslUsername= and the password', 'check sasl=: the broker may want another mechanism'],
          cause: error,
        },
      )
    }
    if (/certificate required|bad certificate|alert number (42|116)/i.test(text)) {
      return new ShitopsError('SHITOPS_E_BUS_AUTH', `${this.address} wants a client certificate that it trusts: ${text}`, {
        suggestions: ['?tlsCert=FILE&tlsKey=FILE'],
        cause: error,
      })
    }
    if (error instanceof BrokerLost || error instanceof ShitopsError) return error
    return new BrokerLost(this.address, text, error)
  }
}

/** What is no frame throws out of kafkajs's listener for data, where nobody would catch it. */
function endAtGarbage(connection: Connection, address: string): void {
  const take = connection.processData.bind(connection)
  connection.processData = (bytes) => {
    try {
      take(bytes)
    } catch (error) {
      connection.rejectRequests(new BrokerLost(address, `an answer that cannot be read: ${messageOf(error)}`, error, 'garbled'))
      connection.socket?.destroy()
    }
  }
}

function saslOf(sasl: SaslLogin): Record<string, unknown> {
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl }
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) }
}

function isNetworkFailure(error: unknown): boolean {
  const { name } = error as Error
  return error instanceof BrokerLost || name.startsWith('KafkaJSConnection') || name === 'KafkaJSRequestTimeoutError'
}

/** The innermost reason, without the prefixes that kafkajs and we put in front. */
function plain(error: unknown): string {
  const reason = error instanceof BrokerLost && error.cause !== undefined ? error.cause : error
  return messageOf(reason).replace(/^(Connection error|Failed to connect): /, '')
}

function openSocket(options: { host: string; port: number; ssl: ConnectionOptions | null; onConnect(): void }): Socket {
  const { host, port, ssl, onConnect } = options
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect)
  // Requests are small and each is one write: Nagle would only hold them back.
  return socket.setNoDelay(true).setKeepAlive(true, 60_000)
}
