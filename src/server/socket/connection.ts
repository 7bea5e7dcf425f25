import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Clock } from '../../base/clock.ts'
import { isOurs, messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { CLOSE, type ErrorFrame, type GapFrame, type HelloFrame, type LagFrame, LIMITS, type SubscribeData } from '../../live/protocol.ts'
import type { Grant } from '../access/tokens.ts'
import type { Feed } from '../feed/feed.ts'
import { parsePosition } from '../feed/position.ts'
import { topicsOf } from '../feed/topics.ts'
import { frameOf } from './frame.ts'
import type { Group } from './group.ts'
import type { Hub, Member } from './hub.ts'
import { type Resumed, resume } from './resume.ts'

export interface ConnectionOptions {
  ws: WebSocket
  /** Below the WebSocket: frames that are the same for many are written here. */
  socket: Duplex
  hub: Hub
  feed: Feed
  bus: Bus
  clock: Clock
  logger: Logger
  session: string
  /** What the bus holds from, for `hello`. */
  oldestId(): string
  /** Of {@link HelloFrame}. */
  namedBus?: string | undefined
  limits?: { coalesceBytes: number; closeBytes: number }
}

/** A snapshot or what was missed is written as far as this, then as the client takes it. */
const PUMP_BYTES = 256 << 10

/**
 * One client: what it was told, and what it is owed. A client that keeps up is written what everybody is; one that does not is left alone until
 * its socket is empty, and then told what it missed, gauges coalesced. What it costs meanwhile is its place in the stream.
 */
export class Connection implements Member {
  group: Group | undefined
  grant: Grant | undefined
  /** Answered the last ping. */
  alive = true
  readonly #o: ConnectionOptions
  readonly #limits: { coalesceBytes: number; closeBytes: number }
  /** `level`: gets what everybody gets; `behind`: is owed something; `closed`: gets nothing more. */
  #state: 'fresh' | 'behind' | 'level' | 'closed' = 'fresh'
  /** Change of the channel that it was told last. */
  #seq = 0
  #queue: Buffer[] = []
  /** Bytes that it has not got yet and that may not be passed over. */
  #owed = 0
  #behindSince = 0
  /** Rises with each subscription: what an older one still does is of no interest. */
  #subscription = 0

  constructor(options: ConnectionOptions) {
    this.#o = options
    this.#limits = options.limits ?? LIMITS
    options.socket.on('drain', () => this.#pump())
  }

  /** It is owed something. */
  get behind(): boolean {
    return this.#state === 'behind'
  }

  /** Bytes that wait in its socket. */
  get queuedBytes(): number {
    return this.#o.socket.writableLength
  }

  /** Shows its rights. */
  welcome(grant: Grant): void {
    this.grant = grant
    const { session, feed, hub, clock } = this.#o
    hub.flush()
    const channels = grant.channels.map((channel) => ({ channel, topics: topicsOf(channel) }))
    const latestId = grant.channels.map((channel) => feed.channels[channel].text(feed.position)).join('-')
    const now = clock.now()
    const named = this.#o.namedBus === undefined ? {} : { bus: this.#o.namedBus }
    const data = { session, serverTime: new Date(now).toISOString(), oldestId: this.#o.oldestId(), latestId, channels }
    this.#write(frameOf<HelloFrame>('hello', latestId, now, { ...data, ...named, heartbeatMs: LIMITS.heartbeatMs }))
  }

  /** Begin, or begin otherwise. Wrong wishes are answered with an error; the connection and what it had stay as they are. */
  async subscribe({ channel, topics, filter, since }: SubscribeData): Promise<void> {
    const { hub, grant } = { ...this.#o, grant: this.grant }
    const name = channel ?? grant?.channels[0]
    if (!grant || name === undefined || !grant.channels.includes(name)) {
      return this.refuse(new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', `the token does not open the channel ${name ?? '(none)'}`))
    }
    const known = topicsOf(name).map(({ topic }) => topic)
    const stranger = topics?.find((topic) => !known.includes(topic))
    if (stranger !== undefined) {
      return this.refuse(
        new ShitopsError('SHITOPS_E_SERVE_REQUEST', `the channel ${name} has no topic "${stranger}"`, { suggestions: known }),
      )
    }
    const position = since === undefined ? undefined : parsePosition(since)
    if (since !== undefined && !position) {
      return this.refuse(new ShitopsError('SHITOPS_E_SERVE_REQUEST', '`since` is no id of a frame', { suggestions: ['leave it out'] }))
    }
    let group: Group
    try {
      group = hub.join(this, { channel: name, topics: topics && [...new Set(topics)].sort(), filter })
    } catch (error) {
      return this.refuse(error)
    }
    this.#moveTo(group)
    const mine = ++this.#subscription
    if (!position) return this.#beginAfresh(group)
    const resumed = await resume(position, group, { ...this.#o, id: hub.id(name) }).catch((error: unknown) => error as Error)
    if (this.#subscription !== mine || this.#state === 'closed') return
    if (resumed instanceof Error) {
      this.#o.logger.warn(`a client cannot be told what it missed: ${messageOf(resumed)}`)
      return this.close(CLOSE.tooSlow, 'the bus cannot be read now: come back')
    }
    this.#goOn(group, resumed, since ?? '')
  }

  #moveTo(group: Group): void {
    const { hub, clock } = this.#o
    hub.flush()
    this.group = group
    this.#state = 'behind'
    this.#behindSince = clock.now()
    this.#queue = []
    this.#owed = 0
  }

  #beginAfresh(group: Group): void {
    const { hub, clock } = this.#o
    hub.flush()
    const { frames, seq } = group.snapshot(hub.id(group.wanted.channel), clock.now())
    this.#queue.push(...frames)
    this.#seq = seq
    this.#pump()
  }

  #goOn(group: Group, resumed: Resumed, from: string): void {
    const { hub, clock } = this.#o
    const now = clock.now()
    if (resumed.kind === 'afresh') {
      const { reason, ranges } = resumed
      const to = hub.id(group.wanted.channel)
      this.#queue.push(frameOf<GapFrame>('gap', '', now, { from, to, reason, ranges }))
      this.#beginAfresh(group)
      return
    }
    const { changes, gone, seq, id } = resumed
    if (gone.length > 0) this.#queue.push(frameOf<GapFrame>('gap', from, now, { from, to: id, reason: 'retention', ranges: gone }))
    this.#queue.push(...group.deltas(changes, id, from, now))
    this.#seq = seq
    this.#pump()
  }

  deliver(frames: readonly Buffer[], bytes: number, seq: number, lasting: number): void {
    if (this.#state === 'level' && this.#o.socket.writableLength + bytes > this.#limits.coalesceBytes) {
      this.#state = 'behind'
      this.#behindSince = this.#o.clock.now()
      // A socket that holds little says nothing when it is empty.
      if (!this.#o.socket.writableNeedDrain) setImmediate(() => this.#pump())
    }
    if (this.#state === 'behind') this.#owe(lasting)
    if (this.#state !== 'level') return
    for (const frame of frames) this.#write(frame)
    this.#seq = seq
  }

  #owe(bytes: number): void {
    this.#owed += bytes
    if (this.#owed + this.#o.socket.writableLength > this.#limits.closeBytes) this.close(CLOSE.tooSlow, 'too slow: come back and resume')
  }

  /** Write what is owed, as far as the client takes it; level again once nothing is. */
  #pump(): void {
    const { socket, hub, clock } = this.#o
    const { group } = this
    if (this.#state !== 'behind' || !group) return
    while (socket.writableLength < PUMP_BYTES) {
      const next = this.#queue.shift()
      if (next) {
        this.#write(next)
        continue
      }
      hub.flush()
      if (this.#seq === group.feed.seq) {
        this.#state = 'level'
        this.#owed = 0
        return
      }
      const id = hub.id(group.wanted.channel)
      const missed = group.catchUp(this.#seq, id, clock.now())
      if (!missed) {
        this.close(CLOSE.tooSlow, 'too far behind: come back and resume')
        return
      }
      if (missed.coalesced > 0) {
        const lag = { behindMs: Math.max(0, clock.now() - this.#behindSince), coalesced: missed.coalesced }
        this.#queue.push(frameOf<LagFrame>('lag', '', clock.now(), lag))
        hub.counts.coalesced += missed.coalesced
      }
      this.#queue.push(...missed.frames)
      this.#seq = missed.seq
      this.#owed = 0
    }
  }

  /** A heartbeat, the same for all of a group; none while something is owed: its id would pass that over. */
  beat(frame: Buffer): void {
    if (this.#state === 'level') this.#write(frame)
  }

  refuse(error: unknown): void {
    const known = isOurs(error)
    if (!known) this.#o.logger.error(`a client's wish could not be met: ${messageOf(error)}`)
    const { code, message, suggestions } = known
      ? (error as ShitopsError)
      : { code: 'SHITOPS_E_BUG', message: 'it failed here', suggestions: [] }
    this.#write(frameOf<ErrorFrame>('error', '', this.#o.clock.now(), { code, message, suggestions: [...suggestions] }))
  }

  /** Say why, and end it; a client that does not read is cut off. */
  close(code: number, reason: string): void {
    if (this.#state === 'closed') return
    this.gone()
    this.#o.ws.close(code, reason)
    if (code === CLOSE.tooSlow) setTimeout(() => this.#o.ws.terminate(), 1_000).unref()
  }

  /** It is not there any more. */
  gone(): void {
    this.#state = 'closed'
    this.#subscription++
    this.#queue = []
    this.#o.hub.leave(this)
  }

  #write(frame: Buffer): void {
    if (!this.#o.socket.writable) return
    this.#o.socket.write(frame)
  }
}
