import type { Alert, AlertLogEntry, Insight as InsightEvent } from '../events/event-types.ts'
import { type EventRecord, toEventTime, tombstone, toRecord } from '../events/index.ts'
import { type Insight, type InsightRow, SEVERITIES } from '../insights/insight.ts'
import { fill } from '../insights/template.ts'
import type { Transition } from './lifecycle.ts'

const SOURCE = '/insights'

/** A row for `insights`. */
export function insightRecord({ rows, alert }: Insight, row: InsightRow): EventRecord {
  const { window_start: start, window_end: end } = row.values
  const event: InsightEvent = {
    event_time: toEventTime(row.time),
    insight: row.insight,
    subject: row.subject,
    active: row.active,
    severity: alert.severity,
    ...(row.active && { summary: fill(alert.summary, row.values) }),
    ...bandOf(rows, row),
    ...(typeof start === 'string' && { window_start: start }),
    ...(typeof end === 'string' && { window_end: end }),
    ...(rows.labels.length > 0 && { labels: row.labels }),
    details: detailsOf(rows, row),
    ...evidenceOf(rows, row),
  }
  return toRecord('insights', event, { source: SOURCE })
}

/** The present state of an incident for `alerts`: gone again when it was dropped before it fired, or resolved long ago. */
export function alertRecord({ rows, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord {
  if (to === 'dropped' || to === 'forgotten') return tombstone('alerts', alert.fingerprint, time, { source: SOURCE })
  const at = (ms: number | undefined) => (ms === undefined ? null : toEventTime(ms))
  const event: Alert = {
    event_time: toEventTime(time),
    fingerprint: alert.fingerprint,
    alert_name: alert.insight,
    status: to,
    severity: severityOf(alert, policy),
    subject: alert.subject,
    labels: alert.labels,
    active_at: toEventTime(alert.since),
    fired_at: at(alert.firedAt),
    resolved_at: at(alert.resolvedAt),
    for_s: policy.for / 1000,
    keep_firing_for_s: policy.keepFiringFor / 1000,
    annotations: { summary: fill(policy.summary, alert.row.values), advice: fill(policy.advice, alert.row.values) },
    channel: policy.channel,
    ...bandOf(rows, alert.row),
    ...evidenceOf(rows, alert.row),
    details: detailsOf(rows, alert.row),
    ...(policy.runbook !== undefined && { runbook_url: fill(policy.runbook, alert.row.values) }),
    ...(alert.fires && { incident: alert.fires.length + (to === 'pending' ? 1 : 0) }),
    ...(alert.flapping && { flapping: true }),
  }
  return toRecord('alerts', event, { source: SOURCE })
}

/** One step for `alert_log`; that an alert is forgotten is none. */
export function logRecord({ rows, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord | undefined {
  if (to === 'forgotten') return undefined
  const { observed, unit } = bandOf(rows, alert.row)
  const event: AlertLogEntry = {
    event_time: toEventTime(time),
    fingerprint: alert.fingerprint,
    alert_name: alert.insight,
    transition: to,
    severity: severityOf(alert, policy),
    subject: alert.subject,
    summary: fill(policy.summary, alert.row.values),
    labels: alert.labels,
    ...(observed !== undefined && { observed }),
    unit,
    ...evidenceOf(rows, alert.row),
  }
  return toRecord('alert_log', event, { source: SOURCE })
}

/** An alert that began under another policy keeps its severity: it is part of what it is. */
const severityOf = ({ labels }: Transition['alert'], { severity }: Insight['alert']): Insight['alert']['severity'] =>
  SEVERITIES.find((each) => each === labels.severity) ?? severity

type Rows = Insight['rows']

function bandOf({ observed: { column, unit, expectedLow, expectedHigh, score } }: Rows, { values }: InsightRow) {
  const value = values[column]
  const unusual = score === undefined ? undefined : values[score]
  return {
    ...(typeof value === 'number' && { observed: value }),
    ...(expectedLow !== undefined && { expected_low: expectedLow }),
    ...(expectedHigh !== undefined && { expected_high: expectedHigh }),
    unit,
    ...(typeof unusual === 'number' && { score: Math.min(1, Math.max(0, unusual)) }),
  }
}

/** Columns that are told nowhere else. */
function detailsOf(rows: Rows, { values }: InsightRow): InsightEvent['details'] {
  const told = new Set([
    rows.time,
    rows.active,
    rows.observed.column,
    rows.observed.score,
    ...rows.labels,
    'window_start',
    'window_end',
    'window_time',
  ])
  for (const { partition, offset } of rows.evidence) told.add(partition).add(offset)
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !told.has(name) && value !== null))
}

/** Where the records lie that a row points to; those it does not know are left out. */
function evidenceOf({ evidence }: Rows, { values, evidence: told }: InsightRow): { evidence?: NonNullable<InsightEvent['evidence']> } {
  if (told) return told.length > 0 ? { evidence: told } : {}
  const found = evidence.flatMap(({ topic, partition, offset, excerpt }) => {
    const [partition_id, record_offset] = [values[partition], values[offset]]
    if (typeof partition_id !== 'number' || typeof record_offset !== 'number') return []
    return [{ topic, partition_id, record_offset, excerpt: fill(excerpt, values) }]
  })
  return found.length > 0 ? { evidence: found } : {}
}
