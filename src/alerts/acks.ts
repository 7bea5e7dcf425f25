import type { Alert, AlertAck, AlertLogEntry } from '../events/event-types.ts'
import { type EventRecord, toEventTime, tombstone, toRecord } from '../events/index.ts'

const SOURCE = '/alerts/acks'

export interface Act {
  /** Who: an alias. */
  readonly by: string
  readonly comment?: string | undefined
  /** ms since the epoch */
  readonly now: number
}

/** What says that somebody is on an incident: the records for `alert_acks` and `alert_log`. */
export function ackRecords(alert: Alert, { by, comment, now }: Act): { alert_acks: EventRecord; alert_log: EventRecord } {
  const ack: AlertAck = {
    event_time: toEventTime(now),
    fingerprint: alert.fingerprint,
    active_at: alert.active_at,
    acked_by: by,
    ...(comment !== undefined && { comment }),
  }
  return { alert_acks: toRecord('alert_acks', ack, { source: SOURCE }), alert_log: actRecord(alert, 'acked', { by, comment, now }) }
}

/** What takes it back. */
export function unackRecords(alert: Alert, act: Act): { alert_acks: EventRecord; alert_log: EventRecord } {
  return {
    alert_acks: tombstone('alert_acks', alert.fingerprint, act.now, { source: SOURCE }),
    alert_log: actRecord(alert, 'unacked', act),
  }
}

function actRecord(alert: Alert, transition: AlertLogEntry['transition'], { by, comment, now }: Act): EventRecord {
  const entry: AlertLogEntry = {
    event_time: toEventTime(now),
    fingerprint: alert.fingerprint,
    alert_name: alert.alert_name,
    transition,
    severity: alert.severity,
    subject: alert.subject,
    labels: alert.labels,
    actor: by,
    ...(comment !== undefined && { comment }),
  }
  return toRecord('alert_log', entry, { source: SOURCE })
}

/** Whether an acknowledgement is of this incident of the alert, and not of one before. */
export function isOfIncident(ack: Pick<AlertAck, 'active_at'>, alert: Pick<Alert, 'active_at'>): boolean {
  return ack.active_at === alert.active_at
}
