import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, ShitopsError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Receiver, Reply } from './receiver.ts'

export interface ServerOptions {
  host: string
  /** 0: any that is free. */
  port: number
  /** PEM texts; absent: plain HTTP. */
  tls?: { cert: string; key: string } | undefined
  receiver: Receiver
  logger: Logger
  /** Largest body, bytes. */
  bodyLimit?: number
  /** Until a whole request is there, ms. */
  requestTimeout?: number
}

export interface RunningServer {
  port: number
  /** Ends what is open after the requests that are being answered. */
  close(): Promise<void>
}

const BODY_LIMIT = 4 * 1024 * 1024
const REQUEST_TIMEOUT = 15_000
const MOST_CONNECTIONS = 128
/** Requests whose bodies are in memory at once. */
const MOST_AT_ONCE = 32

const ALERT_PATH = '/librenms/alert'
const PLUGIN_PATH = '/librenms/plugin'

/**
 * The HTTP server of `shitops librenms receive`.
 * @throws SHITOPS_E_RECEIVE_LISTEN
 */
export async function serveReceiver(options: ServerOptions): Promise<RunningServer> {
  const { host, port, tls, requestTimeout = REQUEST_TIMEOUT } = options
  const limits = {
    requestTimeout,
    headersTimeout: requestTimeout,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(requestTimeout, 5_000),
  }
  const door = new Door(options)
  const onRequest = (request: IncomingMessage, response: ServerResponse) => void door.answer(request, response)
  const server = tls
    ? (await import('node:https')).createServer({ ...tls, ...limits, minVersion: 'TLSv1.2' }, onRequest)
    : (await import('node:http')).createServer(limits, onRequest)
  server.maxConnections = MOST_CONNECTIONS
  await listening(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ShitopsError('SHITOPS_E_RECEIVE_LISTEN', `the receiver cannot listen on ${host}:${port}: ${error.message}`, {
          suggestions: ['--listen 127.0.0.1:0 (any free port)'],
          cause: error,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
}

/** From a request to what the receiver makes of it. */
class Door {
  readonly #receiver: Receiver
  readonly #logger: Logger
  readonly #limit: number
  #atOnce = 0

  constructor({ receiver, logger, bodyLimit = BODY_LIMIT }: ServerOptions) {
    this.#receiver = receiver
    this.#logger = logger
    this.#limit = bodyLimit
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A caller who goes away in the middle is no failure of ours.
    request.on('error', () => {})
    response.on('error', () => {})
    try {
      const reply = await this.#reply(request)
      if (reply) send(request, response, reply)
    } catch (error) {
      this.#logger.error(`a request could not be answered: ${messageOf(error)}`)
      send(request, response, { status: 500, body: { status: 'error', message: 'it failed here' } })
    }
  }

  /** @returns undefined when nobody waits for it any more */
  async #reply(request: IncomingMessage): Promise<Reply | undefined> {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2)
    const method = request.method ?? ''
    if (path === '/healthz') return { status: 200, body: { status: 'ok' } }
    if (path !== ALERT_PATH && path !== PLUGIN_PATH) return refusal(404, 'there is nothing here')
    const get = method === 'GET' && path === ALERT_PATH
    if (!get && method !== 'POST' && !(method === 'PUT' && path === ALERT_PATH)) return refusal(405, `${method} is not taken here`)
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return refusal(415, 'the body must not be compressed')
    if (this.#atOnce >= MOST_AT_ONCE) return refusal(503, 'too many requests at once')
    this.#atOnce++
    try {
      const body = get ? Buffer.from(decoded(query)) : await bodyOf(request, this.#limit)
      if (body === 'too large') return refusal(413, `the body is larger than ${this.#limit} bytes`)
      if (body === 'gone') return undefined
      return await (path === ALERT_PATH ? this.#receiver.alert(request.headers, body) : this.#receiver.plugin(request.headers, body))
    } finally {
      this.#atOnce--
    }
  }
}

/** Parameters one a line, `name=value`. */
function decoded(query: string): string {
  return [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).join('\n')
}

function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | 'too large' | 'gone'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('too large')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        request.pause()
        return resolve('too large')
      }
      chunks.push(chunk)
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('close', () => resolve('gone'))
  })
}

const refusal = (status: number, message: string): Reply => ({ status, body: { status: 'error', message } })

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Reply): void {
  if (response.headersSent || response.destroyed) return
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    // What is left of a body that nobody reads would be taken for the next request.
    ...(!request.complete && { connection: 'close' }),
    ...(status === 401 && { 'www-authenticate': 'Basic realm="shitops"' }),
    ...(status === 503 && { 'retry-after': '5' }),
  })
  response.end(text)
}
