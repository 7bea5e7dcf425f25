import { formatDuration } from '../../base/duration.ts'
import { plural } from '../../base/plural.ts'
import type { LibrenmsStatusReport, ProbedStatus, SavedStatus } from './status.ts'

/** The status for a person. */
export function formatStatus({ saved, probe }: LibrenmsStatusReport, { now, utc }: { now: number; utc: boolean }): string {
  const lines = saved.flatMap((one) => [...savedLines(one, now, utc), ''])
  if (saved.length === 0) lines.push('Nothing was synced to this bus yet: shitops librenms sync --url URL --token-file FILE', '')
  if (probe) lines.push(...probeLines(probe), '')
  return lines.join('\n')
}

function savedLines(one: SavedStatus, now: number, utc: boolean): string[] {
  const { cursors, requests } = one
  const age = (time: string) => `${formatDuration(Math.max(0, now - Date.parse(time)))} ago`
  const when = (time: string) => `${utc ? time : new Date(time).toLocaleString('sv')} (${age(time)})`
  return [
    `Sync of ${one.instance ?? 'LibreNMS'}${one.version === null ? '' : ` ${one.version}`}, state of ${when(one.written)}`,
    `  event log read to ${cursors.eventlog ?? '-'}, alert log to ${cursors.alertlog ?? '-'}; ${plural(one.pending, 'device waits', 'devices wait')} for a look`,
    ...Object.entries(one.sweeps).map(
      ([name, { at, rows, took_ms }]) => `  ${name}: ${plural(rows, 'row')} in ${formatDuration(took_ms)}, ${age(at)}`,
    ),
    `  requests ${requests.requests}, retries ${requests.retries}, failures ${requests.failures}; circuit ${one.circuit}`,
    ...(one.epoch > 0 ? [`  database replaced ${plural(one.epoch, 'time')}`] : []),
    ...(one.refused === null ? [] : [`  deletions refused: ${one.refused}`]),
  ]
}

function probeLines({ url, error, version, routes, remarks = [], lag }: ProbedStatus): string[] {
  if (error) return [`${url}: ${error.message} (${error.code})`]
  const behind = (log: 'eventlog' | 'alertlog') => lag?.[log] ?? 'unknown'
  return [
    `${url} answers: version ${version ?? 'unknown'}, ${routes} routes; not read yet: event log ${behind('eventlog')}, alert log ${behind('alertlog')}`,
    ...remarks.map((remark) => `  ${remark}`),
  ]
}
