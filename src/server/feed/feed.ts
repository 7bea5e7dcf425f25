import { AlertBook, BOOK_TOPICS, type BookTopic } from '../../alerts/alert-book.ts'
import type { Logger } from '../../base/log.ts'
import type { RecordBatch } from '../../bus/bus.ts'
import type { Alert, AudioMetrics, DevicePresence, WorkflowEvent } from '../../events/event-types.ts'
import { CHANNEL_NAMES, type ChannelName, type TopicClass, type WireChange } from '../../live/protocol.ts'
import { ProcessMiner } from '../../mining/discover/process-miner.ts'
import type { Change } from './change.ts'
import { ChannelFeed, type NewChange } from './channel-feed.ts'
import type { Journal } from './journal.ts'
import type { Position } from './position.ts'
import { type ChannelsOf, hidersSeen, type InsightChannels, project, slotOf } from './project.ts'
import { type HeadsetInsights, isOfSmallTeam } from './small-teams.ts'
import { Teams } from './teams.ts'
import { FED_TOPICS, MADE_TOPICS } from './topics.ts'

export interface FeedOptions {
  logger: Logger
  insights: InsightChannels
  /** Which of them draw on headsets; of those that are not named here it is not known. */
  headsets?: HeadsetInsights | undefined
  /** Smallest team that numbers are told of. */
  minCount?: number | undefined
  /** For tests: the ring of a channel. */
  journal?(): Journal
}

/** What finance is told of what it is not told. */
export interface WithheldRow {
  alerts: number
  firing: number
  /** The threshold. */
  min_count: number
}

type Value = Record<string, unknown>

interface FedRecord {
  topic: string
  partition: number
  offset: number
  key: string
  timestamp: number
  value: Value | null
}

const FED = new Map(FED_TOPICS.map((fed) => [fed.topic, fed]))
/** Records that cannot be read are counted; so many are told one by one. */
const SAMPLED = 5
/** Cases whose way is followed at once. */
const MOST_CASES = 20_000

/**
 * From records of the bus to changes of the channels. It knows its place in the stream; what it is told twice (offsets that it has passed) it
 * passes over, so a reader may be started again anywhere before.
 */
export class Feed {
  readonly channels: Readonly<Record<ChannelName, ChannelFeed>>
  readonly teams: Teams
  /** Alerts with their acknowledgements and silences. */
  readonly book = new AlertBook()
  /** How the cases of the records that were read go. */
  readonly miner = new ProcessMiner({ openCases: MOST_CASES, width: 2_000 })
  /** Told of every change, once. */
  onChange: (channel: ChannelName, change: Change) => void = () => {}
  /** Records that could not be read, by topic. */
  readonly unreadable = new Map<string, number>()
  /** Record time of the newest record, by topic, ms. */
  readonly newest = new Map<string, number>()
  readonly #position = new Map<string, number[]>()
  readonly #made = new Map<string, string>()
  readonly #logger: Logger
  readonly #channelsOf: ChannelsOf
  /** Fingerprints of the alerts that are kept from finance. */
  readonly #withheld = new Set<string>()
  /** Alerts that something hides and that were not read yet: whose they are is not known. */
  readonly #early = new Set<string>()

