import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { AUTH_ITEM, CHANNEL_NAMES, CLOSE, type HeartbeatFrame, LIMITS, SOCKET_PATH, SUBPROTOCOL } from '../../live/protocol.ts'
import { hostAllowed, originAllowed, type PlaceRules } from '../access/places.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Feed } from '../feed/feed.ts'
import { Connection } from './connection.ts'
import { frameOf } from './frame.ts'
import type { Hub } from './hub.ts'
import { readMessage } from './message.ts'

export interface DoorOptions {
  hub: Hub
  feed: Feed
  bus: Bus
  clock: Clock
  logger: Logger
  tokens: Tokens
  places: PlaceRules
  tls: boolean
  /** Connections at once. */
  maxClients: number
  ready(): boolean
  oldestId(): string
  namedBus?: string | undefined
  limits?: { coalesceBytes: number; closeBytes: number } | undefined
  heartbeatMs?: number | undefined
}

export interface DoorCounts {
  opened: number
  /** By HTTP status of the refusal. */
  refused: Map<number, number>
  /** By close code. */
  closed: Map<number, number>
}

/** A heartbeat that comes after so many times its interval was held up by ourselves. */
const LATE = 1.2

/** Where WebSockets come in: who may, how many, and how one ends. */
export class SocketDoor {
  readonly session = randomBytes(8).toString('hex')
  readonly counts: DoorCounts = { opened: 0, refused: new Map(), closed: new Map() }
  readonly #o: DoorOptions
  readonly #server: WebSocketServer
  readonly #connections = new Set<{ connection: Connection; ws: WebSocket }>()
  readonly #heartbeat: NodeJS.Timeout
  readonly #heartbeatMs: number
  #beatAt = performance.now()
  #closing = false

