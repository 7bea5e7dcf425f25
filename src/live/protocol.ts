/**
 * The WebSocket protocol `shitops.v1`: what both ends agree on. Plain data and types, so that a client loads nothing by importing it; the
 * shapes for machines are in src/server/http/asyncapi.ts, the text for people in docs/websocket.md.
 */

export const SUBPROTOCOL = 'shitops.v1'
/** A token may be offered as one more subprotocol, `auth.TOKEN`: a browser can set no header. It is never echoed. */
export const AUTH_ITEM = 'auth.'
/** Where the WebSocket is. */
export const SOCKET_PATH = '/api/v1/ws'

/** Who is told what: finance sees teams, workflow and calls, operations devices, links and collectors. */
export type ChannelName = 'finance' | 'operations'
export const CHANNEL_NAMES: readonly ChannelName[] = ['finance', 'operations']

/** Close codes; 4000 and up are ours, the others are RFC 6455's and IANA's. */
export const CLOSE = {
  /** The server stops. */
  shutdown: 1001,
  /** A rule of the protocol is broken; the reason says which. */
  policy: 1008,
  /** More than 64 KiB in one message; sent by the library. */
  tooBig: 1009,
  /** The client does not read fast enough: more than 8 MiB wait for it. It may come back and resume. */
  tooSlow: 1013,
  /** No token, or none that is known. */
  auth: 4401,
  /** The client does not speak `shitops.v1`. */
  version: 4409,
} as const

export const LIMITS = {
  /** Largest message from a client, bytes. */
  messageBytes: 64 << 10,
  /** Beyond so many bytes waiting in a socket, gauges are coalesced. */
  coalesceBytes: 1 << 20,
  /** Beyond so many bytes waiting, or owed, the client is closed with 1013. */
  closeBytes: 8 << 20,
  /** A ping and a heartbeat so often; who has not answered by the next one is gone. */
  heartbeatMs: 15_000,
  /** A client that has heard nothing for so long takes the connection for dead. */
  watchdogMs: 45_000,
  /** Until a new connection has shown its token and subscribed. */
  handshakeMs: 10_000,
  /** Messages of one client in ten seconds. */
  messagesPerTenSeconds: 50,
} as const

/** How a topic behaves when a client cannot keep up. */
export type TopicClass =
  /** Never dropped, never coalesced. */
  | 'alert'
  /** In order and whole; a gap is told. */
  | 'event'
  /** Of each series the newest value counts. */
  | 'gauge'

/** One record of a topic as a channel sees it. */
export interface WireChange {
  topic: string
  partition: number
  /** Its place in the partition: `shitops tail TOPIC --partition N --from OFFSET --max 1` opens it. -1 where the server has made it. */
  offset: number
  key: string
  /** Event time, RFC 3339. */
  time: string
  /** null: the key is gone. */
  value: Record<string, unknown> | null
}

/** Every frame: `id` is the place in the stream after it, to be given back as `since`. */
interface Envelope<Type extends string, Data> {
  type: Type
  id: string
  /** When the server sent it, RFC 3339. */
  ts: string
  data: Data
}

export type HelloFrame = Envelope<
  'hello',
  {
    /** Another one after each start of the server. */
    session: string
    serverTime: string
    /** First and next record that the bus holds. */
    oldestId: string
    latestId: string
    /** The channels that the token opens, and what is in them. */
    channels: Array<{ channel: ChannelName; topics: Array<{ topic: string; class: TopicClass }> }>
    heartbeatMs: number
    /** What commands must say with `--bus` to reach this bus, where one without it would reach another. */
    bus?: string
  }
>

export type SnapshotFrame = Envelope<
  'snapshot',
  {
    channel: ChannelName
    /** The first part: whoever keeps a state begins afresh. */
    first: boolean
    /** Deltas follow. */
    last: boolean
    changes: WireChange[]
  }
>

export type DeltaFrame = Envelope<'delta', { channel: ChannelName; changes: WireChange[] }>

/** Records that will not come: they were removed before they could be sent, or were too many to be read again. */
export type GapFrame = Envelope<
  'gap',
  {
    from: string
    to: string
    reason: 'retention' | 'too_many' | 'unknown_position'
    ranges: Array<{ topic: string; partition: number; from: number; to: number }>
  }
>

/** The client was behind, and is not any more: of its gauges so many values were passed over for newer ones. */
export type LagFrame = Envelope<'lag', { behindMs: number; coalesced: number }>

export type HeartbeatFrame = Envelope<'heartbeat', { ready: boolean; session: string }>

export type ErrorFrame = Envelope<'error', { code: string; message: string; suggestions: string[] }>

export type ServerFrame = HelloFrame | SnapshotFrame | DeltaFrame | GapFrame | LagFrame | HeartbeatFrame | ErrorFrame

export interface SubscribeData {
  /** Default: the first one that the token opens. */
  channel?: ChannelName | undefined
  /** Default: every topic of the channel. */
  topics?: string[] | undefined
  /** An expression of docs/cli.md, "Filters", over what the channel shows. */
  filter?: string | undefined
  /** The `id` of the last frame that was taken in. */
  since?: string | undefined
}

export type ClientMessage = { type: 'auth'; data: { token: string } } | { type: 'subscribe'; data?: SubscribeData }
