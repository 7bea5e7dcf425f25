import { AUTH_ITEM, type ChannelName, CLOSE, LIMITS, type ServerFrame, SUBPROTOCOL } from '../../live/protocol.ts'

export type LinkState =
  /** No connection yet, or the next attempt is under way. */
  | 'connecting'
  /** What comes is shown. */
  | 'live'
  /** Connected, and nothing has come for too long. */
  | 'stale'
  /** The connection is gone; another attempt follows. */
  | 'lost'
  /** The server does not take this token: somebody must do something. */
  | 'refused'

/** Of a WebSocket what is used here. */
export interface Socket {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(text: string): void
  close(code?: number): void
}

export interface LinkOptions {
  token: string | undefined
  open(protocols: string[]): Socket
  onFrame(frame: ServerFrame): void
  onState(state: LinkState, detail: { again?: number }): void
  /** ms of a clock that only goes forward. */
  now(): number
  random(): number
  after(ms: number, act: () => void): () => void
}

const SHORTEST = 500
const LONGEST = 30_000
/** A connection that has lasted so long was a good one: the next attempt after it is quick again. */
const GOOD = 10_000

/** The connection to the server: kept, renewed, and resumed where it broke off. */
export class Link {
  readonly #o: LinkOptions
  #socket: Socket | undefined
  #channel: ChannelName | undefined
  /** Place in the stream after the last frame that was taken in, of the channel that is shown. */
  #since = ''
  #attempt = 0
  #openedAt = 0
  #stopWatch = () => {}
  #stopWait = () => {}
  /** Attempts that ended before the server had greeted. */
  #silent = 0

  constructor(options: LinkOptions) {
    this.#o = options
  }

  start(channel?: ChannelName): void {
    this.#channel = channel
    this.#connect()
  }

  /** Another channel: begins afresh. */
  show(channel: ChannelName): void {
    this.#channel = channel
    this.#since = ''
    this.#subscribe()
  }

  /** Now, and not when it would be time. */
  again(): void {
    this.#stopWait()
    this.#drop()
    this.#connect()
  }

  #connect(): void {
    const { token, open, onState, now } = this.#o
    onState('connecting', {})
    const socket = open([SUBPROTOCOL, ...(token === undefined ? [] : [`${AUTH_ITEM}${token}`])])
    this.#socket = socket
    this.#openedAt = now()
    this.#silent++
    this.#watch()
    socket.onmessage = ({ data }) => this.#take(String(data))
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) this.#lost(code)
    }
  }

  #take(text: string): void {
    const frame = JSON.parse(text) as ServerFrame
    this.#watch()
    if (frame.type === 'hello') {
      this.#silent = 0
      this.#channel ??= frame.data.channels[0]?.channel
      this.#subscribe()
    } else if (frame.type !== 'error') {
      // A snapshot in parts counts when its last part has come.
      if (frame.id !== '' && !(frame.type === 'snapshot' && !frame.data.last)) this.#since = frame.id
      this.#o.onState('live', {})
    } else if (this.#since !== '') {
      // Most likely the place in the stream: the next begin is a fresh one.
      this.#since = ''
    }
    this.#o.onFrame(frame)
  }

  #subscribe(): void {
    if (!this.#channel) return
    const data = { channel: this.#channel, ...(this.#since !== '' && { since: this.#since }) }
    this.#socket?.send(JSON.stringify({ type: 'subscribe', data }))
  }

  /** A page sees no ping: a server that sends nothing at all, not even a heartbeat, is not there. */
  #watch(): void {
    this.#stopWatch()
    const { after, onState } = this.#o
    const stale = after(LIMITS.heartbeatMs * 1.5, () => onState('stale', {}))
    const dead = after(LIMITS.watchdogMs, () => {
      this.#drop()
      this.#lost(0)
    })
    this.#stopWatch = () => {
      stale()
      dead()
    }
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#stopWatch()
    if (socket) {
      socket.onclose = null
      socket.onmessage = null
      socket.close()
    }
  }

  #lost(code: number): void {
    const { onState, now, random, after } = this.#o
    this.#socket = undefined
    this.#stopWatch()
    if (code === CLOSE.auth || code === CLOSE.version) {
      onState('refused', {})
      return
    }
    // A refused handshake (401, 403) has no code of its own in a browser.
    if (this.#silent >= 3 && this.#since === '') onState('refused', {})
    this.#attempt = now() - this.#openedAt > GOOD ? 0 : this.#attempt + 1
    const most = Math.min(LONGEST, SHORTEST * 2 ** Math.min(this.#attempt, 10))
    const ms = SHORTEST / 2 + random() * most
    if (this.#silent < 3 || this.#since !== '') onState('lost', { again: ms })
    this.#stopWait = after(ms, () => this.#connect())
  }
}
