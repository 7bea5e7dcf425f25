import { ShitopsError } from '../base/errors.ts'
import {
  AUTH_ITEM,
  type ChannelName,
  CLOSE,
  type ErrorFrame,
  type GapFrame,
  type HelloFrame,
  type LagFrame,
  LIMITS,
  type ServerFrame,
  SOCKET_PATH,
  SUBPROTOCOL,
  type WireChange,
} from './protocol.ts'

/** What a browser's WebSocket and that of `ws` have in common. */
export interface SocketLike {
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(text: string): void
  close(code?: number): void
  /** At once, without a word; of `ws` only. */
  terminate?(): void
}

/** `live`: level with the server; `stale`: connected before, and not now; `ended`: for good. */
export type ClientState = 'connecting' | 'live' | 'stale' | 'ended'

export interface StreamClientOptions {
  /** `ws://127.0.0.1:7468`, or the same with http. */
  url: string
  token: string
  channel?: ChannelName | undefined
  topics?: readonly string[] | undefined
  /** An expression of docs/cli.md, "Filters". */
  filter?: string | undefined
  /** Go on from here: an earlier client's {@link StreamClient.since}. */
  since?: string | undefined
  /** Makes a socket; default: the package `ws`. */
  connect?(url: string, protocols: string[]): SocketLike
  random?(): number
  /** Between attempts, ms: from `shortest`, doubling, to `longest`, with jitter. */
  backoff?: { shortest: number; longest: number } | undefined
  watchdogMs?: number

  /** How things stand: whoever keeps a state begins afresh with `first`. */
  onSnapshot?(changes: readonly WireChange[], part: { first: boolean; last: boolean }): void
  /** What has changed: in order, nothing twice; nothing is missed unless {@link onGap} said so. */
  onChanges?(changes: readonly WireChange[]): void
  onGap?(gap: GapFrame['data']): void
  onLag?(lag: LagFrame['data']): void
  onHello?(hello: HelloFrame['data']): void
  /** The server said something, be it only that it is there. */
  onHeard?(): void
  /** A wish that the server did not meet. */
  onError?(error: ErrorFrame['data']): void
  /** @param why in words, for people */
  onState?(state: ClientState, why: string): void
}

const BACKOFF = { shortest: 500, longest: 30_000 }
/** Coming again would be answered the same. */
const FINAL: readonly number[] = [CLOSE.auth, CLOSE.version, CLOSE.policy]

/**
 * A client of `shitops.v1` that stays: it connects again when the connection or the server goes away, resumes where it was, and says what it knows
 * of its own state. Works in a browser with `connect: (url, protocols) => new WebSocket(url, protocols)`.
 */
export class StreamClient {
  readonly #o: StreamClientOptions
  #socket: SocketLike | undefined
  #state: ClientState = 'connecting'
  #since: string | undefined
  /** `topic/partition` → next offset: what was told already is passed over. */
  readonly #next = new Map<string, number>()
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #watchdog: ReturnType<typeof setTimeout> | undefined
  /** Why the socket that is closing could not be used. */
  #trouble = ''

  constructor(options: StreamClientOptions) {
    this.#o = options
    this.#since = options.since
  }

  /** Where it is in the stream; a new client goes on from there. */
  get since(): string | undefined {
    return this.#since
  }

  get state(): ClientState {
    return this.#state
  }

  async start(): Promise<this> {
    const connect = this.#o.connect ?? (await connectByWs())
    this.#open(connect)
    return this
  }

  /** For good. */
  close(): void {
    this.#end('closed')
  }

