import type { ClientState } from '../live/client.ts'
import { Model, type ShownAlert } from '../live/model/model.ts'
import type { ChannelName, ServerFrame, WireChange } from '../live/protocol.ts'
import { Ring } from './ring.ts'

export interface Link {
  readonly state: ClientState
  /** In words. */
  readonly why: string
}

const LOG = 2_000
/** A server says something every 15 s; half as long again, and something is wrong. */
const QUIET_MS = 22_500
/** Seconds of which the rate of changes is remembered. */
const RATES = 120

/** Everything that there is to be seen: of each channel a model, the newest changes as they came, and how old all of it is. No drawing in here. */
export class World {
  readonly channels = new Map<ChannelName, Model>()
  readonly links = new Map<ChannelName, Link>()
  readonly log = new Ring<WireChange>(LOG)
  /** When something last came, ms of this machine; undefined before. */
  heardAt: number | undefined
  /** Changes in each second, oldest first. */
  readonly rates: number[] = []
  /** When the newest record came, ms of this machine. */
  #newestAt = 0
  #second = 0
  #inSecond = 0
  /** What commands must say with `--bus` to reach what is shown; undefined: nothing. */
  bus: string | undefined
  /** Rises with all that could be seen. */
  version = 0
  /** Changes that a snapshot has brought so far, until it is whole. */
  loading: number | undefined = 0

  get finance(): Model | undefined {
    return this.channels.get('finance')
  }

  get operations(): Model | undefined {
    return this.channels.get('operations')
  }

  link(channel: ChannelName, link: Link): void {
    this.links.set(channel, link)
    this.version++
  }

  heard(now: number): void {
    this.heardAt = now
  }

  /** @param now ms of this machine */
  take(channel: ChannelName, frame: ServerFrame, now: number): void {
    this.version++
    this.heardAt = now
    let model = this.channels.get(channel)
    if (!model) {
      model = new Model()
      this.channels.set(channel, model)
    }
    const before = this.newest
    model.take(frame, now)
    if (this.newest > before) this.#newestAt = now
    if (frame.type === 'snapshot') {
      this.loading = frame.data.last ? undefined : (this.loading ?? 0) + frame.data.changes.length
      // What a server makes itself is a state, not something that happened.
      for (const change of frame.data.changes) if (change.offset >= 0) this.log.add(change)
    }
    if (frame.type === 'delta') {
      this.#count(frame.data.changes.length, now)
      for (const change of frame.data.changes) if (change.offset >= 0 && !this.#twice(channel, change)) this.log.add(change)
    }
  }

  /** Silences come on both channels. */
  #twice(channel: ChannelName, { topic }: WireChange): boolean {
    return channel === 'operations' && topic === 'alert_silences' && this.channels.has('finance')
  }

  /** Closes the seconds that are over. */
  pass(now: number): void {
    const second = Math.floor(now / 1000)
    if (this.#second === 0) this.#second = second
    if (second <= this.#second) return
    this.rates.push(this.#inSecond)
    for (let gap = Math.min(RATES, second - this.#second - 1); gap > 0; gap--) this.rates.push(0)
    this.rates.splice(0, this.rates.length - RATES)
    this.#inSecond = 0
    this.#second = second
  }

  #count(changes: number, now: number): void {
    this.pass(now)
    this.#inSecond += changes
  }

  /** Changes a second, over the last five. */
  get rate(): number {
    const last = this.rates.slice(-5)
    return last.length === 0 ? 0 : last.reduce((sum, each) => sum + each, 0) / last.length
  }

  /** The worst of the channels: what is shown is as old as that. */
  state(now: number): Link {
    const order: readonly ClientState[] = ['ended', 'refused', 'stale', 'quiet', 'connecting', 'live']
    const links = [...this.links.values()].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
    const worst: Link = links[0] ?? { state: 'connecting', why: '' }
    if (worst.state === 'live' && this.heardAt !== undefined && now - this.heardAt > QUIET_MS)
      return { state: 'quiet', why: 'not even a heartbeat comes' }
    return worst
  }

  get alerts(): ShownAlert[] {
    return [...this.channels.values()].flatMap(({ alerts }) => [...alerts.values()])
  }

  /** The model that an alert is of. */
  modelOf(fingerprint: string): Model | undefined {
    return [...this.channels.values()].find(({ alerts }) => alerts.has(fingerprint))
  }

  /** Event time of the newest record, ms; 0 before the first. */
  get newest(): number {
    return Math.max(0, ...[...this.channels.values()].map(({ newest }) => newest))
  }

  /**
   * What time it is where the records come from, ms: that of the newest, and since it came as long as has passed here. So a replay has its own time, and
   * nothing stops getting older because nothing comes.
   */
  present(now: number): number {
    return this.newest === 0 ? now : this.newest + Math.max(0, now - this.#newestAt)
  }

  get changes(): number {
    return [...this.channels.values()].reduce((sum, { changes }) => sum + changes, 0)
  }

  /** Values and records that did not come here: passed over for newer ones, or gone before they could be sent. */
  get dropped(): number {
    const models = [...this.channels.values()]
    return models.reduce((sum, { passedOver, gaps }) => sum + passedOver + gaps.reduce((lost, { records }) => lost + records, 0), 0)
  }

  /** Records that lack what they would be shown by, which the log has all the same, and those that the server could not read. */
  get unreadable(): number {
    return [...this.channels.values()].reduce((sum, { badInput }) => sum + badInput.unreadable, 0)
  }

  /** As it is now: a standstill to be looked at. */
  copy(): World {
    const copy = new World()
    for (const [name, model] of this.channels) copy.channels.set(name, model.copy())
    for (const [name, link] of this.links) copy.links.set(name, link)
    for (const change of this.log.all()) copy.log.add(change)
    copy.heardAt = this.heardAt
    copy.bus = this.bus
    copy.#newestAt = this.#newestAt
    copy.rates.push(...this.rates)
    copy.version = this.version
    copy.loading = this.loading
    return copy
  }
}
