import type { AlertBook } from '../../alerts/alert-book.ts'
import { type Silence, silenceState } from '../../alerts/silences.ts'
import { formatDuration } from '../../base/duration.ts'
import { matches, parseAllMatchers } from '../../base/matchers.ts'
import type { Alert } from '../../events/event-types.ts'
import { formatList, type ListFlags } from '../list-output.ts'
import type { Column } from '../table.ts'
import { formatTime } from '../times.ts'

export interface AlertListFlags extends ListFlags {
  all: boolean
  matcher?: string[] | undefined
  severity?: string[] | undefined
  utc: boolean
}

type Terminal = { isTTY?: boolean; columns?: number }

/** Those that are asked for: what is pending or fires, with --all what is over too. @throws SHITOPS_E_MATCHER */
export function selectAlerts(book: AlertBook, { all, matcher = [], severity = [] }: AlertListFlags, now: number): Alert[] {
  const matchers = parseAllMatchers(matcher)
  return book
    .presentAll(now)
    .filter(
      (alert) =>
        (all || alert.status !== 'resolved') &&
        matches(matchers, { ...alert.labels, alertname: alert.alert_name, severity: alert.severity, subject: alert.subject }) &&
        (severity.length === 0 || severity.includes(alert.severity)),
    )
}

/** Firing, and nobody has said that it may be left alone; one that others hide is theirs to tell. */
export const wantsAttention = ({ status, silenced_by = [], inhibited_by = [], acked_by }: Alert): boolean =>
  status === 'firing' && silenced_by.length === 0 && inhibited_by.length === 0 && !acked_by

export function formatAlerts(alerts: readonly Alert[], flags: AlertListFlags, terminal: Terminal, now: number): string {
  return formatList(alerts, columns(now), flags, { alerts }, terminal)
}

const columns = (now: number): ReadonlyArray<Column<Alert>> => [
  { name: 'status', value: ({ status, flapping }) => (flapping ? `${status} (flapping)` : status) },
  { name: 'severity', value: ({ severity }) => severity },
  {
    name: 'for',
    value: ({ active_at }) => (now - Date.parse(active_at)) / 1000,
    shown: ({ active_at }) => formatDuration(Math.max(0, now - Date.parse(active_at))),
    right: true,
  },
  { name: 'alert', value: ({ alert_name }) => alert_name },
  { name: 'subject', value: ({ subject }) => subject },
  { name: 'handled', value: handled },
  { name: 'fingerprint', value: ({ fingerprint }) => fingerprint },
  { name: 'summary', value: ({ annotations }) => annotations?.summary ?? null },
]

const handled = ({ acked_by, silenced_by = [], inhibited_by = [] }: Alert): string | null => {
  const hidden = inhibited_by.length > 0 && `hidden by ${inhibited_by.join(', ')}`
  const parts = [acked_by && `acked by ${acked_by}`, silenced_by.length > 0 && 'silenced', hidden].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : null
}

/** Silences that are active or to come, with `all` those that have ended too. */
export function formatSilences(silences: readonly Silence[], flags: ListFlags & { utc: boolean }, terminal: Terminal, now: number): string {
  const rows: ReadonlyArray<Column<Silence>> = [
    { name: 'silence', value: ({ id }) => id },
    { name: 'state', value: (silence) => silenceState(silence, now) },
    { name: 'until', value: ({ event }) => event.ends_at, shown: ({ endsAt }) => formatTime(endsAt, flags.utc) },
    { name: 'author', value: ({ author }) => author },
    { name: 'matchers', value: ({ event }) => event.matchers.join(',') },
    { name: 'comment', value: ({ comment }) => comment },
  ]
  if (flags.output === 'ndjson') return silences.map((silence) => `${JSON.stringify(silenceDocument(silence, now))}\n`).join('')
  return formatList(silences, rows, flags, { silences: silences.map((silence) => silenceDocument(silence, now)) }, terminal)
}

export const silenceDocument = (silence: Silence, now: number) => ({ ...silence.event, state: silenceState(silence, now) })
