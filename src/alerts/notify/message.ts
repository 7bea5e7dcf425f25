import type { Delivery } from './dispatch.ts'
import type { ToldAlert } from './group.ts'

/** Alertmanager's webhook body, version 4, with what else a receiver may want. */
export interface WebhookBody {
  version: '4'
  groupKey: string
  truncatedAlerts: number
  status: 'firing' | 'resolved'
  receiver: string
  groupLabels: Record<string, string>
  commonLabels: Record<string, string>
  commonAnnotations: Record<string, string>
  externalURL: string
  /** Why it is told: new, changed, repeated, resolved. */
  notification_reason: string
  /** The same for every attempt of this notification: drop what you have seen. */
  idempotencyKey: string
  alerts: WebhookAlert[]
}

export interface WebhookAlert {
  status: 'firing' | 'resolved'
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  generatorURL: string
  fingerprint: string
}

/** Where links in notifications lead. */
export interface Links {
  readonly externalUrl?: string | undefined
  readonly runbookUrl?: string | undefined
}

/** As Go prints no time: what reads Alertmanager's bodies expects it of what has not ended. */
export const NO_TIME = '0001-01-01T00:00:00Z'
/** Whoever gets an alert of ours back knows it by this annotation. */
export const OWN_ANNOTATION = 'shitops_fingerprint'

export function webhookBody(
  { receiver, groupKey, groupLabels, idempotencyKey, reason, alerts, truncated }: Delivery,
  links: Links,
): WebhookBody {
  const made = alerts.map((alert) => webhookAlert(alert, links))
  return {
    version: '4',
    groupKey,
    truncatedAlerts: truncated,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver,
    groupLabels: { ...groupLabels },
    commonLabels: common(made.map(({ labels }) => labels)),
    commonAnnotations: common(made.map(({ annotations }) => annotations)),
    externalURL: links.externalUrl ?? '',
    notification_reason: reason,
    idempotencyKey,
    alerts: made,
  }
}

export function webhookAlert({ fingerprint, status, labels, annotations, starts_at, ends_at }: ToldAlert, links: Links): WebhookAlert {
  const runbook = annotations.runbook_url ?? links.runbookUrl?.replaceAll('{alertname}', encodeURIComponent(labels.alertname ?? ''))
  return {
    status,
    labels,
    annotations: { ...annotations, ...(runbook !== undefined && { runbook_url: runbook }), [OWN_ANNOTATION]: fingerprint },
    startsAt: starts_at,
    endsAt: ends_at ?? NO_TIME,
    generatorURL: links.externalUrl === undefined ? '' : `${links.externalUrl.replace(/\/+$/, '')}/#/alerts/${fingerprint}`,
    fingerprint,
  }
}

/** Entries that all have. */
function common(all: ReadonlyArray<Record<string, string>>): Record<string, string> {
  const [first = {}, ...others] = all
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)))
}

/** One line for people: `FIRING 2: call_quality_at_risk (site=hq)`. */
export function titleOf({ status, alerts, groupLabels, truncatedAlerts }: WebhookBody): string {
  const counted = alerts.filter((alert) => alert.status === status).length + truncatedAlerts
  const { alertname, ...rest } = groupLabels
  const others = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  const name = alertname ?? alerts[0]?.labels.alertname ?? 'alerts'
  return `${status.toUpperCase()} ${counted}: ${name}${others.length > 0 ? ` (${others.join(', ')})` : ''}`
}

/** A line for each alert: what it is, what to do. */
export function linesOf({
  alerts,
  truncatedAlerts,
}: WebhookBody): Array<{ head: string; summary: string; advice?: string; runbook?: string; link?: string }> {
  const lines = alerts.map(({ status, labels, annotations, generatorURL }) => ({
    head: `${status === 'firing' ? 'FIRING' : 'RESOLVED'} ${labels.severity ?? ''} ${labels.alertname ?? ''}: ${labels.subject ?? ''}`.replace(
      / {2,}/g,
      ' ',
    ),
    summary: annotations.summary ?? '',
    ...(status === 'firing' && annotations.advice !== undefined && { advice: annotations.advice }),
    ...(annotations.runbook_url !== undefined && { runbook: annotations.runbook_url }),
    ...(generatorURL !== '' && { link: generatorURL }),
  }))
  if (truncatedAlerts > 0) lines.push({ head: `and ${truncatedAlerts} more`, summary: '' })
  return lines
}
