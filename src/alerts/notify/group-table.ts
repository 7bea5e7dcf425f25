import type { Alert, AlertNotification } from '../../events/event-types.ts'
import type { AlertBook } from '../alert-book.ts'
import type { DispatchPlan, DispatchTarget } from './dispatch.ts'
import { type Group, groupOf, type Member, newGroup, nextTick, routeName } from './group.ts'
import { groupKeyOf, type Outbox, WATCHING } from './outbox.ts'
import { groupId, groupLabels, isQuietTime, type Route } from './routing.ts'

/** A group that no route makes any more is forgotten after so long. */
const ORPHANED = 86_400_000

/** Where a member enters: a target of a route, or of a step of its escalation. */
export interface Entry {
  readonly target: DispatchTarget
  readonly route: Route
  readonly step?: number
  readonly muted: Member['muted']
}

/** What each receiver knows: its groups, which alerts are in them, and since when it is told things. */
export class GroupTable {
  readonly #plan: DispatchPlan
  readonly #book: AlertBook
  readonly #outbox: Outbox
  readonly #targets: ReadonlyMap<string, DispatchTarget>
  readonly #groups = new Map<string, Group>()
  /** The groups that an alert is a member of, by its fingerprint. */
  readonly #groupsOf = new Map<string, Set<Group>>()
  /** Groups of routes and receivers that there are no more. */
  readonly #orphans = new Map<string, AlertNotification>()
  /** What their receivers were told of: `target fingerprint active_at`. */
  readonly #orphaned = new Set<string>()
  /** Since when a target is told things, ms: what was resolved before is history to it. */
  readonly #watching = new Map<string, number>()
  /** The last tick of a group at which it was looked at. */
  readonly #looked = new Map<Group, number>()

  /** @param saved what was written to `alert_notifications`, the last of each key */
  constructor(plan: DispatchPlan, book: AlertBook, outbox: Outbox, saved: Iterable<AlertNotification>, now: number) {
    this.#plan = plan
    this.#book = book
    this.#outbox = outbox
    this.#targets = new Map(plan.targets.map((target) => [target.id, target]))
    for (const event of saved) this.#load(event, now)
    for (const { id } of plan.targets) {
      if (this.#watching.has(id)) continue
      this.#watching.set(id, now)
      outbox.watching(id, now)
    }
  }

  groups(): IterableIterator<Group> {
    return this.#groups.values()
  }

  group(target: string, id: string): Group | undefined {
    return this.#groups.get(groupKeyOf({ target, id }))
  }

  /** The groups that an alert is a member of. */
  groupsOf(fingerprint: string): Iterable<Group> {
    return this.#groupsOf.get(fingerprint) ?? []
  }

  target(id: string): DispatchTarget | undefined {
    return this.#targets.get(id)
  }

  targetsOf(receiver: string): DispatchTarget[] {
    return this.#plan.targets.filter((target) => target.receiver === receiver)
  }

  /** Since when a target is told things, ms. */
  watchedSince(target: string): number | undefined {
    return this.#watching.get(target)
  }

  #load(event: AlertNotification, now: number): void {
    if (event.group_id === WATCHING) {
      if (event.opened_at !== undefined) this.#watching.set(event.receiver, Date.parse(event.opened_at))
      return
    }
    if (event.members === undefined) return
    const name = event.route ?? ''
    const hash = /#(\d+)$/.exec(name)
    const route = this.#plan.routes.find(({ id }) => id === name) ?? this.#plan.routes.find(({ id }) => hash && `${id}${hash[0]}` === name)
    const step = route && route.id !== name && hash ? Number(hash[1]) : undefined
    const key = groupKeyOf({ target: event.receiver, id: event.group_id })
    if (!route || !this.#targets.has(event.receiver) || (step !== undefined && !route.escalation[step])) {
      this.#orphans.set(key, event)
      for (const { fingerprint, active_at } of event.members) this.#orphaned.add(`${event.receiver} ${fingerprint} ${active_at}`)
      return
    }
    const group = groupOf(event, route, step)
    this.#groups.set(key, group)
    for (const fingerprint of group.members.keys()) this.#note(fingerprint, group)
    // A tick that came while nobody was there, and at which something would have been told, is made up for at once.
    const tick = lastTick(group, now)
    const missed = (member: Member) => member.told === null && member.muted === null && tick !== undefined && member.since <= tick
    const made = tick !== undefined && !isQuietTime(route, tick) && [...group.members.values()].some(missed)
    this.#looked.set(group, (made ? tick : now) - 1)
  }