  #open(connect: (url: string, protocols: string[]) => SocketLike): void {
    const address = new URL(SOCKET_PATH, this.#o.url.replace(/^http/, 'ws'))
    const socket = connect(address.href, [SUBPROTOCOL, `${AUTH_ITEM}${this.#o.token}`])
    this.#socket = socket
    this.#trouble = ''
    this.#wind()
    socket.onopen = () => this.#wind()
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (this.#socket !== socket) return
      this.#wind()
      this.#o.onHeard?.()
      this.#take(JSON.parse(String(data)) as ServerFrame)
    }
    socket.onerror = ({ message }: { message?: string }) => {
      this.#trouble = message ?? ''
    }
    socket.onclose = ({ code, reason }: { code: number; reason?: string }) => {
      if (this.#socket === socket) this.#closed(code, reason || this.#trouble || `close code ${code}`, connect)
    }
  }

  #take(frame: ServerFrame): void {
    const { onSnapshot, onChanges, onGap, onLag, onHello, onError } = this.#o
    switch (frame.type) {
      case 'hello':
        onHello?.(frame.data)
        this.#subscribe()
        break
      case 'snapshot':
        if (frame.data.first) this.#next.clear()
        for (const change of frame.data.changes) this.#isNew(change)
        onSnapshot?.(frame.data.changes, frame.data)
        if (frame.data.last) this.#level()
        break
      case 'delta': {
        const fresh = frame.data.changes.filter((change) => this.#isNew(change))
        if (fresh.length > 0) onChanges?.(fresh)
        if (frame.id !== '') this.#level()
        break
      }
      case 'gap':
        onGap?.(frame.data)
        break
      case 'lag':
        onLag?.(frame.data)
        break
      case 'error':
        this.#trouble = frame.data.message
        onError?.(frame.data)
        break
      default:
    }
    // Also of a heartbeat: what it passes over was none of ours. Not of a greeting, nor of a gap: they promise nothing.
    if (frame.id !== '' && (frame.type === 'delta' || frame.type === 'snapshot' || frame.type === 'heartbeat')) this.#since = frame.id
  }

  #subscribe(): void {
    const { channel, topics, filter } = this.#o
    const data = {
      ...(channel && { channel }),
      ...(topics && { topics }),
      ...(filter && { filter }),
      ...(this.#since && { since: this.#since }),
    }
    this.#socket?.send(JSON.stringify({ type: 'subscribe', data }))
  }

  #isNew({ topic, partition, offset }: WireChange): boolean {
    if (offset < 0) return true
    const place = `${topic}/${partition}`
    if (offset < (this.#next.get(place) ?? 0)) return false
    this.#next.set(place, offset + 1)
    return true
  }

  #level(): void {
    this.#attempt = 0
    this.#tell('live', 'level with the server')
  }

  #closed(code: number, why: string, connect: (url: string, protocols: string[]) => SocketLike): void {
    clearTimeout(this.#watchdog)
    this.#socket = undefined
    if (FINAL.includes(code) || /\b(401|403)\b/.test(this.#trouble)) {
      this.#end(why)
      return
    }
    this.#tell(this.#state === 'connecting' ? 'connecting' : 'stale', why)
    const { random = Math.random, backoff = BACKOFF } = this.#o
    const most = Math.min(backoff.longest, backoff.shortest * 2 ** Math.min(this.#attempt++, 16))
    this.#timer = setTimeout(() => this.#open(connect), backoff.shortest + random() * (most - backoff.shortest))
  }

  /** Something was heard: the connection lives. */
  #wind(): void {
    clearTimeout(this.#watchdog)
    const socket = this.#socket
    this.#watchdog = setTimeout(() => {
      this.#trouble = 'nothing was heard for too long'
      if (socket?.terminate) socket.terminate()
      else socket?.close()
    }, this.#o.watchdogMs ?? LIMITS.watchdogMs)
  }

  #end(why: string): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#watchdog)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1000)
    this.#tell('ended', why)
  }

  #tell(state: ClientState, why: string): void {
    if (state === this.#state && state !== 'connecting') return
    this.#state = state
    this.#o.onState?.(state, why)
  }
}

async function connectByWs(): Promise<(url: string, protocols: string[]) => SocketLike> {
  try {
    const { WebSocket } = await import('ws')
    return (url, protocols) => new WebSocket(url, protocols, { perMessageDeflate: false }) as unknown as SocketLike
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_NO_MODULE', 'the package ws is not there', { suggestions: ['npm ci'], cause: error })
  }
}
