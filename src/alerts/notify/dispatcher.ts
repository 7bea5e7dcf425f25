import type { Alert, AlertLogEntry, AlertNotification } from '../../events/event-types.ts'
import { dlqRecord, dlqTopic, type EventRecord, toEventTime, tombstone, toRecord } from '../../events/index.ts'
import type { AlertBook } from '../alert-book.ts'
import { backoff } from './backoff.ts'
import {
  type Group,
  groupEvent,
  groupOf,
  idempotencyKey,
  type Member,
  newGroup,
  nextTick,
  type Reason,
  routeName,
  type ToldAlert,
} from './group.ts'
import { Inhibition, type InhibitRule } from './inhibition.ts'
import { groupId, groupLabels, isQuietTime, type Route, routesOf } from './routing.ts'
import type { Topology } from './topology.ts'

/** One way in which a receiver is told: a webhook, an address of mail. */
export interface DispatchTarget {
  /** `ops/webhook/0` */
  readonly id: string
  readonly receiver: string
  readonly sendResolved: boolean
  /** More are left out of one notification, and counted. */
  readonly maxAlerts: number
}

/** Who is told what, and how. Times in ms. */
export interface DispatchPlan {
  /** The default is the last. */
  readonly routes: readonly Route[]
  readonly targets: readonly DispatchTarget[]
  readonly inhibit: readonly InhibitRule[]
  /** A notification that cannot be given for so long is a dead letter. */
  readonly giveUpAfter: number
}

/** A notification to give now. */
export interface Delivery {
  readonly target: string
  readonly receiver: string
  readonly groupId: string
  /** As Alertmanager writes it: `{}/{severity="critical"}:{alertname="x"}`. */
  readonly groupKey: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly idempotencyKey: string
  readonly reason: Reason
  readonly attempt: number
  readonly alerts: readonly ToldAlert[]
  readonly truncated: number
}

/** What became of a call. */
export type Outcome =
  | { readonly kind: 'taken' }
  /** It may pass. @property askedFor ms that the receiver asks to wait */
  | { readonly kind: 'later'; readonly why: string; readonly askedFor?: number }
  /** The same call would be refused again. */
  | { readonly kind: 'refused'; readonly why: string }

/** A record to write, and where. */
export interface Output extends Omit<EventRecord, 'key' | 'value' | 'headers'> {
  readonly topic: string
  readonly key: Buffer | string | null
  readonly value: Buffer | string | null
  readonly headers: ReadonlyArray<readonly [name: string, value: Buffer | string]>
}

const SOURCE = '/alerts/notify'
/** Under this id stands since when a target is told things. */
const WATCHING = 'watching'
/** A group that no route makes any more is forgotten after so long. */
const ORPHANED = 86_400_000

/**
 * Who is told what and when: Alertmanager's manners over the present state of alerts. Pure, driven by the times that it is handed, and level
 * triggered: what is to be told is the difference between how things stand ({@link AlertBook}) and what each receiver knows ({@link Group}). So it
 * does not matter which records were seen, and a successor that gets the saved groups goes on as if nothing had been.
 *
 * The protocol: {@link step}, write what it gives, call the receivers of {@link deliveries}, hand in each {@link outcome}, write what that gives. A
 * notification is on the bus before it is given, so after a crash it is given again under the same key.
 */
export class Dispatcher {
  readonly #plan: DispatchPlan
  readonly #book: AlertBook
  readonly #topology: Topology
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
  readonly #inFlight = new Set<string>()
  readonly #dirty = new Set<Group>()
  #outputs: Output[] = []

