import type { ShownAlert } from './model.ts'

const STATUS = { firing: 0, pending: 1, resolved: 2 } as const
const SEVERITY = { critical: 0, warning: 1, info: 2 } as const

/** What must be seen first comes first: firing, then by severity, then the newest. */
export function byUrgency(a: ShownAlert, b: ShownAlert): number {
  return (
    STATUS[a.status] - STATUS[b.status] ||
    SEVERITY[a.severity] - SEVERITY[b.severity] ||
    Date.parse(b.active_at) - Date.parse(a.active_at) ||
    (a.fingerprint < b.fingerprint ? -1 : 1)
  )
}

/** Whether every word of the search is somewhere in what the table shows of the alert. */
export function found(alert: ShownAlert, search: string): boolean {
  const text = [alert.alert_name, alert.subject, alert.severity, alert.status, alert.annotations?.summary, ...Object.values(alert.labels)]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
