import { formatDuration } from '../../base/duration.ts'
import { plural } from '../../base/plural.ts'
import { paint } from '../color.ts'
import type { DemoOffice } from './office.ts'
import type { DemoResult } from './run-demo.ts'
import { type IncidentScore, NOTICED_BY } from './score.ts'
import { timeOfDay } from './view.ts'

/** What a demo ends with, for a person. */
export function formatSummary(result: DemoResult, office: DemoOffice, utc: boolean): string {
  const { officeTime, wallTime, score, alerts } = result
  const detected = score.incidents.filter(({ alert }) => alert).length
  const lines = ['', paint.strong(`${formatDuration(officeTime)} of office time in ${formatDuration(wallTime)}`), '']
  lines.push(...columns([['topic', 'records', 'per second'], ...recordRows(result)], [false, true, true]), '')
  if (score.incidents.length + score.unfinished.length > 0)
    lines.push(...columns([INCIDENT_HEAD, ...incidentRows(result, office, utc)], [false, false, false, false, true, true]), '')
  for (const { insight, subject, firedAt } of score.falseAlerts) {
    lines.push(paint.warn(`false alert: ${insight} ${subject} at ${timeOfDay(firedAt, utc)}`))
  }
  const unfinished = score.unfinished.length
  if (unfinished > 0) lines.push(`${plural(unfinished, 'incident')} ${unfinished === 1 ? 'was' : 'were'} not over: not counted`)
  const counted = `${detected} of ${plural(score.incidents.length, 'incident')} detected`
  const verdict = `${counted}, ${plural(alerts.length, 'alert')}, ${score.falseAlerts.length} of them false`
  const paintVerdict = detected === score.incidents.length && score.falseAlerts.length === 0 ? paint.good : paint.warn
  lines.push(paintVerdict(`${verdict}: precision ${share(score.precision)}, recall ${share(score.recall)}`))
  return lines.join('\n')
}

/** The same as one document. Times are RFC 3339, durations seconds. */
export function summaryDocument(result: DemoResult, office: DemoOffice, seed: number, speed: number, bus: string) {
  const { officeTime, wallTime, score } = result
  const at = (ms: number) => new Date(ms).toISOString()
  return {
    seed,
    speed: Number.isFinite(speed) ? speed : 'max',
    bus,
    gnmi: result.gnmi,
    librenms: result.librenms,
    office_s: officeTime / 1000,
    wall_s: wallTime / 1000,
    records: Object.fromEntries(recordCounts(result).map(([topic, count]) => [topic, { count, per_second: rate(count, wallTime) }])),
    engine: result.job,
    collectors: result.collectors,
    incidents: score.incidents.map(({ incident, alert }) => ({
      kind: incident.kind,
      subject: incident.subject,
      began_at: at(office.openedAt + incident.from),
      ended_at: at(office.openedAt + incident.to),
      detected: alert !== undefined,
      ...(alert && {
        alert: alert.insight,
        fired_at: at(alert.firedAt),
        delay_s: (alert.firedAt - office.openedAt - incident.from) / 1000,
        resolved_at: alert.resolvedAt === undefined ? null : at(alert.resolvedAt),
      }),
    })),
    unfinished_incidents: score.unfinished.length,
    alerts: result.alerts.length,
    false_alerts: score.falseAlerts.map(({ insight, subject, firedAt }) => ({ alert: insight, subject, fired_at: at(firedAt) })),
    precision: score.precision,
    recall: score.recall,
  }
}

const INCIDENT_HEAD = ['incident', 'subject', 'began', 'alert', 'fired after', 'resolved']

function incidentRows({ score }: DemoResult, office: DemoOffice, utc: boolean): string[][] {
  const row = ({ incident, alert }: IncidentScore, missed: string, on: string): string[] => {
    const began = office.openedAt + incident.from
    const fired = alert ? formatDuration(alert.firedAt - began) : missed
    const resolved = alert?.resolvedAt === undefined ? on : timeOfDay(alert.resolvedAt, utc)
    return [incident.kind, incident.subject, timeOfDay(began, utc), NOTICED_BY[incident.kind], fired, alert ? resolved : '']
  }
  return [...score.incidents.map((each) => row(each, 'MISSED', '-')), ...score.unfinished.map((each) => row(each, 'not yet', 'not yet'))]
}

const recordCounts = ({ records }: DemoResult) => [...records].sort(([a], [b]) => (a < b ? -1 : 1))

const recordRows = (result: DemoResult) =>
  recordCounts(result).map(([topic, count]) => [topic, String(count), String(rate(count, result.wallTime))])

const rate = (count: number, wallTime: number) => (wallTime === 0 ? 0 : Math.round((count / wallTime) * 10_000) / 10)

const share = (value: number | null) => (value === null ? '-' : value.toFixed(2))

/** Rows in columns as wide as their widest cell; `right` aligns a column to the right. */
function columns(rows: readonly string[][], right: readonly boolean[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) =>
    `  ${row.map((cell, i) => (right[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd(),
  )
}
