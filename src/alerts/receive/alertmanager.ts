import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Alert } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'
import { fingerprint } from '../fingerprint.ts'
import { OWN_ANNOTATION } from '../notify/message.ts'
import { clean, isObject, MOST_ALERTS, type Received, severityOf } from './received.ts'

/** Labels that say what an alert is about, the clearest first. */
const SUBJECTS = ['subject', 'instance', 'target', 'device', 'host', 'pod', 'service', 'job'] as const
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/**
 * The alerts of a webhook call of Alertmanager (version 4; also Grafana's, which has the same fields). An alert is known by all of its labels, as
 * Alertmanager has it. Those that we pushed ourselves are counted and left out.
 *
 * @param now ms since the epoch, for times that are missing
 * @throws SHITOPS_E_ALERT_INPUT where the body is no such call at all
 */
export function parseAlertmanagerWebhook(text: string, now: number): Received {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw refused(`is no JSON: ${messageOf(error)}`)
  }
  if (!isObject(body) || !Array.isArray(body.alerts)) throw refused('has no list "alerts"')
  const received: Received = { alerts: [], own: 0, problems: [] }
  for (const [i, entry] of body.alerts.slice(0, MOST_ALERTS).entries()) {
    const alert = alertOf(entry, now)
    if (alert === 'own') received.own++
    else if (typeof alert === 'string') received.problems.push(`alerts[${i}] ${alert}`)
    else received.alerts.push(alert)
  }
  if (body.alerts.length > MOST_ALERTS)
    received.problems.push(`${body.alerts.length - MOST_ALERTS} alerts are more than ${MOST_ALERTS}, and are left out`)
  return received
}

function alertOf(entry: unknown, now: number): Alert | string {
  if (!isObject(entry)) return 'is no object'
  const { status } = entry
  if (status !== 'firing' && status !== 'resolved') return 'has no status firing or resolved'
  const labels = textsOf(entry.labels)
  const annotations = textsOf(entry.annotations)
  if (annotations[OWN_ANNOTATION] !== undefined) return 'own'
  if (Object.keys(labels).length === 0) return 'has no labels'
  const startsAt = timeOf(entry.startsAt) ?? now
  const endsAt = status === 'resolved' ? (timeOf(entry.endsAt) ?? now) : undefined
  const name = labels.alertname ?? 'alert'
  const subject = SUBJECTS.map((label) => labels[label]).find((value) => value)
  const { runbook_url: runbook, summary = annotations.description ?? annotations.message, ...others } = annotations
  return {
    event_time: toEventTime(endsAt ?? now),
    fingerprint: fingerprint(labels),
    alert_name: name,
    status,
    severity: severityOf(labels.severity),
    subject: subject ?? name,
    labels: { alertname: name, ...labels },
    active_at: toEventTime(startsAt),
    fired_at: toEventTime(startsAt),
    resolved_at: endsAt === undefined ? null : toEventTime(endsAt),
    annotations: { ...others, ...(summary && { summary }) },
    ...(runbook && { runbook_url: runbook }),
    origin: 'alertmanager',
  }
}

function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]) =>
      NAME.test(name) && typeof text === 'string' && text !== '' ? [[name, clean(text)]] : [],
    ),
  )
}

/** Go's zero time says that there is none. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.startsWith('0001-')) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}

const refused = (why: string) =>
  new ShitopsError('SHITOPS_E_ALERT_INPUT', `the body ${why}`, {
    suggestions: ["Alertmanager's webhook_configs sends what is wanted here, version 4"],
  })
