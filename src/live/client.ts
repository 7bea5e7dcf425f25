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

export type Connect = (url: string, protocols: string[]) => SocketLike

export type ClientState =
  /** Not level with the server yet. */
  | 'connecting'
  /** Level with the server. */
  | 'live'
  /** Connected, and not even a heartbeat has come for too long. */
  | 'quiet'
  /** Was connected, and is not now; the next attempt follows. */
  | 'stale'
  /** Nobody has greeted in several attempts, and there is no word why: most likely the token, which a browser is not told. It goes on trying. */
  | 'refused'
  /** For good. */
  | 'ended'

export interface StreamClientOptions {
  /** `ws://127.0.0.1:7468`, or the same with http. */
  url: string
  token: string | undefined
  /** Makes a socket: `connectByWs()`, or in a browser `(url, protocols) => new WebSocket(url, protocols)`. */
  connect: Connect
  /** Default: the first that the token opens. */
  channel?: ChannelName | undefined
  topics?: readonly string[] | undefined
  /** An expression of docs/cli.md, "Filters". */
  filter?: string | undefined
  /** Go on from here: an earlier client's {@link StreamClient.since}. */
  since?: string | undefined
  /** Between attempts, ms: from `shortest`, doubling, to `longest`, with jitter. */
  backoff?: { shortest: number; longest: number } | undefined
  watchdogMs?: number
  random?(): number
  /** ms of a clock that only goes forward. */
  now?(): number
  /** @returns takes it back */
  after?(ms: number, act: () => void): () => void

  /** Every frame as it is to be taken in: of a delta only what is new. */
  onFrame?(frame: ServerFrame): void
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
/** A connection that has lasted so long was a good one, ms: the next attempt after it is quick again. */
const GOOD = 10_000
/** A heartbeat and half of one more. */
const QUIET_MS = LIMITS.heartbeatMs * 1.5
/** Attempts that nobody has greeted, until that is taken for an answer. */
const SILENT = 3
/** Coming again would be answered the same. */
const FINAL: readonly number[] = [CLOSE.auth, CLOSE.version, CLOSE.policy]

const byTimer = (ms: number, act: () => void): (() => void) => {
  const timer = setTimeout(act, ms)
  return () => clearTimeout(timer)
}

/**
 * A client of `shitops.v1` that stays, in a browser and in a program: it connects again when the connection or the server goes away, resumes where it was,
 * and says what it knows of its own state.
 */
export class StreamClient {
  readonly #o: StreamClientOptions
  #socket: SocketLike | undefined
  #state: ClientState = 'connecting'
  #channel: ChannelName | undefined
  #since: string | undefined
  /** `topic/partition` → next offset: what was told already is passed over. */
  readonly #next = new Map<string, number>()
  #greeted = false
  #attempt = 0
  #openedAt = 0
  #silent = 0
  #stopWait = () => {}
  #stopWatch = () => {}
  /** Why the socket that is closing could not be used. */
  #trouble = ''

  constructor(options: StreamClientOptions) {
    this.#o = options
    this.#channel = options.channel
    this.#since = options.since
  }

  /** Where it is in the stream; a new client goes on from there. */
  get since(): string | undefined {
    return this.#since
  }

  get state(): ClientState {
    return this.#state
  }

  start(): this {
    this.#open()
    return this
  }

