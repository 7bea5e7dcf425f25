import { amount, duration, words } from '../../live/format.ts'
import type { ShownAlert } from '../../live/model/model.ts'
import type { Cell } from '../draw/table.ts'
import { cells } from '../draw/text.ts'
import type { World } from '../world.ts'
import { severity, stateOf, statusStyle } from './severity.ts'
import type { Item } from './view.ts'

/**
 * The alerts of a world, the most urgent first, with what a frame asks of all of them. It is made anew when one of them has changed, and not with every
 * frame; a row's cells are made when the row is drawn. So a frame costs what it shows, however many alerts there are.
 */
export interface AlertList {
  readonly items: readonly Item[]
  /** Those that fire or are pending: the first of all. */
  readonly open: readonly Item[]
  readonly firing: readonly ShownAlert[]
  /** How many of these are critical. */
  readonly critical: number
  /** Of each column the widest cell, where only the alerts themselves decide; what changes with time is as wide as it can be. */
  readonly widest: readonly Cell[]
}

interface Known {
  readonly version: string
  readonly list: AlertList
  /** ms: lengths of time are told as of then. */
  readonly time: { now: number }
}

const known = new WeakMap<World, Known>()
/** An alert that has not changed keeps its row. */
const rows = new WeakMap<ShownAlert, { world: World; item: AlertItem }>()
const SEVERITIES = { critical: 0, warning: 1, info: 2 } as const
const STATUSES = { firing: 0, pending: 1, resolved: 2 } as const

/** @param now ms of the clock that events are of; none where no row is to be drawn */
export function alertList(world: World, now?: number): AlertList {
  const version = [...world.channels.values()].map(({ alertsVersion }) => alertsVersion).join(' ')
  const before = known.get(world)
  if (before?.version === version) {
    before.time.now = now ?? before.time.now
    return before.list
  }
  const time = before?.time ?? { now: 0 }
  time.now = now ?? time.now
  const list = listOf(world, time)
  known.set(world, { version, list, time })
  return list
}

function listOf(world: World, time: { now: number }): AlertList {
  const items = world.alerts.map((alert) => itemOf(world, alert, time)).sort((a, b) => (a.order[0] < b.order[0] ? -1 : 1))
  const widest = ['', '', '', '', '', '', '']
  for (const { texts } of items) for (const [i, text] of texts.entries()) if (cells(text) > cells(widest[i] ?? '')) widest[i] = text
  const firing = items.flatMap(({ alert }) => (alert.status === 'firing' ? [alert] : []))
  return {
    items,
    open: items.filter(({ alert }) => alert.status !== 'resolved'),
    firing,
    critical: firing.filter(({ severity: how }) => how === 'critical').length,
    widest,
  }
}

function itemOf(world: World, alert: ShownAlert, time: { now: number }): AlertItem {
  const row = rows.get(alert)
  if (row?.world === world) return row.item
  const item = new AlertItem(world, alert, time)
  rows.set(alert, { world, item })
  return item
}

class AlertItem implements Item {
  readonly alert: ShownAlert
  readonly order: readonly [urgency: string, name: string, subject: string, newest: number]
  readonly #world: World
  readonly #time: { readonly now: number }

  constructor(world: World, alert: ShownAlert, time: { readonly now: number }) {
    this.alert = alert
    this.#world = world
    this.#time = time
    const { status, severity: how, active_at, fingerprint, alert_name, subject } = alert
    const since = Date.parse(active_at)
    // As a text that sorts like byUrgency (src/live/model/alert-order.ts).
    const newest = String(Math.max(0, FAR - since)).padStart(17, '0')
    this.order = [`${STATUSES[status]}${SEVERITIES[how]}${newest}${fingerprint}`, alert_name, subject, -since]
  }

  get key(): string {
    return this.alert.fingerprint
  }
  get recordKey(): string {
    return this.alert.fingerprint
  }
  get topic(): string {
    return this.alert.place.topic
  }
  get partition(): number {
    return this.alert.place.partition
  }
  get offset(): number {
    return this.alert.place.offset
  }
  get timestamp(): number {
    return Date.parse(this.alert.event_time)
  }
  get command(): string {
    return `shitops alert show ${this.alert.fingerprint}`
  }

  get value(): unknown {
    const { place: _, ...alert } = this.alert
    return alert
  }

  /** What of a row the alert alone decides. */
  get texts(): readonly string[] {
    const { alert_name, subject, observed, unit, annotations } = this.alert
    return [severity(this.alert)[0] ?? '', '', words(alert_name), subject, '', amount(observed, unit), annotations?.summary ?? '']
  }

  get cells(): readonly Cell[] {
    const { alert } = this
    const [, , name = '', subject = '', , seen = '', summary = ''] = this.texts
    const until = alert.resolved_at == null ? this.#world.present(this.#time.now) : Date.parse(alert.resolved_at)
    const lasted = duration(Math.max(0, until - Date.parse(alert.active_at)))
    const state = stateOf(this.#world, alert)
    return [severity(alert), [state, statusStyle(alert.status)], name, subject, lasted, seen, [summary, 'dim']]
  }
}

/** The last moment that a Date has, ms. */
const FAR = 8.64e15
