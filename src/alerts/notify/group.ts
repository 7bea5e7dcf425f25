import { createHash } from 'node:crypto'
import type { Labels } from '../../base/matchers.ts'
import type { AlertNotification } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import type { Route } from './routing.ts'

/** What is told of an alert. */
export interface ToldAlert {
  readonly fingerprint: string
  readonly active_at: string
  readonly status: 'firing' | 'resolved'
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  readonly starts_at: string
  readonly ends_at: string | null
}

export type Reason = 'new' | 'changed' | 'repeated' | 'resolved'

/** An alert of a group, and what the receiver knows of it. Times in ms since the epoch. */
export interface Member {
  fingerprint: string
  /** Its incident, as text: the alert's `active_at`. */
  activeAt: string
  since: number
  told: 'firing' | 'resolved' | null
  toldAt: number | null
  telling: 'firing' | 'resolved' | null
  failedAt: number | null
  muted: 'silenced' | 'inhibited' | null
}

/** A notification that is under way. */
export interface Pending {
  readonly key: string
  readonly reason: Reason
  readonly createdAt: number
  attempts: number
  nextAttemptAt: number
  readonly alerts: readonly ToldAlert[]
  readonly truncated: number
}

/** A group of alerts that one target is told of. */
export interface Group {
  readonly target: string
  readonly id: string
  readonly route: Route
  /** Of an escalation of the route. */
  readonly step: number | undefined
  readonly labels: Record<string, string>
  openedAt: number
  /** When the last notification was decided on, whatever became of it: the ticks of the group's interval count from there. */
  toldAt: number | null
  /** When the last one was taken. */
  notifiedAt: number | null
  sequence: number
  readonly members: Map<string, Member>
  pending: Pending | null
}

/** The name of a group's route in its record. */
export const routeName = ({ route, step }: Pick<Group, 'route' | 'step'>): string => (step === undefined ? route.id : `${route.id}#${step}`)

/** The next time, after `after`, at which a group may be told something: ticks of its interval, the first when it has waited. */
export function nextTick({ route, step, openedAt, toldAt }: Group, after: number): number {
  const first = toldAt === null ? openedAt + (step === undefined ? route.groupWait : 0) : toldAt + route.groupInterval
  if (after < first) return first
  return first + (Math.floor((after - first) / route.groupInterval) + 1) * route.groupInterval
}

/** The same notification has the same key in every life of the notifier, and no other has it. */
export function idempotencyKey(group: Pick<Group, 'target' | 'id' | 'openedAt' | 'sequence'>, told: readonly ToldAlert[]): string {
  const { target, id, openedAt, sequence } = group
  return createHash('sha256')
    .update(
      JSON.stringify([target, id, openedAt, sequence, told.map(({ fingerprint, active_at, status }) => [fingerprint, active_at, status])]),
    )
    .digest('hex')
    .slice(0, 32)
}

const text = (ms: number | null) => (ms === null ? null : toEventTime(ms))
const ms = (time: string | null | undefined) => (time === null || time === undefined ? null : Date.parse(time))

/** The group as its topic has it. @param now ms since the epoch */
export function groupEvent(group: Group, now: number): AlertNotification {
  const { pending } = group
  return {
    event_time: toEventTime(now),
    receiver: group.target,
    group_id: group.id,
    route: routeName(group),
    group_labels: group.labels,
    opened_at: toEventTime(group.openedAt),
    told_at: text(group.toldAt),
    notified_at: text(group.notifiedAt),
    sequence_no: group.sequence,
    members: [...group.members.values()].map((member) => ({
      fingerprint: member.fingerprint,
      active_at: member.activeAt,
      since: toEventTime(member.since),
      told: member.told,
      told_at: text(member.toldAt),
      telling: member.telling,
      failed_at: text(member.failedAt),
      muted: member.muted,
    })),
    pending: pending && {
      idempotency_key: pending.key,
      reason: pending.reason,
      created_at: toEventTime(pending.createdAt),
      attempts: pending.attempts,
      next_attempt_at: toEventTime(pending.nextAttemptAt),
      alerts: [...pending.alerts],
      truncated: pending.truncated,
    },
  }
}

/** A group from its record. */
export function groupOf(event: AlertNotification, route: Route, step: number | undefined): Group {
  const { pending } = event
  const members = (event.members ?? []).map(
    (member): Member => ({
      fingerprint: member.fingerprint,
      activeAt: member.active_at,
      since: Date.parse(member.since),
      told: member.told,
      toldAt: ms(member.told_at),
      telling: member.telling ?? null,
      failedAt: ms(member.failed_at),
      muted: member.muted ?? null,
    }),
  )
  return {
    ...{ target: event.receiver, id: event.group_id, route, step, labels: event.group_labels ?? {} },
    openedAt: ms(event.opened_at) ?? Date.parse(event.event_time),
    ...{ toldAt: ms(event.told_at), notifiedAt: ms(event.notified_at), sequence: event.sequence_no ?? 0 },
    members: new Map(members.map((member) => [member.fingerprint, member])),
    pending: pending
      ? {
          ...{ key: pending.idempotency_key, reason: pending.reason, attempts: pending.attempts, truncated: pending.truncated },
          ...{ createdAt: Date.parse(pending.created_at), nextAttemptAt: Date.parse(pending.next_attempt_at), alerts: pending.alerts },
        }
      : null,
  }
}

/** A group that has just come to be. */
export function newGroup(target: string, id: string, route: Route, step: number | undefined, labels: Labels, now: number): Group {
  return {
    ...{ target, id, route, step, labels: { ...labels }, openedAt: now },
    ...{ toldAt: null, notifiedAt: null, sequence: 0, members: new Map(), pending: null },
  }
}
