import type { Alert } from '../../events/alerts.ts'

const STATUS = { firing: 0, pending: 1, resolved: 2 } as const
const SEVERITY = { critical: 0, warning: 1, info: 2 } as const

type Ordered = Pick<Alert, 'status' | 'severity' | 'active_at' | 'fingerprint'>

/** What must be seen first comes first: firing before pending before resolved, then by severity, then the newest, then by fingerprint. */
export function byUrgency(a: Ordered, b: Ordered): number {
  return (
    STATUS[a.status] - STATUS[b.status] ||
    SEVERITY[a.severity] - SEVERITY[b.severity] ||
    Date.parse(b.active_at) - Date.parse(a.active_at) ||
    (a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0)
  )
}

/** Whether every word of the search is somewhere in what the table shows of the alert. */
export function found(alert: Alert, search: string): boolean {
  const text = [alert.alert_name, alert.subject, alert.severity, alert.status, alert.annotations?.summary, ...Object.values(alert.labels)]
    .join(' ')
    .toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