  /** Another channel of the same token: begins afresh. */
  show(channel: ChannelName): void {
    this.#channel = channel
    this.#since = undefined
    if (this.#greeted) this.#subscribe()
  }

  /** Now, and not when it would be time: the network has come back. */
  again(): void {
    if (this.#state === 'ended') return
    this.#stopWait()
    this.#drop()
    this.#open()
  }

  /** For good. */
  close(): void {
    this.#end('closed')
  }

  #open(): void {
    const { url, token, connect } = this.#o
    const address = new URL(SOCKET_PATH, url.replace(/^http/, 'ws'))
    const socket = connect(address.href, [SUBPROTOCOL, ...(token === undefined ? [] : [`${AUTH_ITEM}${token}`])])
    this.#socket = socket
    this.#greeted = false
    this.#trouble = ''
    this.#openedAt = this.#now()
    this.#silent++
    this.#wind()
    socket.onopen = () => this.#wind()
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (this.#socket !== socket) return
      this.#wind()
      this.#o.onHeard?.()
      if (this.#state === 'quiet') this.#tell('live', 'heard again')
      this.#take(JSON.parse(String(data)) as ServerFrame)
    }
    socket.onerror = ({ message }: { message?: string }) => {
      this.#trouble = message ?? ''
    }
    socket.onclose = ({ code, reason }: { code: number; reason?: string }) => {
      if (this.#socket === socket) this.#closed(code, reason || this.#trouble)
    }
  }

  #take(frame: ServerFrame): void {
    const { onFrame, onSnapshot, onChanges, onGap, onLag, onHello, onError } = this.#o
    switch (frame.type) {
      case 'hello':
        this.#greeted = true
        this.#silent = 0
        this.#channel ??= frame.data.channels[0]?.channel
        onFrame?.(frame)
        onHello?.(frame.data)
        this.#subscribe()
        return
      case 'snapshot':
        if (frame.data.first) this.#next.clear()
        for (const change of frame.data.changes) this.#isNew(change)
        onFrame?.(frame)
        onSnapshot?.(frame.data.changes, frame.data)
        // Half a snapshot is no place to go on from.
        if (!frame.data.last) return
        this.#reached(frame.id)
        this.#tell('live', 'level with the server')
        return
      case 'delta': {
        const changes = frame.data.changes.filter((change) => this.#isNew(change))
        onFrame?.({ ...frame, data: { ...frame.data, changes } })
        if (changes.length > 0) onChanges?.(changes)
        this.#reached(frame.id)
        if (frame.id !== '') this.#tell('live', 'level with the server')
        return
      }
      case 'heartbeat':
        onFrame?.(frame)
        // What it passes over was none of ours. A greeting and a gap promise nothing of that kind.
        this.#reached(frame.id)
        return
      case 'gap':
        onFrame?.(frame)
        onGap?.(frame.data)
        return
      case 'lag':
        onFrame?.(frame)
        onLag?.(frame.data)
        return
      case 'error':
        this.#trouble = frame.data.message
        // It may be the place in the stream that is wrong: the next begin is a fresh one.
        this.#since = undefined
        onFrame?.(frame)
        onError?.(frame.data)
    }
  }

  #reached(id: string): void {
    if (id !== '') this.#since = id
  }

  #subscribe(): void {
    const { topics, filter } = this.#o
    const data = {
      ...(this.#channel && { channel: this.#channel }),
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

  #closed(code: number, why: string): void {
    this.#stopWatch()
    this.#socket = undefined
    const told = why === '' ? `close code ${code}` : why
    if (FINAL.includes(code) || /\b(401|403)\b/.test(this.#trouble)) {
      this.#end(told)
      return
    }
    const refused = this.#silent >= SILENT && this.#since === undefined && why === ''
    this.#tell(refused ? 'refused' : this.#state === 'connecting' ? 'connecting' : 'stale', told)
    const { random = Math.random, backoff = BACKOFF } = this.#o
    this.#attempt = this.#now() - this.#openedAt > GOOD ? 0 : this.#attempt + 1
    const most = Math.min(backoff.longest, backoff.shortest * 2 ** Math.min(this.#attempt, 16))
    this.#stopWait = this.#after(backoff.shortest / 2 + random() * most, () => this.#open())
  }

  /** Something was heard: the connection lives. Nothing, not even a heartbeat: it is not there any more, whatever the system says. */
  #wind(): void {
    this.#stopWatch()
    const quiet = this.#after(QUIET_MS, () => {
      if (this.#state === 'live') this.#tell('quiet', 'not even a heartbeat comes')
    })
    const dead = this.#after(this.#o.watchdogMs ?? LIMITS.watchdogMs, () => {
      this.#drop()
      this.#closed(0, 'nothing was heard for too long')
    })
    this.#stopWatch = () => {
      quiet()
      dead()
    }
  }

  /** What it still says is of no interest. */
  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#stopWatch()
    if (socket?.terminate) socket.terminate()
    else socket?.close()
  }

  #end(why: string): void {
    this.#stopWait()
    this.#stopWatch()
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1000)
    this.#tell('ended', why)
  }

  #now(): number {
    return this.#o.now?.() ?? performance.now()
  }

  #after(ms: number, act: () => void): () => void {
    return (this.#o.after ?? byTimer)(ms, act)
  }

  #tell(state: ClientState, why: string): void {
    if (state === this.#state && state !== 'connecting') return
    this.#state = state
    this.#o.onState?.(state, why)
  }
}
