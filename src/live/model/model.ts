import type { AlertLogEntry } from '../../events/alert_log.ts'
import type { Alert } from '../../events/alerts.ts'
import type { DeviceMetric } from '../../events/device_metrics.ts'
import type { Insight } from '../../events/insights.ts'
import type { WorkflowEvent } from '../../events/workflow_events.ts'
import { words } from '../format.ts'
import type { ChannelName, ServerFrame, WireChange } from '../protocol.ts'
import { Cases } from './cases.ts'
import { readable } from './readable.ts'
import { Series } from './series.ts'
import { isSilenced } from './silenced.ts'

type Value = Record<string, unknown>

export interface MetricSeries {
  readonly key: string
  readonly target: string
  readonly metric: string
  readonly instance: string
  readonly unit: string
  readonly history: Series
}

/** An alert with where its record lies. */
export interface ShownAlert extends Alert {
  readonly place: { topic: string; partition: number; offset: number }
}

const MOST_LOG = 500
const MOST_SERIES = 2_000
/** What a snapshot says anew. */
const MAPS = ['alerts', 'acks', 'silences', 'inhibitions', 'teams', 'withheld', 'topics', 'groups', 'devices', 'ports', 'links'] as const

/**
 * Everything that a page or a terminal knows of one channel, taken from the frames of the server. No part of it grows without end: what is oldest goes.
 */
export class Model {
  channel: ChannelName | undefined
  channels: ChannelName[] = []
  /** What commands must say with `--bus`. */
  bus: string | undefined
  /** Rises with every change. */
  version = 0
  /** Rises with every change of an alert. */
  alertsVersion = 0
  readonly alerts = new Map<string, ShownAlert>()
  readonly acks = new Map<string, Value>()
  readonly silences = new Map<string, Value>()
  /** By what an alert is hidden, by its fingerprint. */
  readonly inhibitions = new Map<string, Value>()
  readonly log: AlertLogEntry[] = []
  readonly insights: Insight[] = []
  readonly series = new Map<string, MetricSeries>()
  readonly teams = new Map<string, Value>()
  /** What is not shown because it is about small teams: its number. */
  readonly withheld = new Map<string, Value>()
  readonly teamHistory = new Map<string, { inCall: Series; present: Series }>()
  readonly topics = new Map<string, Value>()
  readonly groups = new Map<string, Value>()
  readonly devices = new Map<string, Value>()
  readonly ports = new Map<string, Value>()
  readonly links = new Map<string, Value>()
  cases = new Cases()
  /** Event time of the newest record, ms. */
  newest = 0
  /** Changes taken in, and values that the server passed over because whoever shows them was too slow. */
  changes = 0
  passedOver = 0
  /** Records that lack what they would be shown by. */
  unreadable = 0
  gaps: Array<{ reason: string; records: number }> = []

  /** @param now time of arrival, ms: for what has no time of its own */
  take(frame: ServerFrame, now: number): void {
    this.version++
    switch (frame.type) {
      case 'hello':
        this.channels = frame.data.channels.map(({ channel }) => channel)
        this.bus = frame.data.bus
        return
      case 'snapshot':
        if (frame.data.first) this.#clear(frame.data.channel)
        for (const change of frame.data.changes) this.#change(change, now)
        return
      case 'delta':
        for (const change of frame.data.changes) this.#change(change, now)
        return
      case 'gap': {
        const records = frame.data.ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
        this.gaps = [...this.gaps, { reason: frame.data.reason, records }].slice(-20)
        return
      }
      case 'lag':
        this.passedOver += frame.data.coalesced
    }
  }

