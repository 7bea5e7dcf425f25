import type { Alert, AlertLogEntry, Insight as InsightRow } from '../events/event-types.ts'
import { type EventRecord, toEventTime, tombstone, toRecord } from '../events/index.ts'
import type { Insight } from '../insights/insight.ts'
import type { Held, RuleRow } from '../query/keyed-rule.ts'
import type { Transition } from './lifecycle.ts'

const SOURCE = '/insights'

/** A row for `insights`. */
export function insightRecord({ observed, alert }: Insight, row: RuleRow): EventRecord {
  const event: InsightRow = {
    event_time: toEventTime(row.time),
    insight: row.rule,
    subject: row.key,
    active: row.holds,
    severity: alert.severity,
    ...(row.holds && { summary: sentence(alert.summary, row) }),
    ...bandOf(observed, row),
    evidence: evidenceOf(row),
  }
  return toRecord('insights', event, { source: SOURCE })
}

/** The present state of an incident for `alerts`: gone again when it was dropped before it fired. */
export function alertRecord({ observed, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord {
  if (to === 'dropped') return tombstone('alerts', alert.fingerprint, time, { source: SOURCE })
  const at = (ms: number | undefined) => (ms === undefined ? null : toEventTime(ms))
  const event: Alert = {
    event_time: toEventTime(time),
    fingerprint: alert.fingerprint,
    alert_name: alert.insight,
    status: to,
    severity: policy.severity,
    subject: alert.subject,
    labels: alert.labels,
    active_at: toEventTime(alert.since),
    fired_at: at(alert.firedAt),
    resolved_at: at(alert.resolvedAt),
    for_s: policy.for / 1000,
    keep_firing_for_s: policy.keepFiringFor / 1000,
    annotations: { summary: sentence(policy.summary, alert.row), advice: policy.advice },
    channel: policy.channel,
    ...bandOf(observed, alert.row),
    evidence: evidenceOf(alert.row),
  }
  return toRecord('alerts', event, { source: SOURCE })
}

/** One step for `alert_log`. */
export function logRecord({ observed, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord {
  const { observed: value, unit } = bandOf(observed, alert.row)
  const event: AlertLogEntry = {
    event_time: toEventTime(time),
    fingerprint: alert.fingerprint,
    alert_name: alert.insight,
    transition: to,
    severity: policy.severity,
    subject: alert.subject,
    summary: sentence(policy.summary, alert.row),
    labels: alert.labels,
    ...(value !== undefined && { observed: value }),
    unit,
    evidence: evidenceOf(alert.row),
  }
  return toRecord('alert_log', event, { source: SOURCE })
}

function bandOf({ input, unit, expectedLow, expectedHigh }: Insight['observed'], { values }: RuleRow) {
  const value = values[input]
  return {
    ...(typeof value === 'number' && { observed: value }),
    ...(expectedLow !== undefined && { expected_low: expectedLow }),
    ...(expectedHigh !== undefined && { expected_high: expectedHigh }),
    unit,
  }
}

const evidenceOf = ({ evidence }: RuleRow) =>
  evidence.map(({ topic, partition, offset, time, ...held }) => ({
    topic,
    partition_id: partition,
    record_offset: offset,
    event_time: toEventTime(time),
    excerpt: excerptOf(held),
  }))

/** `loss ethernet-1/49 0.083`, or the input and the member alone where only its being there counts. */
function excerptOf({ input, member, value }: Pick<Held, 'input' | 'member' | 'value'>): string {
  const shown = typeof value === 'number' ? ` ${Number(value.toPrecision(4))}` : typeof value === 'string' ? ` ${value}` : ''
  return `${input} ${member}${shown}`
}

/** A policy's sentence with the row's subject and values in it; `{name%}` shows a ratio (0–1) in percent. */
export function sentence(template: string, { key, values }: RuleRow): string {
  return template.replace(/\{(\w+)(%?)\}/g, (_, name: string, percent: string) => {
    const value = name === 'key' ? key : values[name]
    return percent && typeof value === 'number' ? `${Number((value * 100).toFixed(1))} %` : String(value ?? '?')
  })
}
