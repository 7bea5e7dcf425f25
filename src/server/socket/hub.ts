import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { CHANNEL_NAMES, type ChannelName } from '../../live/protocol.ts'
import type { Change } from '../feed/change.ts'
import type { Feed } from '../feed/feed.ts'
import { Group, groupKey, type Wanted } from './group.ts'

/** A subscriber as the hub sees it. */
export interface Member {
  /** What everybody gets who is level with the channel. @param seq change that it leads to @param lasting bytes that may not be passed over */
  deliver(frames: readonly Buffer[], bytes: number, seq: number, lasting: number): void
}

/** Different subscriptions with a filter or a choice of topics that are served at once. */
const MOST_GROUPS = 256
/**
 * Pause after a flush, ms: what comes in it goes out together at its end, what comes after it at once. In proportion to what the flush took, so that
 * reading gets its turn however many clients there are. With 1,000 clients a flush is 11 ms; a pause of twice that was half of the p99.
 */
const SHORTEST_PAUSE = 5
const LONGEST_PAUSE = 25
const PAUSE_PER_FLUSH = 0.25

export interface HubCounts {
  frames: number
  bytes: number
  coalesced: number
  flushSeconds: number
  flushes: number
}

/**
 * From changes to sockets. Changes that come close together go out together: encoded once for each group, written once to each socket.
 */
export class Hub {
  readonly #feed: Feed
  readonly #clock: Clock
  readonly #groups = new Map<string, Group>()
  readonly #members = new Map<Member, Group>()
  readonly #ids = new Map<ChannelName, string>()
  #timer: NodeJS.Timeout | undefined
  /** When the pause is over; as performance.now(). */
  #restUntil = 0
  readonly counts: HubCounts = { frames: 0, bytes: 0, coalesced: 0, flushSeconds: 0, flushes: 0 }

  constructor(feed: Feed, clock: Clock) {
    this.#feed = feed
    this.#clock = clock
    feed.onChange = (channel, change) => this.#changed(channel, change)
  }

  /** Place in the stream as of the last flush: everything before it has gone out. */
  id(channel: ChannelName): string {
    return this.#ids.get(channel) ?? ''
  }

  /** @throws SHITOPS_E_FILTER, SHITOPS_E_SERVE_REQUEST when there are too many different subscriptions */
  join(member: Member, wanted: Wanted): Group {
    const key = groupKey(wanted)
    let group = this.#groups.get(key)
    if (!group) {
      if (this.#groups.size >= MOST_GROUPS) {
        throw new ShitopsError('SHITOPS_E_SERVE_REQUEST', `${MOST_GROUPS} different subscriptions are served already`, {
          suggestions: ['subscribe to the whole channel, and choose on your side'],
        })
      }
      group = new Group(wanted, this.#feed.channels[wanted.channel], this.#clock.now())
      this.#groups.set(key, group)
    }
    group.members++
    // Only now, so that a wish that cannot be met leaves what was.
    this.leave(member)
    this.#members.set(member, group)
    return group
  }

  leave(member: Member): void {
    const group = this.#members.get(member)
    if (!group) return
    this.#members.delete(member)
    group.members--
    if (group.members === 0) this.#groups.delete(group.key)
  }

  /** Members of each channel. */
  members(): Record<ChannelName, number> {
    const counted = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, 0])) as Record<ChannelName, number>
    for (const group of this.#members.values()) counted[group.wanted.channel]++
    return counted
  }

  #changed(channel: ChannelName, change: Change): void {
    for (const group of this.#groups.values()) if (group.wanted.channel === channel) group.add(change)
    this.schedule()
  }

  /** A flush is due, with what is there by then. */
  schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#restUntil - performance.now())
  }

  /** Send what has gathered. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const begun = performance.now()
    const now = this.#clock.now()
    const before = new Map(this.#ids)
    for (const name of CHANNEL_NAMES) this.#ids.set(name, this.#feed.channels[name].text(this.#feed.position))
    const flushed = new Map<Group, { frames: Buffer[]; bytes: number; lasting: number }>()
    for (const group of this.#groups.values()) {
      const { channel } = group.wanted
      const { frames, lasting, coalesced } = group.flush(this.id(channel), before.get(channel) ?? '', now)
      this.counts.coalesced += coalesced * group.members
      if (frames.length === 0) continue
      // One write a socket, whatever the number of frames.
      const bytes = frames.reduce((sum, { length }) => sum + length, 0)
      flushed.set(group, { frames: frames.length > 1 && bytes < 64 << 10 ? [Buffer.concat(frames)] : frames, bytes, lasting })
      this.counts.frames += frames.length * group.members
      this.counts.bytes += bytes * group.members
    }
    if (flushed.size > 0) {
      for (const [member, group] of this.#members) {
        const work = flushed.get(group)
        if (work) member.deliver(work.frames, work.bytes, group.feed.seq, work.lasting)
      }
    }
    const took = performance.now() - begun
    this.#restUntil = begun + took + Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, took * PAUSE_PER_FLUSH))
    this.counts.flushSeconds += took / 1000
    this.counts.flushes++
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