  constructor(options: DoorOptions) {
    this.#o = options
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: LIMITS.messageBytes,
      perMessageDeflate: false,
      // Ours alone is ever echoed; the item with the token never.
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    })
    this.#heartbeatMs = options.heartbeatMs ?? LIMITS.heartbeatMs
    this.#heartbeat = setInterval(() => this.#beat(), this.#heartbeatMs)
    this.#heartbeat.unref()
  }

  get size(): number {
    return this.#connections.size
  }

  /** Clients that are owed something, and the bytes that wait in all sockets. */
  backlog(): { behind: number; queuedBytes: number } {
    let [behind, queuedBytes] = [0, 0]
    for (const { connection } of this.#connections) {
      if (connection.behind) behind++
      queuedBytes += connection.queuedBytes
    }
    return { behind, queuedBytes }
  }

  /** For the `upgrade` event of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whoever goes away in the middle is no failure of ours.
    socket.on('error', () => socket.destroy())
    const token = tokenOf(request)
    const grant = token === undefined ? undefined : this.#o.tokens.find(token)
    const refusal = this.#refusalOf(request) ?? (token !== undefined && !grant ? ([401, 'the token is not known'] as const) : undefined)
    if (refusal) {
      const [status, why] = refusal
      this.#refuse(socket, status, why)
      return
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      const connection = this.#open(ws, socket)
      if (ws.protocol !== SUBPROTOCOL) connection.close(CLOSE.version, `this server speaks ${SUBPROTOCOL}`)
      else if (grant) connection.welcome(grant)
    })
  }

  #refusalOf({ url = '', headers: { host, origin } }: IncomingMessage): readonly [status: 403 | 404 | 503, why: string] | undefined {
    const { places, tls, ready, maxClients } = this.#o
    if (url.split('?', 1)[0] !== SOCKET_PATH) return [404, `the WebSocket is at ${SOCKET_PATH}`]
    if (!hostAllowed(host, places)) return [403, 'this server does not answer to that name']
    if (!originAllowed(origin, host, tls, places)) return [403, 'pages of that origin may not use this server']
    if (this.#closing || !ready()) return [503, 'not ready yet']
    return this.#connections.size >= maxClients ? [503, 'there is no room for one more'] : undefined
  }

  #open(ws: WebSocket, socket: Duplex): Connection {
    const { limits, ...rest } = this.#o
    const connection = new Connection({ ...rest, ws, socket, session: this.session, ...(limits && { limits }) })
    const entry = { connection, ws }
    this.#connections.add(entry)
    this.counts.opened++
    const late = setTimeout(() => {
      if (!connection.grant) connection.close(CLOSE.auth, 'no token came')
      else if (!connection.group) connection.close(CLOSE.policy, 'no subscription came')
    }, LIMITS.handshakeMs)
    const rate = { from: 0, count: 0 }
    ws.on('message', (data, isBinary) => {
      connection.alive = true
      if (this.#tooMany(rate)) connection.close(CLOSE.policy, 'too many messages')
      else this.#take(connection, isBinary ? undefined : data.toString())
    })
    ws.on('pong', () => {
      connection.alive = true
    })
    ws.on('error', () => ws.terminate())
    ws.on('close', (code) => {
      clearTimeout(late)
      connection.gone()
      this.#connections.delete(entry)
      this.counts.closed.set(code, (this.counts.closed.get(code) ?? 0) + 1)
    })
    return connection
  }

  #take(connection: Connection, text: string | undefined): void {
    const message = readMessage(text)
    if ('code' in message) connection.refuse(message)
    else if (message.type === 'auth') {
      const grant = this.#o.tokens.find(message.data.token)
      if (!grant) connection.close(CLOSE.auth, 'the token is not known')
      else if (!connection.grant) connection.welcome(grant)
    } else if (!connection.grant) connection.close(CLOSE.auth, 'the token comes first')
    else connection.subscribe(message.data ?? {}).catch((error: unknown) => connection.refuse(error))
  }

  #tooMany(rate: { from: number; count: number }): boolean {
    const now = this.#o.clock.now()
    if (now - rate.from >= 10_000) Object.assign(rate, { from: now, count: 0 })
    return ++rate.count > LIMITS.messagesPerTenSeconds
  }

  /**
   * Pings, for what is between us and them; and a frame, since a page never sees a ping. Who did not answer the last one is gone; but after a stall of
   * our own (the machine slept, the process hung) answers wait to be read, and nobody is judged by a beat that comes late.
   */
  #beat(): void {
    const { hub, clock, ready } = this.#o
    const now = performance.now()
    const late = now - this.#beatAt > this.#heartbeatMs * LATE
    this.#beatAt = now
    hub.flush()
    const data = { ready: ready(), session: this.session }
    const frames = new Map(CHANNEL_NAMES.map((name) => [name, frameOf<HeartbeatFrame>('heartbeat', hub.id(name), clock.now(), data)]))
    for (const { connection, ws } of this.#connections) {
      if (!connection.alive && !late) {
        connection.gone()
        ws.terminate()
        continue
      }
      connection.alive = false
      ws.ping()
      const frame = connection.group && frames.get(connection.group.wanted.channel)
      if (frame) connection.beat(frame)
    }
  }

  #refuse(socket: Duplex, status: 401 | 403 | 404 | 503, why: string): void {
    const words = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }
    this.counts.refused.set(status, (this.counts.refused.get(status) ?? 0) + 1)
    const retry = status === 503 ? 'Retry-After: 2\r\n' : ''
    const length = Buffer.byteLength(`${why}\n`)
    const head = `HTTP/1.1 ${status} ${words[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n${retry}Content-Length: ${length}\r\n\r\n`
    socket.once('finish', () => socket.destroy())
    socket.end(`${head}${why}\n`)
  }

  /** Everybody is told that the server stops; who does not answer within `ms` is cut off. */
  async close(ms = 1_000): Promise<void> {
    this.#closing = true
    clearInterval(this.#heartbeat)
    this.#o.hub.flush()
    for (const { connection } of this.#connections) connection.close(CLOSE.shutdown, 'the server stops')
    const end = performance.now() + ms
    while (this.#connections.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10))
    for (const { ws } of this.#connections) ws.terminate()
  }
}

/** The token of a handshake: of its `Authorization` header, or of the subprotocols, where a page must put it. Never of the address. */
function tokenOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((item) => item.trim())
  return offered.find((item) => item.startsWith(AUTH_ITEM))?.slice(AUTH_ITEM.length)
}
