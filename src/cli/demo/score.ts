import type { DemoIncident } from './office.ts'

/** The insight that should notice each kind of incident. */
export const NOTICED_BY: Record<DemoIncident['kind'], string> = {
  'link-loss': 'call_quality_at_risk',
  'laptop-overload': 'endpoint_overload',
  'battery-dying': 'headset_battery_low_in_call',
  'month-end-backlog': 'workflow_bottleneck_growing',
}

/** An alert that fired; times in ms since the epoch. */
export interface FiredAlert {
  insight: string
  subject: string
  firedAt: number
  resolvedAt?: number
}

export interface IncidentScore {
  incident: DemoIncident
  /** Absent: missed. */
  alert?: FiredAlert
}

export interface Score {
  incidents: IncidentScore[]
  /** Those that had begun and were not over: they count for nothing yet. */
  unfinished: IncidentScore[]
  /** Alerts that no incident explains. */
  falseAlerts: FiredAlert[]
  /** Share of the alerts that were right, and of the incidents that were noticed; null when there were none. */
  precision: number | null
  recall: number | null
}

/** An alert still belongs to an incident that ended so long before it fired, ms of office time: a backlog outlives its cause. */
const GRACE = 120_000

/**
 * Compare what was scripted with what was raised. An alert belongs to an incident of its kind and subject that it fired in; one that fires
 * again during the same incident is right too.
 *
 * @param elapsed ms of office time: incidents that were not over by then are left out, with their alerts; one is over when no alert of it can come any more
 */
export function score(incidents: readonly DemoIncident[], alerts: readonly FiredAlert[], openedAt: number, elapsed: number): Score {
  const over = (incident: DemoIncident) => incident.to + GRACE <= elapsed
  const explains = (incident: DemoIncident, { insight, subject, firedAt }: FiredAlert) => {
    const at = firedAt - openedAt
    return NOTICED_BY[incident.kind] === insight && incident.subject === subject && at >= incident.from && at <= incident.to + GRACE
  }
  const withAlert = (incident: DemoIncident): IncidentScore => {
    const alert = alerts.find((candidate) => explains(incident, candidate))
    return { incident, ...(alert && { alert }) }
  }
  const scored = incidents.filter(over).map(withAlert)
  const known = alerts.filter((alert) => incidents.some((incident) => explains(incident, alert)))
  const judged = known.filter((alert) => incidents.some((incident) => over(incident) && explains(incident, alert)))
  const falseAlerts = alerts.filter((alert) => !known.includes(alert))
  const raised = judged.length + falseAlerts.length
  return {
    incidents: scored,
    unfinished: incidents.filter((incident) => incident.from < elapsed && !over(incident)).map(withAlert),
    falseAlerts,
    precision: raised === 0 ? null : judged.length / raised,
    recall: scored.length === 0 ? null : scored.filter(({ alert }) => alert).length / scored.length,
  }
}
