import type { ChannelName, ErrorFrame, GapFrame, HelloFrame, LagFrame, ServerFrame, WireChange } from './protocol.ts'

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
  /** Go on from here: an earlier client's `since`. */
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
