import type { Alert } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import type { AlertBook } from '../alert-book.ts'
import { backoff } from './backoff.ts'
import type { DispatchTarget, Outcome } from './dispatch.ts'
import { type Group, idempotencyKey, type Member, type Reason, type ToldAlert } from './group.ts'
import type { GroupTable } from './group-table.ts'
import type { Outbox } from './outbox.ts'
import { isQuietTime } from './routing.ts'

type Standing = readonly [member: Member, alert: Alert]

/** What a group is told at a tick, and what the receiver's answer makes of it. */
export class Telling {
  readonly #book: AlertBook
  readonly #table: GroupTable
  readonly #outbox: Outbox
  readonly #giveUpAfter: number

  constructor(book: AlertBook, table: GroupTable, outbox: Outbox, giveUpAfter: number) {
    this.#book = book
    this.#table = table
    this.#outbox = outbox
    this.#giveUpAfter = giveUpAfter
  }

  /** A tick of a group has come: is there anything to tell? */
  look(group: Group, now: number): void {
    this.#table.looked(group, now)
    const target = this.#table.target(group.target)
    if (!target) return
    const firing: Standing[] = []
    const ended: Standing[] = []
    for (const member of group.members.values()) {
      const state = this.#table.stateOf(member)
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
          this.#outbox.changed(group)
        }
      }
    }
    if (isQuietTime(group.route, now)) return
    const reason = this.#reason(group, firing, ended, now)
    if (reason) this.#decide(group, target, reason, firing, ended, now)
  }

  /** What became of the notification that is under way. */
  outcome(group: Group, outcome: Outcome, now: number): void {
    const { pending } = group
    if (!pending) return
    this.#outbox.changed(group)
    if (outcome.kind === 'taken') {
      this.#settle(group, 'notified', now)
      return
    }
    pending.attempts++
    const givenUp = now - pending.createdAt >= this.#giveUpAfter
    if (outcome.kind === 'refused' || givenUp) this.#bury(group, outcome, now)
    else pending.nextAttemptAt = now + backoff(pending.key, pending.attempts, outcome.askedFor)
  }

  #reason(group: Group, firing: readonly Standing[], ended: readonly Standing[], now: number): Reason | undefined {
    if (firing.some(([{ told }]) => told !== 'firing')) return group.toldAt === null ? 'new' : 'changed'
    if (ended.length > 0) return firing.length > 0 ? 'changed' : 'resolved'
    const last = group.notifiedAt ?? group.toldAt
    if (last === null || now < last + group.route.repeatInterval) return undefined
    return firing.some(([, alert]) => !this.#book.ackOf(alert)) ? 'repeated' : undefined
  }

  #decide(
    group: Group,
    target: DispatchTarget,
    reason: Reason,
    firing: readonly Standing[],
    ended: readonly Standing[],
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
    this.#outbox.changed(group)
  }

  /** The receiver knows now, or will not hear of it. */
  #settle(group: Group, what: 'notified' | 'notify_failed', now: number, why?: string): void {
    const { pending } = group
    if (!pending) return
    for (const member of group.members.values()) {
      if (member.telling === null) continue
      this.#log(member, group, what, now, why)
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
    this.#outbox.deadLetter(group, outcome, now)
    if (outcome.kind === 'refused') {
      this.#settle(group, 'notify_failed', now, outcome.why)
      return
    }
    for (const member of group.members.values()) {
      if (member.telling === null) continue
      this.#log(member, group, 'notify_failed', now, outcome.why)
      member.telling = null
    }
    // Told anew at the next tick, as things stand then.
    group.toldAt = now
    group.pending = null
    this.#table.looked(group, now)
  }

  #log({ fingerprint }: Member, { target, pending }: Group, what: 'notified' | 'notify_failed', now: number, why?: string): void {
    const alert = this.#book.alert(fingerprint)
    if (!alert || !pending) return
    this.#outbox.log(alert, what, now, { receiver: target, idempotency_key: pending.key, ...(why !== undefined && { comment: why }) })
  }
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