  #note(fingerprint: string, group: Group): void {
    const groups = this.#groupsOf.get(fingerprint)
    if (groups) groups.add(group)
    else this.#groupsOf.set(fingerprint, new Set([group]))
  }

  /** Makes an alert a member of its group. @returns whether it is new there */
  enter({ target, route, step, muted }: Entry, { fingerprint, labels, active_at: activeAt }: Alert, now: number): boolean {
    const common = groupLabels(route, labels)
    const id = groupId(route.id, common, step)
    let group = this.group(target.id, id)
    if (group?.members.get(fingerprint)?.activeAt === activeAt) return false
    // Another incident of it is being told: that comes first.
    if (group?.members.get(fingerprint)?.telling) return false
    if (!group) {
      group = newGroup(target.id, id, route, step, common, now)
      this.#groups.set(groupKeyOf(group), group)
      this.#looked.set(group, now - 1)
    } else if (!this.isLive(group) && !group.pending) {
      // It was over: what comes now is a new one, which waits as a new one does.
      group.openedAt = now
      group.toldAt = null
      group.notifiedAt = null
      this.#looked.set(group, now - 1)
    }
    group.members.set(fingerprint, { fingerprint, activeAt, since: now, told: null, toldAt: null, telling: null, failedAt: null, muted })
    this.#note(fingerprint, group)
    this.#outbox.changed(group)
    return true
  }

  /** Whether a target has this incident in some group, also in one of a route that is no more. */
  knows(target: string, { fingerprint, active_at }: Alert): boolean {
    for (const group of this.groupsOf(fingerprint))
      if (group.target === target && group.members.get(fingerprint)?.activeAt === active_at) return true
    return this.#orphaned.has(`${target} ${fingerprint} ${active_at}`)
  }

  /** When the targets of a route saw an alert first. */
  sinceOf(alert: Alert, route: Route): number | undefined {
    const id = groupId(route.id, groupLabels(route, alert.labels))
    const seen = this.targetsOf(route.receiver).flatMap((target) => {
      const member = this.group(target.id, id)?.members.get(alert.fingerprint)
      return member?.activeAt === alert.active_at ? [member.since] : []
    })
    return seen.length > 0 ? Math.min(...seen) : undefined
  }

  /** When a group may be told something next. */
  tickOf(group: Group): number {
    return nextTick(group, this.#looked.get(group) ?? Number.NEGATIVE_INFINITY)
  }

  /** It was looked at; its next tick is a later one. */
  looked(group: Group, now: number): void {
    this.#looked.set(group, now)
  }

  /** How a member stands; undefined when nobody knows its alert any more. */
  stateOf({ fingerprint, activeAt }: Member): { alert: Alert; firing: boolean } | undefined {
    const alert = this.#book.alert(fingerprint)
    if (!alert) return undefined
    return { alert, firing: alert.active_at === activeAt && alert.status === 'firing' }
  }

  /** Something of it fires, or is over and not told. */
  isLive(group: Group): boolean {
    for (const member of group.members.values()) {
      const state = this.stateOf(member)
      if (state?.firing || (state && member.told !== 'resolved')) return true
    }
    return false
  }

  /** Members whose alert is forgotten go, and a group without any goes too. */
  tidy(group: Group): void {
    if (group.pending) return
    for (const [fingerprint, member] of group.members) {
      if (this.stateOf(member)) continue
      group.members.delete(fingerprint)
      const groups = this.#groupsOf.get(fingerprint)
      groups?.delete(group)
      if (groups?.size === 0) this.#groupsOf.delete(fingerprint)
      this.#outbox.changed(group)
    }
  }

  /** It has no members any more. */
  remove(group: Group): void {
    this.#groups.delete(groupKeyOf(group))
    this.#looked.delete(group)
  }

  /** Groups of routes that are no more are kept for a day, for what their receivers know. */
  dropOrphans(now: number): void {
    for (const [key, event] of this.#orphans) {
      if (Date.parse(event.event_time) + ORPHANED > now) continue
      this.#orphans.delete(key)
      for (const { fingerprint, active_at } of event.members ?? []) this.#orphaned.delete(`${event.receiver} ${fingerprint} ${active_at}`)
      this.#outbox.forget(key, now)
    }
  }
}

/** As Alertmanager writes it: `{}/{severity="critical"}:{alertname="x"}`. */
export function alertmanagerKey(group: Group): string {
  const names = Object.entries(group.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return `${routeName(group) === '{}' ? '' : '{}/'}${routeName(group)}:{${names.join(', ')}}`
}

/** The last tick of a group that is over by `now`. */
function lastTick(group: Group, now: number): number | undefined {
  const first = nextTick(group, Number.NEGATIVE_INFINITY)
  if (first > now) return undefined
  const { groupInterval } = group.route
  return first + Math.floor((now - first) / groupInterval) * groupInterval
}
