import type { Alert, AlertInhibition, AlertLogEntry, AlertNotification } from '../../events/event-types.ts'
import { dlqRecord, dlqTopic, type EventRecord, toEventTime, tombstone, toRecord } from '../../events/index.ts'
import type { Outcome, Output } from './dispatch.ts'
import { type Group, groupEvent } from './group.ts'

const SOURCE = '/alerts/notify'
const TOPIC = 'alert_notifications'
/** Under this id stands since when a target is told things. */
export const WATCHING = 'watching'

/** The key of a group's record, and its name in memory. */
export const groupKeyOf = ({ target, id }: Pick<Group, 'target' | 'id'>): string => `${target}:${id}`

/** What is to be written: entries of the log as they come, groups once each as they are when it is taken out. */
export class Outbox {
  #outputs: Output[] = []
  readonly #changed = new Set<Group>()

  /** Its record is written when it is taken out. */
  changed(group: Group): void {
    this.#changed.add(group)
  }

  log(alert: Alert, transition: AlertLogEntry['transition'], now: number, more: Partial<AlertLogEntry> = {}): void {
    const entry: AlertLogEntry = {
      ...{ event_time: toEventTime(now), fingerprint: alert.fingerprint, alert_name: alert.alert_name, transition },
      ...{ severity: alert.severity, subject: alert.subject, labels: alert.labels },
      ...(alert.annotations?.summary && { summary: alert.annotations.summary }),
      ...more,
    }
    this.#emit('alert_log', toRecord('alert_log', entry, { source: SOURCE }))
  }

  /** An alert is not told while one of these fires. */
  hidden({ fingerprint, active_at }: Alert, by: readonly string[], now: number): void {
    const event: AlertInhibition = { event_time: toEventTime(now), fingerprint, active_at, inhibited_by: [...by] }
    this.#emit('alert_inhibitions', toRecord('alert_inhibitions', event, { source: SOURCE }))
  }

  /** Nothing hides it any more, or it is over. */
  shown(fingerprint: string, now: number): void {
    this.#emit('alert_inhibitions', tombstone('alert_inhibitions', fingerprint, now, { source: SOURCE }))
  }

  /** From `now` on a target is told things. */
  watching(target: string, now: number): void {
    const at = toEventTime(now)
    const event: AlertNotification = { event_time: at, receiver: target, group_id: WATCHING, opened_at: at }
    this.#emit(TOPIC, toRecord(TOPIC, event, { source: SOURCE }))
  }

  /** A notification that will not be given. */
  deadLetter(group: Group, { kind, why }: Exclude<Outcome, { kind: 'taken' }>, now: number): void {
    const code = kind === 'refused' ? 'SHITOPS_E_NOTIFY' : 'SHITOPS_E_NOTIFY_LATER'
    const value = JSON.stringify(groupEvent(group, now))
    this.#outputs.push({ topic: dlqTopic(TOPIC), ...dlqRecord(TOPIC, { key: groupKeyOf(group), value }, { code, message: why }, now) })
  }

  /** What was saved under the key is no more. */
  forget(key: string, now: number): void {
    this.#emit(TOPIC, tombstone(TOPIC, key, now, { source: SOURCE }))
  }

  /** All that there is to write, together. @param gone told of each group that is left without a member */
  take(now: number, gone: (group: Group) => void): Output[] {
    for (const group of this.#changed) {
      if (group.members.size === 0 && !group.pending) {
        gone(group)
        this.forget(groupKeyOf(group), now)
      } else this.#emit(TOPIC, toRecord(TOPIC, groupEvent(group, now), { source: SOURCE }))
    }
    this.#changed.clear()
    return this.#outputs.splice(0)
  }

  #emit(topic: string, record: EventRecord): void {
    this.#outputs.push({ topic, ...record })
  }
}
