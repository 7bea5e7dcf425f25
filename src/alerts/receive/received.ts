import type { Alert, AlertLogEntry } from '../../events/event-types.ts'
import { type EventRecord, toRecord } from '../../events/index.ts'

/** Alerts that somebody else raised, as a webhook told of them. */
export interface Received {
  alerts: Alert[]
  /** Alerts of ours that came back, and are left out. */
  own: number
  /** Entries that cannot be read, in words; the others count all the same. */
  problems: string[]
}

/** More in one call are left out. */
export const MOST_ALERTS = 1_000

/** The records of received alerts: their present state, and what happened to those that stand otherwise than before. */
export function receivedRecords(
  alerts: readonly Alert[],
  before: (fingerprint: string) => Alert | undefined,
  source: string,
): Record<'alerts' | 'alert_log', EventRecord[]> {
  const changed = alerts.filter((alert) => {
    const known = before(alert.fingerprint)
    // That it is over, of what nobody heard of, is no news.
    if (!known) return alert.status === 'firing'
    return known.status !== alert.status || known.active_at !== alert.active_at
  })
  return {
    alerts: changed.map((alert) => toRecord('alerts', alert, { source })),
    alert_log: changed.map((alert) => toRecord('alert_log', logOf(alert), { source })),
  }
}

function logOf({ event_time, fingerprint, alert_name, status, severity, subject, labels, annotations }: Alert): AlertLogEntry {
  return {
    ...{ event_time, fingerprint, alert_name, transition: status, severity, subject, labels },
    ...(annotations?.summary && { summary: annotations.summary }),
  }
}

/** `critical`, `warning` or `info`, from the words that there are. */
export function severityOf(text: string | undefined): Alert['severity'] {
  const word = (text ?? '').toLowerCase()
  if (/^(critical|crit|page|emergency|alert|fatal|error|disaster|high)$/.test(word)) return 'critical'
  return /^(info|informational|information|none|notice|debug|ok|low)$/.test(word) ? 'info' : 'warning'
}

/** Text without what a terminal would obey, of a length that people read. */
export function clean(value: unknown, length = 500): string {
  return (
    String(value)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .trim()
      .slice(0, length)
  )
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
