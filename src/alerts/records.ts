import type { Alert, AlertLogEntry, Insight as InsightEvent } from '../events/event-types.ts'
import { type EventRecord, toEventTime, tombstone, toRecord } from '../events/index.ts'
import type { Insight, InsightRow } from '../insights/insight.ts'
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

/** The present state of an incident for `alerts`: gone again when it was dropped before it fired. */
export function alertRecord({ rows, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord {
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
    annotations: { summary: fill(policy.summary, alert.row.values), advice: fill(policy.advice, alert.row.values) },
    channel: policy.channel,
    ...bandOf(rows, alert.row),
    ...evidenceOf(rows, alert.row),
  }
  return toRecord('alerts', event, { source: SOURCE })
}

/** One step for `alert_log`. */
export function logRecord({ rows, alert: policy }: Insight, { to, time, alert }: Transition): EventRecord {
  const { observed, unit } = bandOf(rows, alert.row)
  const event: AlertLogEntry = {
    event_time: toEventTime(time),
    fingerprint: alert.fingerprint,
    alert_name: alert.insight,
    transition: to,
    severity: policy.severity,
    subject: alert.subject,
    summary: fill(policy.summary, alert.row.values),
    labels: alert.labels,
    ...(observed !== undefined && { observed }),
    unit,
    ...evidenceOf(rows, alert.row),
  }
  return toRecord('alert_log', event, { source: SOURCE })
}

type Rows = Insight['rows']

function bandOf({ observed: { column, unit, expectedLow, expectedHigh } }: Rows, { values }: InsightRow) {
  const value = values[column]
  return {
    ...(typeof value === 'number' && { observed: value }),
    ...(expectedLow !== undefined && { expected_low: expectedLow }),
    ...(expectedHigh !== undefined && { expected_high: expectedHigh }),
    unit,
  }
}

/** Columns that are told nowhere else. */
function detailsOf(rows: Rows, { values }: InsightRow): InsightEvent['details'] {
  const told = new Set([rows.time, rows.active, rows.observed.column, ...rows.labels, 'window_start', 'window_end', 'window_time'])
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
