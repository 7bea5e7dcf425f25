import { compileFilter, type Filter } from '../../bus/filter/compile.ts'
import type { ChannelName } from '../../live/protocol.ts'
import { type Change, coalesce } from '../feed/change.ts'
import type { ChannelFeed } from '../feed/channel-feed.ts'
import { changesFrame, inPieces } from './frame.ts'

/** What a subscription asks for. */
export interface Wanted {
  readonly channel: ChannelName
  /** Sorted; undefined: all of the channel. */
  readonly topics: readonly string[] | undefined
  readonly filter: string | undefined
}

/** Frames ready to be written, and how far they lead. */
export interface Encoded {
  readonly frames: readonly Buffer[]
  /** Change that the last of them ends with. */
  readonly seq: number
}

/**
 * Subscriptions that ask for the same: each message is encoded once for all of them. A client that is level with the channel is written the same
 * bytes as every other.
 */
export class Group {
  readonly key: string
  readonly wanted: Wanted
  readonly feed: ChannelFeed
  members = 0
  readonly #topics: ReadonlySet<string> | undefined
  readonly #filter: Filter | undefined
  #pending: Change[] = []
  #caughtUp: { at: number; from: Map<number, Encoded & { coalesced: number }> } = { at: -1, from: new Map() }
  #snapshot: { at: number; encoded: Encoded } | undefined

  /** @throws SHITOPS_E_FILTER */
  constructor(wanted: Wanted, feed: ChannelFeed, now: number) {
    this.key = groupKey(wanted)
    this.wanted = wanted
    this.feed = feed
    this.#topics = wanted.topics && new Set(wanted.topics)
    this.#filter = wanted.filter === undefined ? undefined : compileFilter(wanted.filter, now)
  }

  /** Whether the change is one that was asked for. A key that is gone has no value to look at, and is always told. */
  matches({ wire, timestamp }: Pick<Change, 'wire' | 'timestamp'>): boolean {
    if (this.#topics && !this.#topics.has(wire.topic)) return false
    if (!this.#filter || wire.value === null) return true
    const { topic, partition, offset, key, value } = wire
    return this.#filter({ topic, partition, offset, key, value, timestamp, header: () => undefined })
  }

  /** A change that is to go out with the next flush. */
  add(change: Change): void {
    if (this.matches(change)) this.#pending.push(change)
  }

  /** What came since the last flush, as frames; how many bytes of it may not be coalesced later. */
  flush(id: string, idBefore: string, now: number): { frames: Buffer[]; lasting: number; coalesced: number } {
    const pending = this.#pending
    if (pending.length === 0) return { frames: [], lasting: 0, coalesced: 0 }
    this.#pending = []
    const { kept, coalesced } = coalesce(pending)
    const lasting = kept.reduce((sum, change) => sum + (change.class === 'gauge' ? 0 : change.json.length), 0)
    return { frames: this.deltas(kept, id, idBefore, now), lasting, coalesced }
  }

  /** Delta frames. Only the last one carries `id`: who stops in the middle is told some of it twice, and misses nothing. */
  deltas(changes: readonly Change[], id: string, idBefore: string, now: number): Buffer[] {
    const pieces = inPieces(changes.map(({ json }) => json))
    return pieces.map((texts, i) =>
      changesFrame('delta', i === pieces.length - 1 ? id : idBefore, now, `"channel":"${this.wanted.channel}",`, texts),
    )
  }

  /** The whole state as frames; the same for everybody who asks while nothing new has come. */
  snapshot(id: string, now: number): Encoded {
    if (this.#snapshot?.at === this.feed.seq) return this.#snapshot.encoded
    const changes = this.feed.snapshot().filter((change) => this.matches(change))
    const pieces = inPieces(changes.map(({ json }) => json))
    const frames = pieces.map((texts, i) => {
      const [first, last] = [i === 0, i === pieces.length - 1]
      // Nobody can go on from the middle of a snapshot.
      return changesFrame('snapshot', last ? id : '', now, `"channel":"${this.wanted.channel}","first":${first},"last":${last},`, texts)
    })
    const encoded = { frames, seq: this.feed.seq }
    this.#snapshot = { at: this.feed.seq, encoded }
    return encoded
  }

  /**
   * What came after change `seq`, for a member that was behind, with gauges coalesced; undefined when some of it must be asked of the bus. Members
   * that fell behind together catch up with the same frames.
   */
  catchUp(seq: number, id: string, now: number): (Encoded & { coalesced: number }) | undefined {
    if (this.#caughtUp.at !== this.feed.seq) this.#caughtUp = { at: this.feed.seq, from: new Map() }
    const known = this.#caughtUp.from.get(seq)
    if (known) return known
    const missed = this.feed.after(seq)
    if (!missed) return undefined
    const changes = missed.changes.filter((change) => this.matches(change))
    const frames = changes.length === 0 ? [] : this.deltas(changes, id, '', now)
    const encoded = { frames, seq: this.feed.seq, coalesced: missed.coalesced }
    this.#caughtUp.from.set(seq, encoded)
    return encoded
  }
}

export function groupKey({ channel, topics, filter }: Wanted): string {
  return JSON.stringify([channel, topics ?? null, filter ?? null])
}
