import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { type Fault, Faults, LOGIN_PAGE, proxyPage, type Trouble } from './faults.ts'
import { NATIVE_QUIRKS, type Quirks } from './quirks.ts'
import { frameworkError, SERVER_ERROR } from './routes/answers.ts'
import type { Answer, Call, Rights, User } from './routes/call.ts'
import { answer, type Match, match, notFound } from './routes/table.ts'
import { send } from './send.ts'
import { Traffic } from './traffic.ts'
import type { World } from './world/world.ts'

export interface Token extends User {
  token: string
}

export interface LibrenmsOptions {
  world: World
  /** Deviations from {@link NATIVE_QUIRKS}. */
  quirks?: Partial<Quirks>
  /** An administrator's token, or several of several users. */
  token: string | readonly Token[]
  /** Times the delays of slow answers; not the world's time. */
  clock?: Clock
  /** 0, the default, for any free one. */
  port?: number
}

const PREFIX = '/api/v0'
/** Of a request, bytes. */
const LARGEST_BODY = 1_048_576

/** A LibreNMS: its API v0 over HTTP on 127.0.0.1, answering from a {@link World}. No token is ever in an address or a log of it. */
export class LibrenmsServer {
  readonly world: World
  /** May be changed while it runs. */
  readonly quirks: Quirks
  readonly traffic = new Traffic()
  /** What was thrown while answering, and became a 500: a test expects none. */
  readonly mistakes: unknown[] = []
  readonly #faults = new Faults()
  readonly #server: Server
  readonly #tokens: readonly Token[]
  readonly #clock: Clock
  #url = ''

  private constructor(options: LibrenmsOptions) {
    this.world = options.world
    this.quirks = { ...NATIVE_QUIRKS, ...options.quirks }
    this.#tokens = typeof options.token === 'string' ? [{ token: options.token, username: 'shitops', rights: 'admin' }] : options.token
    this.#clock = options.clock ?? systemClock
    this.#server = createServer((request, response) => void this.#take(request, response))
    // As nginx: shorter ones close just when a client with a poll every few seconds comes again.
    this.#server.keepAliveTimeout = 65_000
  }

  /** SHITOPS_E_USAGE when the port is taken. */
  static async listen(options: LibrenmsOptions): Promise<LibrenmsServer> {
    const self = new LibrenmsServer(options)
    await new Promise<void>((resolve, reject) => {
      self.#server.once('error', (cause) =>
        reject(
          new ShitopsError('SHITOPS_E_USAGE', `the LibreNMS double cannot listen on 127.0.0.1:${options.port ?? 0}: ${cause.message}`, {
            suggestions: ['--port 0 (any free port)'],
            cause,
          }),
        ),
      )
      self.#server.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    self.#url = `http://127.0.0.1:${(self.#server.address() as AddressInfo).port}`
    return self
  }

  /** `http://127.0.0.1:8000`; the API is below `/api/v0`. */
  get url(): string {
    return this.#url
  }

  /** Something goes wrong from now on. The earliest fault that fits a request hits it. */
  fault(fault: Fault): Trouble {
    return this.#faults.add(fault)
  }

  clearFaults(): void {
    this.#faults.clear()
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    const url = addressOf(request, this.#url)
    const inApi = url.pathname === PREFIX || url.pathname.startsWith(`${PREFIX}/`)
    const path = inApi ? url.pathname.slice(PREFIX.length + 1).replace(/\/$/, '') : undefined
    const text = await read(request)
    if (text === undefined) return
    const user = this.#userOf(request, url, text)
    const found =
      path === undefined ? undefined : match(request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'), path, this.quirks.missing)
    const name = path === undefined ? 'outside' : !user ? 'unauthenticated' : found ? found.route.name || 'route_map' : 'not_found'
    this.traffic.begin(name)
    try {
      const fault = this.#faults.next(name, url.pathname)
      if (fault?.kind === 'reset') {
        request.socket.resetAndDestroy()
        return
      }
      if (fault?.kind === 'hang') return await new Promise<void>((resolve) => response.once('close', resolve))
      const made = faultAnswer(fault, response) ?? this.#answer(path, found, user, url, text)
      const gzip = this.quirks.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
      await send({ response, answer: made, clock: this.#clock, gzip, fault, onBytes: (count) => this.traffic.sent(name, count) })
    } finally {
      this.traffic.end()
    }
  }

  #answer(path: string | undefined, found: Match | undefined, user: User | undefined, url: URL, text: string): Answer {
    if (path === undefined) return { status: 200, type: 'text/html; charset=UTF-8', body: [LOGIN_PAGE] }
    if (!user) return frameworkError(401, 'Unauthenticated.')
    if (!found) return notFound()
    const { world, quirks } = this
    const call: Call = {
      world,
      quirks,
      rendering: { quirks, time: world.time, inventory: world.inventory },
      user,
      params: found.params,
      query: url.searchParams,
      body: parsed(text),
      base: `${this.#url}/`,
    }
    try {
      return answer(found.route, call)
    } catch (error) {
      this.mistakes.push(error)
      return SERVER_ERROR()
    }
  }

  /** Every way that Laravel's token guard takes; the documented one is the header X-Auth-Token. */
  #userOf({ headers }: IncomingMessage, url: URL, text: string): User | undefined {
    const authorization = headers.authorization ?? ''
    const basic = /^Basic (.+)$/i.exec(authorization)?.[1]
    const given = [
      headers['x-auth-token'],
      url.searchParams.get('api_token'),
      (parsed(text) as { api_token?: unknown } | undefined)?.api_token,
      /^Bearer (.+)$/i.exec(authorization)?.[1],
      basic && Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':'),
    ]
    return this.#tokens.find(({ token }) => given.includes(token))
  }
}

/** The address asked for; what is none is taken for the first page. */
function addressOf(request: IncomingMessage, base: string): URL {
  try {
    return new URL(`${base}${request.url ?? '/'}`)
  } catch {
    return new URL(base)
  }
}

function faultAnswer(fault: Fault | undefined, response: ServerResponse): Answer | undefined {
  if (fault?.kind === 'html') return { status: 200, type: 'text/html; charset=UTF-8', body: [LOGIN_PAGE] }
  if (fault?.kind !== 'status') return undefined
  if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter))
  if (fault.page === false) return frameworkError(fault.status, fault.status === 429 ? 'Too Many Attempts.' : 'Server Error')
  return { status: fault.status, type: 'text/html; charset=UTF-8', body: [proxyPage(fault.status)] }
}

/** The body; undefined when the client went away or sends too much. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > LARGEST_BODY) {
        request.destroy()
        return undefined
      }
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export type { Rights }