  constructor({ logger, insights, headsets = new Map(), minCount, journal }: FeedOptions) {
    this.#logger = logger
    this.teams = new Teams(minCount)
    this.#channelsOf = {
      insights,
      alerts: (fingerprint) => this.#channelOfAlert(fingerprint),
      isOfHeadsets: ({ insight, alert_name }) => headsets.get(String(insight ?? alert_name)) === true,
      isOfSmallTeam: (value) => isOfSmallTeam(value, headsets, this.teams),
    }
    const feeds = CHANNEL_NAMES.map((name) => [name, new ChannelFeed(name, journal?.())] as const)
    this.channels = Object.fromEntries(feeds) as Record<ChannelName, ChannelFeed>
  }

  /** Next offsets to read. */
  get position(): Position {
    return this.#position
  }

  /** Reading of a partition begins at `offset`. */
  begin(topic: string, partition: number, offset: number): void {
    this.#passed(topic, partition, offset)
    for (const name of FED.get(topic)?.channels ?? []) this.channels[name].journal.begin(topic, partition, offset)
  }

  /** Records of the bus, in their order. */
  take(batch: RecordBatch): void {
    const { topic, partition } = batch
    const from = this.#position.get(topic)?.[partition] ?? 0
    for (let i = 0; i < batch.count; i++) {
      const offset = batch.offset(i)
      if (offset < from) continue
      const timestamp = batch.timestamp(i)
      this.newest.set(topic, Math.max(timestamp, this.newest.get(topic) ?? 0))
      const value = this.#valueOf(batch, i)
      if (value === undefined) continue
      if (topic === 'device_presence' && value) this.teams.presence(value as unknown as DevicePresence, timestamp)
      else if (topic === 'audio_metrics' && value) this.teams.audio(value as unknown as AudioMetrics, timestamp)
      else if (topic === 'workflow_events' && value) this.miner.observe(value as unknown as WorkflowEvent)
      const key = batch.key(i)?.toString() ?? ''
      if (isBookTopic(topic)) this.book.apply(topic, key, batch.value(i))
      const record = { topic, partition, offset, key, timestamp, value }
      if (topic === 'alert_inhibitions' && this.#isEarly(record)) continue
      const channels = topic === 'alerts' && value === null ? this.#whoHad(key) : (FED.get(topic)?.channels ?? [])
      for (const name of channels) {
        const change = topic === 'alerts' && name === 'finance' ? this.#financeAlert(record) : this.project(name, record)
        if (change) this.onChange(name, this.channels[name].add(change))
      }
      if (topic === 'alerts' && this.#early.delete(key)) this.#tellHidden(key)
    }
    this.#passed(topic, partition, Math.max(from, batch.nextOffset))
  }

  /**
   * Who is told that an alert is no more: whoever was told of it. The key is a hash of names that can be guessed, so nobody else; of one that is
   * not known here, somebody who comes back may know.
   */
  #whoHad(fingerprint: string): readonly ChannelName[] {
    if (this.#withheld.delete(fingerprint)) return []
    const slot = slotOf('alerts', fingerprint, null)
    const had = CHANNEL_NAMES.filter((name) => this.channels[name].shows(slot))
    return had.length > 0 ? had : CHANNEL_NAMES
  }

  /** An alert as finance sees it now. One that it was told of, and may be told of no more, is gone for it. */
  #financeAlert(record: FedRecord): NewChange | undefined {
    const { key, value } = record
    const change = this.project('finance', record)
    if (change || value?.channel !== 'finance') this.#withheld.delete(key)
    else this.#withheld.add(key)
    if (change || !this.channels.finance.shows(slotOf('alerts', key, null))) return change
    return this.project('finance', { ...record, value: null })
  }

  /** What hides an alert may be read before the alert: then it is told with it. */
  #isEarly({ key, value }: FedRecord): boolean {
    this.#early.delete(key)
    if (value === null || this.book.alert(key)) return false
    this.#early.add(key)
    return true
  }

  #tellHidden(key: string): void {
    const inhibition = this.book.inhibition(key)
    if (!inhibition || !this.book.alert(key)) return
    const at = { topic: 'alert_inhibitions', partition: 0, offset: -1, timestamp: Date.parse(inhibition.event_time) }
    for (const name of CHANNEL_NAMES) {
      const change = this.project(name, { ...at, key, value: { ...inhibition } })
      if (change) this.onChange(name, this.channels[name].add(change))
    }
  }

  /** Teams grow and shrink while their alerts stand: what finance may see now and did not, and the other way round, is told. */
  review(now: number): void {
    for (const alert of this.book.alerts()) {
      if (alert.channel !== 'finance') continue
      const { fingerprint: key } = alert
      const slot = slotOf('alerts', key, null)
      const mayShow = this.#channelOfAlert(key) === 'finance'
      if (mayShow ? !this.#withheld.delete(key) : !this.channels.finance.shows(slot)) continue
      if (!mayShow) this.#withheld.add(key)
      // With who is on it: what was said of it was kept back too.
      const value = mayShow ? project('finance', 'alerts', { ...this.book.present(alert, now) }, this.#channelsOf) : null
      const wire: WireChange = { topic: 'alerts', partition: 0, offset: -1, key, time: alert.event_time, value: value ?? null }
      const change = this.channels.finance.add({ class: 'alert', slot, timestamp: Date.parse(alert.event_time), wire })
      this.onChange('finance', change)
    }
  }

  /** How many alerts are kept from finance because they are about a small team, and of them those that fire. */
  get withheld(): WithheldRow {
    const alerts = [...this.#withheld].map((fingerprint) => this.book.alert(fingerprint)).filter((alert) => alert !== undefined)
    const firing = alerts.filter(({ status }) => status === 'firing').length
    return { alerts: alerts.length, firing, min_count: this.teams.minCount }
  }

  /** An alert that a channel sees, with who is on it and what mutes it. */
  present(channel: ChannelName, alert: Alert, now: number): Alert {
    const shown = this.book.present(alert, now)
    return { ...shown, inhibited_by: hidersSeen(channel, shown.inhibited_by ?? [], this.#channelsOf.alerts) }
  }

  /** A record as a channel sees it; undefined for one that is none of its business. Changes nothing. */
  project(channel: ChannelName, record: FedRecord): NewChange | undefined {
    const { topic, partition, offset, key, timestamp, value } = record
    const seen = value === null ? null : project(channel, topic, value, this.#channelsOf)
    if (seen === undefined) return undefined
    const kind: TopicClass = FED.get(topic)?.class ?? 'event'
    const wire: WireChange = { topic, partition, offset, key, time: timeText(timestamp), value: seen }
    return { class: kind, slot: slotOf(topic, key, value), timestamp, wire }
  }

  /** Changes of a batch for one channel, for somebody who catches up. They have no place in the channel's sequence. */
  *projected(channel: ChannelName, batch: RecordBatch): Iterable<NewChange> {
    const { topic, partition } = batch
    for (let i = 0; i < batch.count; i++) {
      const value = readJson(batch.value(i))
      if (value === undefined) continue
      const key = batch.key(i)?.toString() ?? ''
      const change = this.project(channel, { topic, partition, offset: batch.offset(i), key, timestamp: batch.timestamp(i), value })
      if (change) yield change
    }
  }

  /** Rows that the server makes itself: one is told when it is another than before, or gone. */
  make(topic: string, rows: ReadonlyMap<string, Value>, now: number): void {
    const channels = MADE_TOPICS.find((made) => made.topic === topic)?.channels ?? []
    const tell = (key: string, value: Value | null) => {
      const wire: WireChange = { topic, partition: 0, offset: -1, key, time: timeText(now), value }
      for (const name of channels) {
        this.onChange(name, this.channels[name].add({ class: 'gauge', slot: `${topic}\0${key}`, timestamp: now, wire }))
      }
    }
    const prefix = `${topic}\0`
    for (const slot of this.#made.keys()) {
      const key = slot.slice(prefix.length)
      if (!slot.startsWith(prefix) || rows.has(key)) continue
      this.#made.delete(slot)
      tell(key, null)
    }
    for (const [key, value] of rows) {
      const text = JSON.stringify(value)
      if (this.#made.get(prefix + key) === text) continue
      this.#made.set(prefix + key, text)
      tell(key, value)
    }
  }

  #channelOfAlert(fingerprint: string): ChannelName | null | undefined {
    const alert = this.book.alert(fingerprint)
    if (alert?.channel !== 'finance') return alert && 'operations'
    return this.#channelsOf.isOfSmallTeam({ ...alert }) ? null : 'finance'
  }

  #passed(topic: string, partition: number, offset: number): void {
    const offsets = this.#position.get(topic) ?? []
    while (offsets.length <= partition) offsets.push(0)
    offsets[partition] = offset
    this.#position.set(topic, offsets)
  }

  #valueOf(batch: RecordBatch, i: number): Value | null | undefined {
    const value = readJson(batch.value(i))
    if (value !== undefined) return value
    const { topic, partition } = batch
    const count = (this.unreadable.get(topic) ?? 0) + 1
    this.unreadable.set(topic, count)
    if (count <= SAMPLED) this.#logger.warn(`${topic}/${partition} offset ${batch.offset(i)} is not a JSON object; it is left out`)
    return undefined
  }
}

const isBookTopic = (topic: string): topic is BookTopic => (BOOK_TOPICS as readonly string[]).includes(topic)

function readJson(bytes: Buffer | null): Value | null | undefined {
  if (bytes === null) return null
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Value) : undefined
  } catch {
    return undefined
  }
}

/** A record's time may be anything that Kafka takes. */
const timeText = (ms: number): string => new Date(Math.min(Math.max(ms, 0), 8.64e15)).toISOString()