  /** Histories stay: they are our own, a snapshot only has the newest value. Of those of another channel nothing is heard meanwhile. */
  #clear(channel: ChannelName): void {
    if (channel !== this.channel) {
      for (const { history } of this.series.values()) history.break()
      for (const { inCall, present } of this.teamHistory.values()) {
        inCall.break()
        present.break()
      }
    }
    this.channel = channel
    this.alertsVersion++
    for (const name of MAPS) this[name].clear()
    this.log.length = 0
    this.insights.length = 0
    this.cases = new Cases()
  }

  #change(change: WireChange, now: number): void {
    this.changes++
    const { topic, key, value } = change
    if (value !== null && !readable(topic, value)) {
      this.unreadable++
      return
    }
    const at = Date.parse(change.time)
    if (change.offset >= 0 && at > this.newest) this.newest = at
    switch (topic) {
      case 'alerts':
        this.alertsVersion++
        keep(this.alerts, key, value && ({ ...value, place: placeOf(change) } as unknown as ShownAlert))
        return
      case 'alert_acks':
        keep(this.acks, key, value)
        return
      case 'alert_silences':
        keep(this.silences, key, value)
        return
      case 'alert_inhibitions':
        keep(this.inhibitions, key, value)
        return
      case 'alert_log':
        push(this.log, value as AlertLogEntry | null)
        return
      case 'insights':
        push(this.insights, value as Insight | null)
        return
      case 'workflow_events':
        if (value) this.cases.add(value as unknown as WorkflowEvent)
        return
      case 'device_metrics':
        if (value) this.#sample(value as unknown as DeviceMetric, at)
        return
      case 'teams':
        keep(this.teams, key, value)
        if (value) this.#team(key, value, this.newest || at || now)
        return
      case 'withheld':
        keep(this.withheld, key, value)
        return
      case 'topics':
        keep(this.topics, key, value)
        return
      case 'groups':
        keep(this.groups, key, value)
        return
      case 'librenms_devices':
        keep(this.devices, key, value)
        return
      case 'librenms_ports':
        keep(this.ports, key, value)
        return
      case 'librenms_links':
        keep(this.links, key, value)
        return
    }
  }

  #sample({ target, metric, instance, unit, value }: DeviceMetric, at: number): void {
    const key = `${metric}\0${target}\0${instance}`
    let series = this.series.get(key)
    if (!series) {
      series = { key, target, metric, instance, unit, history: new Series() }
      this.series.set(key, series)
      if (this.series.size > MOST_SERIES) this.series.delete(this.series.keys().next().value ?? '')
    }
    series.history.add(at, value)
  }

  #team(name: string, { in_call, present }: Value, now: number): void {
    const known = this.teamHistory.get(name)
    // Before the first record the time was the server's. Where that of the records is an earlier one (a replay), what was kept by the other is in the way.
    const goesOn = known !== undefined && now >= (known.inCall.last?.at ?? 0)
    const history = goesOn ? known : { inCall: new Series(), present: new Series() }
    this.teamHistory.set(name, history)
    if (typeof in_call === 'number') history.inCall.add(now, in_call)
    if (typeof present === 'number') history.present.add(now, present)
  }

  /** As it is now, for somebody who looks at a standstill while the live one goes on. Records are never changed in place, so they are shared. */
  copy(): Model {
    const copy = new Model()
    copy.channel = this.channel
    copy.channels = this.channels
    copy.bus = this.bus
    copy.version = this.version
    copy.alertsVersion = this.alertsVersion
    for (const name of MAPS) for (const [key, value] of this[name]) (copy[name] as Map<string, unknown>).set(key, value)
    copy.log.push(...this.log)
    copy.insights.push(...this.insights)
    for (const [key, series] of this.series) copy.series.set(key, { ...series, history: series.history.copy() })
    for (const [team, { inCall, present }] of this.teamHistory)
      copy.teamHistory.set(team, { inCall: inCall.copy(), present: present.copy() })
    copy.cases = this.cases.copy()
    copy.newest = this.newest
    copy.changes = this.changes
    copy.passedOver = this.passedOver
    copy.unreadable = this.unreadable
    copy.gaps = this.gaps
    return copy
  }

  /** Whether somebody mutes it or is on it, from records that came after its own. */
  stands(alert: ShownAlert): { acked: string | undefined; silenced: boolean; inhibited: boolean } {
    const ack = this.acks.get(alert.fingerprint)
    const acked = ack && ack.active_at === alert.active_at ? String(ack.acked_by) : (alert.acked_by ?? undefined)
    const silenced = (alert.silenced_by?.length ?? 0) > 0 || isSilenced(this.silences.values(), alert.labels ?? {}, this.newest)
    return { acked, silenced, inhibited: this.hiders(alert).length > 0 }
  }

  /** What hides an alert: alerts that are known here, or in words what is not: a channel that the viewer does not see. */
  hiders(alert: ShownAlert): Array<ShownAlert | string> {
    const inhibition = this.inhibitions.get(alert.fingerprint)
    if (alert.status !== 'firing') return []
    const ids = inhibition?.active_at === alert.active_at ? (inhibition.inhibited_by as string[]) : (alert.inhibited_by ?? [])
    return ids.flatMap((id): Array<ShownAlert | string> => {
      if (id === 'withheld') return ['an alert about a small team']
      if (id === 'finance' || id === 'operations') return [`an alert of ${id}`]
      const by = this.alerts.get(id)
      // What fires no more hides nothing; the notifier's word for it may take a moment.
      return by ? (by.status === 'firing' ? [by] : []) : [`alert ${id}`]
    })
  }

  /** The same in words, with their fingerprints where they can be opened. */
  hiderTexts(alert: ShownAlert): string[] {
    return this.hiders(alert).map((by) => (typeof by === 'string' ? by : `${words(by.alert_name)} ${by.subject} (${by.fingerprint})`))
  }

  /** Input that is bad, as far as this channel knows: what could not be shown here, what the server could not read, and what lies in dead-letter topics. */
  get badInput(): { unreadable: number; deadLetters: number } {
    const sum = { unreadable: this.unreadable, deadLetters: 0 }
    for (const { topic, unreadable, records } of this.topics.values()) {
      sum.unreadable += number(unreadable)
      if (String(topic).endsWith('.dlq')) sum.deadLetters += number(records)
    }
    return sum
  }

  /** Alerts that fire and are not shown, because they are about teams too small to be told of. */
  get withheldFiring(): number {
    return Number(this.withheld.get('alerts')?.firing ?? 0)
  }

  /** The history of one alert, newest first. */
  history(fingerprint: string): AlertLogEntry[] {
    return this.log.filter((entry) => entry.fingerprint === fingerprint).reverse()
  }
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

const placeOf = ({ topic, partition, offset }: WireChange) => ({ topic, partition, offset })

function keep<T>(map: Map<string, T>, key: string, value: T | null): void {
  if (value === null) map.delete(key)
  else map.set(key, value)
}

function push<T>(list: T[], value: T | null): void {
  if (value === null) return
  list.push(value)
  if (list.length > MOST_LOG) list.splice(0, list.length - MOST_LOG)
}
