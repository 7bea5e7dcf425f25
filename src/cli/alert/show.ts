import { formatDuration } from '../../base/duration.ts'
import { hasCode } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import { isThere } from '../../bus/ops/topics-there.ts'
import type { Alert, AlertLogEntry } from '../../events/event-types.ts'
import { paint } from '../color.ts'
import { formatTime } from '../times.ts'

type Evidence = NonNullable<Alert['evidence']>[number]

/** A record that raised an alert; `value` is undefined where the topic does not hold it any more. */
export interface OpenedEvidence extends Evidence {
  /** What to type to see it. */
  command: string
  value?: unknown
  /** This user may not read the topic. */
  denied?: true
}

/** The records that an alert points to, as far as they are there. */
export async function openEvidence(bus: Bus, { evidence = [] }: Alert): Promise<OpenedEvidence[]> {
  const opened: OpenedEvidence[] = []
  for (const each of evidence) {
    const { topic, partition_id: partition, record_offset: offset } = each
    const command = `shitops tail ${topic} --partition ${partition} --from ${offset} --max 1`
    opened.push({ ...each, command, ...(await valueAt(bus, topic, partition, offset).catch(noValue)) })
  }
  return opened
}

/** The alert is shown without it: a topic that is gone, or is not for this user. */
function noValue(error: unknown): { denied?: true } {
  if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) return {}
  if (hasCode(error, 'SHITOPS_E_BUS_AUTH')) return { denied: true }
  throw error
}

async function valueAt(bus: Bus, topic: string, partition: number, offset: number): Promise<{ value?: unknown }> {
  const range = (await bus.offsets(topic)).find((each) => each.partition === partition)
  if (!range || offset < range.earliest || offset >= range.latest) return {}
  for await (const batch of bus.read({ topic, partitions: [{ partition, from: offset, to: offset + 1 }] })) {
    for (let i = 0; i < batch.count; i++) {
      if (batch.offset(i) !== offset) continue
      const text = String(batch.value(i) ?? 'null')
      try {
        return { value: JSON.parse(text) }
      } catch {
        return { value: text }
      }
    }
  }
  return {}
}

/** How far back the history of an alert is shown before its present incident, ms. */
const BEFORE = 86_400_000
const MOST_ENTRIES = 50

/** What happened to an alert in this incident and the day before it, the newest last. */
export async function historyOf(bus: Bus, { fingerprint, active_at }: Alert): Promise<AlertLogEntry[]> {
  if (!(await isThere(bus, 'alert_log'))) return []
  const entries: AlertLogEntry[] = []
  for (const { partition, offset } of await bus.offsetsAt('alert_log', Date.parse(active_at) - BEFORE)) {
    const end = (await bus.offsets('alert_log')).find((each) => each.partition === partition)?.latest
    if (end === undefined || offset >= end) continue
    for await (const batch of bus.read({ topic: 'alert_log', partitions: [{ partition, from: offset, to: end }] })) {
      for (let i = 0; i < batch.count; i++) {
        if (String(batch.key(i)) !== fingerprint) continue
        try {
          entries.push(JSON.parse(String(batch.value(i))))
        } catch {
          // What cannot be read is no entry.
        }
      }
    }
  }
  return entries.sort((a, b) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0)).slice(-MOST_ENTRIES)
}

export interface Shown {
  alert: Alert
  /** The alerts that hide it. */
  hiders?: readonly Alert[]
  evidence: readonly OpenedEvidence[]
  history: readonly AlertLogEntry[]
}

/** An alert with its explanation: what was expected and seen, which records say so, what happened since, what to do. */
export function formatAlert({ alert, hiders = [], evidence, history }: Shown, { utc, now }: { utc: boolean; now: number }): string {
  const { annotations = {}, labels, details = {} } = alert
  const status =
    alert.status === 'firing' ? paint.error('FIRING') : alert.status === 'resolved' ? paint.good('RESOLVED') : paint.warn('PENDING')
  const facts: Array<[string, string | undefined]> = [
    ['fingerprint', alert.fingerprint],
    ['severity', `${alert.severity}${alert.channel ? `, told to ${alert.channel}` : ''}`],
    ['since', `${formatTime(Date.parse(alert.active_at), utc)} (${formatDuration(Math.max(0, now - Date.parse(alert.active_at)))})`],
    ['fired', alert.fired_at ? formatTime(Date.parse(alert.fired_at), utc) : undefined],
    ['resolved', alert.resolved_at ? formatTime(Date.parse(alert.resolved_at), utc) : undefined],
    ['expected', bandText(alert)],
    ['observed', alert.observed === undefined || alert.observed === null ? undefined : withUnit(alert.observed, alert.unit)],
    ['score', alert.score === undefined || alert.score === null ? undefined : `${alert.score} (0 usual, 1 never seen)`],
    [
      'fired before',
      alert.incident !== undefined && alert.incident > 1
        ? `${plural(alert.incident - 1, 'time')} within a day${alert.flapping ? ', flapping' : ''}`
        : undefined,
    ],
    [
      'labels',
      Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
    [
      'series',
      Object.entries(details)
        .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(' ') || undefined,
    ],
    ['acked', alert.acked_by ? `by ${alert.acked_by}, ${formatTime(Date.parse(alert.acked_at ?? alert.event_time), utc)}` : undefined],
    ['silenced', alert.silenced_by && alert.silenced_by.length > 0 ? `by ${alert.silenced_by.join(', ')}` : undefined],
    ['hidden', hiders.length > 0 ? `by ${hiders.map(hiderText).join(', ')}` : undefined],
    ['advice', annotations.advice],
    [
      'runbook',
      alert.runbook_url ??
        (alert.origin === undefined || alert.origin === 'insight' ? `shitops insight show ${alert.alert_name}` : undefined),
    ],
  ]
  const width = Math.max(...facts.map(([name]) => name.length))
  return [
    `${status}  ${paint.strong(alert.alert_name)} ${alert.subject}`,
    ...(annotations.summary ? [annotations.summary] : []),
    '',
    ...facts.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [`  ${name.padEnd(width)}  ${text}`])),
    ...(evidence.length > 0 ? ['', 'Raised by'] : []),
    ...evidence.flatMap(({ excerpt, command, value, topic, denied }) => [
      `  ${topic}${excerpt ? `: ${excerpt}` : ''}`,
      `    ${value === undefined ? paint.dim(denied ? `this user may not read ${topic}` : 'the topic holds it no longer') : JSON.stringify(value)}`,
      `    ${command}`,
    ]),
    ...(history.length > 0 ? ['', 'History'] : []),
    ...history.map(({ event_time, transition, actor, receiver, inhibited_by: by = [], comment }) =>
      `  ${formatTime(Date.parse(event_time), utc)}  ${transition.padEnd(13)} ${[actor, receiver, by.length > 0 && `by ${by.join(', ')}`, comment].filter(Boolean).join(' ')}`.trimEnd(),
    ),
    '',
  ].join('\n')
}

const hiderText = ({ alert_name, subject, fingerprint }: Alert): string => `${alert_name} ${subject} (${fingerprint})`

function bandText({ expected_low: low, expected_high: high, unit }: Alert): string | undefined {
  const parts = [
    ...(low === undefined || low === null ? [] : [`from ${withUnit(low, unit)}`]),
    ...(high === undefined || high === null ? [] : [`to ${withUnit(high, unit)}`]),
  ]
  return parts.length > 0 ? parts.join(' ') : undefined
}

const withUnit = (value: number, unit: string | undefined): string =>
  unit === undefined || unit === 'ratio' ? String(value) : `${value} ${unit}`