  /** @param saved what {@link step} and {@link outcome} gave for `alert_notifications`, the last of each key */
  constructor(plan: DispatchPlan, book: AlertBook, topology: Topology, saved: Iterable<AlertNotification>, now: number) {
    this.#plan = plan
    this.#book = book
    this.#topology = topology
    this.#targets = new Map(plan.targets.map((target) => [target.id, target]))
    for (const event of saved) this.#load(event, now)
    for (const { id } of plan.targets) if (!this.#watching.has(id)) this.#watch(id, now)
  }

  /** Looks at how things stand at `now`: what to write. Call it after records were taken, and when {@link due} has come. */
  step(now: number): Output[] {
    const firing = [...this.#book.alerts()].filter(({ status }) => status === 'firing')
    const inhibition = new Inhibition(this.#plan.inhibit, firing, this.#topology)
    for (const alert of firing) {
      const muted = this.#muteOf(alert, inhibition, now)
      this.#join(alert, muted, now)
      this.#markMuted(alert, muted, now)
    }
    for (const alert of this.#book.alerts()) if (alert.status === 'resolved') this.#joinEnded(alert, now)
    for (const group of this.#groups.values()) {
      this.#tidy(group)
      if (group.pending || this.#tickOf(group) > now) continue
      this.#look(group, now)
    }
    for (const [key, event] of this.#orphans) {
      if (Date.parse(event.event_time) + ORPHANED > now) continue
      this.#orphans.delete(key)
      for (const { fingerprint, active_at } of event.members ?? []) this.#orphaned.delete(`${event.receiver} ${fingerprint} ${active_at}`)
      this.#emit('alert_notifications', tombstone('alert_notifications', key, now, { source: SOURCE }))
    }
    return this.#written(now)
  }

  /** When {@link step} or {@link deliveries} has something to do, if nothing comes before; Infinity for never. */
  due(now: number): number {
    let due = Number.POSITIVE_INFINITY
    for (const group of this.#groups.values()) {
      if (group.pending) {
        if (!this.#inFlight.has(group.pending.key)) due = Math.min(due, group.pending.nextAttemptAt)
      } else if (this.#isLive(group)) due = Math.min(due, this.#tickOf(group))
    }
    for (const { startsAt, endsAt } of this.#book.silences()) for (const at of [startsAt, endsAt]) if (at > now) due = Math.min(due, at)
    for (const alert of this.#book.alerts()) for (const at of this.#escalationsOf(alert)) if (at > now) due = Math.min(due, at)
    return due
  }

  /** The notifications to give now; each is in flight until its {@link outcome} is handed in. Only what was written may be given. */
  deliveries(now: number): Delivery[] {
    const ready: Delivery[] = []
    for (const group of this.#groups.values()) {
      const { pending } = group
      if (!pending || pending.nextAttemptAt > now || this.#inFlight.has(pending.key)) continue
      this.#inFlight.add(pending.key)
      const names = Object.entries(group.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      ready.push({
        ...{ target: group.target, receiver: this.#targets.get(group.target)?.receiver ?? group.target, groupId: group.id },
        ...{ groupKey: `${routeName(group) === '{}' ? '' : '{}/'}${routeName(group)}:{${names.join(', ')}}`, groupLabels: group.labels },
        ...{ idempotencyKey: pending.key, reason: pending.reason, attempt: pending.attempts + 1 },
        ...{ alerts: pending.alerts, truncated: pending.truncated },
      })
    }
    return ready
  }

  /** What became of a delivery: what to write. */
  outcome({ target, groupId: id, idempotencyKey: key }: Delivery, outcome: Outcome, now: number): Output[] {
    this.#inFlight.delete(key)
    const group = this.#groups.get(`${target}:${id}`)
    if (group?.pending?.key !== key) return this.#written(now)
    this.#dirty.add(group)
    const { pending } = group
    if (outcome.kind === 'taken') this.#settle(group, 'notified', now)
    else {
      pending.attempts++
      const givenUp = now - pending.createdAt >= this.#plan.giveUpAfter
      if (outcome.kind === 'later' && !givenUp) {
        pending.nextAttemptAt = now + backoff(key, pending.attempts, outcome.askedFor)
      } else this.#bury(group, outcome, now)
    }
    return this.#written(now)
  }

  /** Groups now, for whoever shows them. */
  groups(): IterableIterator<Group> {
    return this.#groups.values()
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
    const key = `${event.receiver}:${event.group_id}`
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

  #watch(target: string, now: number): void {
    this.#watching.set(target, now)
    const at = toEventTime(now)
    const event: AlertNotification = { event_time: at, receiver: target, group_id: WATCHING, opened_at: at }
    this.#emit('alert_notifications', toRecord('alert_notifications', event, { source: SOURCE }))
  }

  #muteOf(alert: Alert, inhibition: Inhibition, now: number): Member['muted'] {
    if ((this.#book.present(alert, now).silenced_by ?? []).length > 0) return 'silenced'
    return inhibition.inhibiting(alert).length > 0 ? 'inhibited' : null
  }

  #targetsOf(receiver: string): DispatchTarget[] {
    return this.#plan.targets.filter((target) => target.receiver === receiver)
  }

  /** An alert that fires becomes a member of the groups of its routes, and of their escalations when it is time. */
  #join(alert: Alert, muted: Member['muted'], now: number): void {
    for (const route of routesOf(this.#plan.routes, alert.labels)) {
      // That it is muted is noted, and logged, when everybody has it.
      for (const target of this.#targetsOf(route.receiver)) this.#enter(target, route, undefined, alert, null, now)
      const since = this.#sinceOf(alert, route)
      if (muted !== null || since === undefined || this.#book.ackOf(alert)) continue
      for (const [step, { after, receiver }] of route.escalation.entries()) {
        if (now < since + after) continue
        const entered = this.#targetsOf(receiver).map((target) => this.#enter(target, route, step, alert, muted, now))
        if (entered.some(Boolean)) this.#log(alert, 'escalated', now, { receiver })
      }
    }
  }

  /** One that is over before anybody was told of it: it is told as such, unless it is history. */
  #joinEnded(alert: Alert, now: number): void {
    const ended = Date.parse(alert.resolved_at ?? alert.event_time)
    if (!alert.fired_at) return
    for (const route of routesOf(this.#plan.routes, alert.labels)) {
      for (const target of this.#targetsOf(route.receiver)) {
        if (ended < (this.#watching.get(target.id) ?? now) || !target.sendResolved || this.#knows(target.id, alert)) continue
        const silenced = (this.#book.present(alert, now).silenced_by ?? []).length > 0
        this.#enter(target, route, undefined, alert, silenced ? 'silenced' : null, now)
      }
    }
  }

  /** Whether a target has this incident in some group, also in one of a route that is no more. */
  #knows(target: string, { fingerprint, active_at }: Alert): boolean {
    for (const group of this.#groupsOf.get(fingerprint) ?? [])
      if (group.target === target && group.members.get(fingerprint)?.activeAt === active_at) return true
    return this.#orphaned.has(`${target} ${fingerprint} ${active_at}`)
  }

  #note(fingerprint: string, group: Group): void {
    const groups = this.#groupsOf.get(fingerprint)
    if (groups) groups.add(group)
    else this.#groupsOf.set(fingerprint, new Set([group]))
  }

  /** @returns whether it is new there */
  #enter(
    target: DispatchTarget,
    route: Route,
    step: number | undefined,
    { fingerprint, labels, active_at: activeAt }: Alert,
    muted: Member['muted'],
    now: number,
  ): boolean {
    const common = groupLabels(route, labels)
    const id = groupId(route.id, common, step)
    const key = `${target.id}:${id}`
    let group = this.#groups.get(key)
    if (group?.members.get(fingerprint)?.activeAt === activeAt) return false
    // Another incident of it is being told: that comes first.
    if (group?.members.get(fingerprint)?.telling) return false
    if (!group) {
      group = newGroup(target.id, id, route, step, common, now)
      this.#groups.set(key, group)
      this.#looked.set(group, now - 1)
    } else if (!this.#isLive(group) && !group.pending) {
      // It was over: what comes now is a new one, which waits as a new one does.
      group.openedAt = now
      group.toldAt = null
      group.notifiedAt = null
      this.#looked.set(group, now - 1)
    }
    group.members.set(fingerprint, { fingerprint, activeAt, since: now, told: null, toldAt: null, telling: null, failedAt: null, muted })
    this.#note(fingerprint, group)
    this.#dirty.add(group)
    return true
  }

  /** That an alert is muted, or no more, is noted once; it counts as seen from when it may be told. */
  #markMuted(alert: Alert, muted: Member['muted'], now: number): void {
    let before: Member['muted'] | undefined
    for (const group of this.#groupsOf.get(alert.fingerprint) ?? []) {
      const member = group.members.get(alert.fingerprint)
      if (!member || member.activeAt !== alert.active_at || member.muted === muted) continue
      before ??= member.muted
      if (muted === null && member.told === null) member.since = now
      member.muted = muted
      this.#dirty.add(group)
    }
    if (before === undefined) return
    if (muted !== null) this.#log(alert, muted, now)
    else this.#log(alert, before === 'silenced' ? 'unsilenced' : 'uninhibited', now)
  }

  /** When the targets of a route saw an alert first. */
  #sinceOf(alert: Alert, route: Route): number | undefined {
    const id = groupId(route.id, groupLabels(route, alert.labels))
    const seen = this.#targetsOf(route.receiver).flatMap((target) => {
      const member = this.#groups.get(`${target.id}:${id}`)?.members.get(alert.fingerprint)
      return member?.activeAt === alert.active_at ? [member.since] : []
    })
    return seen.length > 0 ? Math.min(...seen) : undefined
  }

  #escalationsOf(alert: Alert): number[] {
    if (alert.status !== 'firing' || this.#book.ackOf(alert)) return []
    return routesOf(this.#plan.routes, alert.labels).flatMap((route) => {
      const since = route.escalation.length > 0 ? this.#sinceOf(alert, route) : undefined
      return since === undefined ? [] : route.escalation.map(({ after }) => since + after)
    })
  }

  #tickOf(group: Group): number {
    return nextTick(group, this.#looked.get(group) ?? Number.NEGATIVE_INFINITY)
  }

  /** How a member stands; undefined when nobody knows its alert any more. */
  #stateOf({ fingerprint, activeAt }: Member): { alert: Alert; firing: boolean } | undefined {
    const alert = this.#book.alert(fingerprint)
    if (!alert) return undefined
    return { alert, firing: alert.active_at === activeAt && alert.status === 'firing' }
  }

  /** Something of it fires, or is over and not told. */
  #isLive(group: Group): boolean {
    for (const member of group.members.values()) {
      const state = this.#stateOf(member)
      if (state?.firing || (state && member.told !== 'resolved')) return true
    }
    return false
  }

  /** Members whose alert is forgotten go, and a group without any goes too. */
  #tidy(group: Group): void {
    if (group.pending) return
    for (const [fingerprint, member] of group.members) {
      if (this.#stateOf(member)) continue
      group.members.delete(fingerprint)
      const groups = this.#groupsOf.get(fingerprint)
      groups?.delete(group)
      if (groups?.size === 0) this.#groupsOf.delete(fingerprint)
      this.#dirty.add(group)
    }
  }

  /** A tick of a group has come: is there anything to tell? */
  #look(group: Group, now: number): void {
    this.#looked.set(group, now)
    const target = this.#targets.get(group.target)
    if (!target) return
    const firing: Array<[Member, Alert]> = []
    const ended: Array<[Member, Alert]> = []
    for (const member of group.members.values()) {
      const state = this.#stateOf(member)
      if (!state) continue
      if (state.firing) {
        if (member.muted === null) firing.push([member, state.alert])
      } else if (member.told !== 'resolved') {
        // What came and went while nobody was to be disturbed is over.
        const over = Date.parse(state.alert.resolved_at ?? state.alert.event_time)
        const unheard = member.told === null && (member.muted !== null || isQuietTime(group.route, over))
        if (target.sendResolved && !unheard) ended.push([member, state.alert])
        else {
          member.told = 'resolved'
          this.#dirty.add(group)
        }
      }
    }
    if (isQuietTime(group.route, now)) return
    const reason = this.#reason(group, firing, ended, now)
    if (reason) this.#tell(group, target, reason, firing, ended, now)
  }

  #reason(group: Group, firing: ReadonlyArray<[Member, Alert]>, ended: readonly unknown[], now: number): Reason | undefined {
    if (firing.some(([{ told }]) => told !== 'firing')) return group.toldAt === null ? 'new' : 'changed'
    if (ended.length > 0) return firing.length > 0 ? 'changed' : 'resolved'
    const last = group.notifiedAt ?? group.toldAt
    if (last === null || now < last + group.route.repeatInterval) return undefined
    return firing.some(([, alert]) => !this.#book.ackOf(alert)) ? 'repeated' : undefined
  }

  #tell(
    group: Group,
    target: DispatchTarget,
    reason: Reason,
    firing: ReadonlyArray<[Member, Alert]>,
    ended: ReadonlyArray<[Member, Alert]>,
    now: number,
  ): void {
    const all = [
      ...firing.map(([member, alert]) => told(member, alert, 'firing', now)),
      ...ended.map(([member, alert]) => told(member, alert, 'resolved', now)),
    ].sort(byStart)
    for (const [member] of firing) member.telling = 'firing'
    for (const [member] of ended) member.telling = 'resolved'
    group.sequence++
    group.pending = {
      ...{ key: idempotencyKey(group, all), reason, createdAt: now, attempts: 0, nextAttemptAt: now },
      ...{ alerts: all.slice(0, target.maxAlerts), truncated: Math.max(0, all.length - target.maxAlerts) },
    }
    this.#dirty.add(group)
  }

  /** The receiver knows now, or will not hear of it. */
  #settle(group: Group, what: 'notified' | 'notify_failed', now: number, why?: string): void {
    const { pending } = group
    if (!pending) return
    for (const member of group.members.values()) {
      if (member.telling === null) continue
      const alert = this.#book.alert(member.fingerprint)
      if (alert)
        this.#log(alert, what, now, { receiver: group.target, idempotency_key: pending.key, ...(why !== undefined && { comment: why }) })
      member.told = member.telling
      member.toldAt = now
      member.failedAt = what === 'notified' ? null : now
      member.telling = null
    }
    group.toldAt = pending.createdAt
    group.notifiedAt = pending.createdAt
    group.pending = null
  }

  /** A notification that was not given: a dead letter. What was refused is not tried again before it is due to be repeated. */
  #bury(group: Group, outcome: Exclude<Outcome, { kind: 'taken' }>, now: number): void {
    const { pending } = group
    if (!pending) return
    const code = outcome.kind === 'refused' ? 'SHITOPS_E_NOTIFY' : 'SHITOPS_E_NOTIFY_LATER'
    const value = JSON.stringify(groupEvent(group, now))
    const letter = dlqRecord('alert_notifications', { key: `${group.target}:${group.id}`, value }, { code, message: outcome.why }, now)
    this.#outputs.push({ topic: dlqTopic('alert_notifications'), ...letter })
    if (outcome.kind === 'refused') {
      this.#settle(group, 'notify_failed', now, outcome.why)
      return
    }
    const { key } = pending
    for (const member of group.members.values()) {
      if (member.telling === null) continue
      const alert = this.#book.alert(member.fingerprint)
      if (alert) this.#log(alert, 'notify_failed', now, { receiver: group.target, idempotency_key: key, comment: outcome.why })
      member.telling = null
    }
    // Told anew at the next tick, as things stand then.
    group.toldAt = now
    group.pending = null
    this.#looked.set(group, now)
  }

  #log(alert: Alert, transition: AlertLogEntry['transition'], now: number, more: Partial<AlertLogEntry> = {}): void {
    const entry: AlertLogEntry = {
      ...{ event_time: toEventTime(now), fingerprint: alert.fingerprint, alert_name: alert.alert_name, transition },
      ...{ severity: alert.severity, subject: alert.subject, labels: alert.labels },
      ...(alert.annotations?.summary && { summary: alert.annotations.summary }),
      ...more,
    }
    this.#emit('alert_log', toRecord('alert_log', entry, { source: SOURCE }))
  }

  #emit(topic: string, record: EventRecord): void {
    this.#outputs.push({ topic, ...record })
  }

  #written(now: number): Output[] {
    for (const group of this.#dirty) {
      const key = `${group.target}:${group.id}`
      if (group.members.size === 0 && !group.pending) {
        this.#groups.delete(key)
        this.#looked.delete(group)
        this.#emit('alert_notifications', tombstone('alert_notifications', key, now, { source: SOURCE }))
      } else this.#emit('alert_notifications', toRecord('alert_notifications', groupEvent(group, now), { source: SOURCE }))
    }
    this.#dirty.clear()
    return this.#outputs.splice(0)
  }
}

/** The last tick of a group that is over by `now`. */
function lastTick(group: Group, now: number): number | undefined {
  const first = nextTick(group, Number.NEGATIVE_INFINITY)
  if (first > now) return undefined
  const { groupInterval } = group.route
  return first + Math.floor((now - first) / groupInterval) * groupInterval
}

function told({ fingerprint, activeAt }: Member, alert: Alert, status: 'firing' | 'resolved', now: number): ToldAlert {
  const same = alert.active_at === activeAt
  return {
    ...{ fingerprint, active_at: activeAt, status, labels: alert.labels },
    annotations: { ...alert.annotations, ...(alert.runbook_url && { runbook_url: alert.runbook_url }) },
    starts_at: same ? (alert.fired_at ?? activeAt) : activeAt,
    ends_at: status === 'firing' ? null : ((same ? alert.resolved_at : alert.active_at) ?? toEventTime(now)),
  }
}

const byStart = (a: ToldAlert, b: ToldAlert): number =>
  (a.status === b.status ? 0 : a.status === 'firing' ? -1 : 1) ||
  (a.starts_at < b.starts_at ? -1 : a.starts_at > b.starts_at ? 1 : 0) ||
  (a.fingerprint < b.fingerprint ? -1 : 1)
