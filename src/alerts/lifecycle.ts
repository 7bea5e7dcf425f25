import type { AlertPolicy, InsightRow } from '../insights/insight.ts'
import { fingerprint } from './fingerprint.ts'

/** One alert: pending while its condition has not held long enough, firing, then resolved. Times in ms of event time. */
export interface AlertState {
  fingerprint: string
  insight: string
  subject: string
  labels: Record<string, string>
  state: 'pending' | 'firing' | 'resolved'
  /** Since when the condition held. */
  since: number
  firedAt?: number
  resolvedAt?: number
  /** When the condition ceased, while the alert is kept firing. */
  ceasedAt?: number
  /** The newest row for which the condition held: values and evidence. */
  row: InsightRow
}

/** A step in an alert's life; `dropped` ends a pending alert whose condition ceased too soon. */
export interface Transition {
  to: 'pending' | 'firing' | 'resolved' | 'dropped'
  /** Event time, ms since the epoch. */
  time: number
  alert: AlertState
}

/**
 * From rows to alerts, with Prometheus' meaning of `for` and `keep_firing_for`. Pure and driven by event time: the same rows give the
 * same transitions, however the calls are cut and whether or not the state was stored and restored between them.
 */
export class Lifecycle {
  readonly #policies: ReadonlyMap<string, AlertPolicy>
  readonly #alerts = new Map<string, AlertState>()

  /** @param alerts those that were pending or firing when the state was stored */
  constructor(policies: ReadonlyMap<string, AlertPolicy>, alerts: readonly AlertState[] = []) {
    this.#policies = policies
    for (const alert of alerts) this.#alerts.set(alert.fingerprint, structuredClone(alert))
  }

  /** The alerts that are pending or firing. */
  active(): AlertState[] {
    return structuredClone([...this.#alerts.values()])
  }

  /** @param row not earlier than the rows and times before it */
  process(row: InsightRow): Transition[] {
    const policy = this.#policies.get(row.insight)
    if (!policy) return []
    const transitions = this.advance(row.time, false)
    const identity = { alertname: row.insight, severity: policy.severity, subject: row.subject }
    const id = fingerprint(identity)
    const known = this.#alerts.get(id)
    if (row.active) {
      const alert: AlertState = known ?? {
        fingerprint: id,
        insight: row.insight,
        subject: row.subject,
        labels: { ...row.labels, ...identity },
        state: 'pending',
        since: row.time,
        row,
      }
      this.#alerts.set(id, alert)
      alert.row = row
      delete alert.ceasedAt
      if (!known) transitions.push(step('pending', row.time, alert))
    } else if (known?.state === 'pending') {
      this.#alerts.delete(id)
      transitions.push(step('dropped', row.time, known))
    } else if (known) known.ceasedAt ??= row.time
    return transitions
  }

  /**
   * What became due by `time`, in order of time: pending alerts that fire, ceased ones that resolve.
   * @param inclusive false leaves what is due exactly at `time`: a row of that very moment comes first
   */
  advance(time: number, inclusive = true): Transition[] {
    const transitions: Transition[] = []
    for (;;) {
      const next = this.#nextDue()
      if (!next || next.at > time || (next.at === time && !inclusive)) return transitions
      const { alert, at } = next
      if (alert.state === 'pending') {
        alert.state = 'firing'
        alert.firedAt = at
      } else {
        alert.state = 'resolved'
        alert.resolvedAt = at
        this.#alerts.delete(alert.fingerprint)
      }
      transitions.push(step(alert.state, at, alert))
    }
  }

  /** Ends alerts at once, whatever their condition: those that are no more to be told of. */
  end(which: (alert: AlertState) => boolean, time: number): Transition[] {
    return [...this.#alerts.values()].filter(which).map((alert) => {
      this.#alerts.delete(alert.fingerprint)
      if (alert.state === 'pending') return step('dropped', time, alert)
      alert.state = 'resolved'
      alert.resolvedAt = time
      return step('resolved', time, alert)
    })
  }

  #nextDue(): { alert: AlertState; at: number } | undefined {
    let next: { alert: AlertState; at: number } | undefined
    for (const alert of this.#alerts.values()) {
      const at = this.#dueAt(alert)
      if (at === undefined) continue
      if (!next || at < next.at || (at === next.at && alert.fingerprint < next.alert.fingerprint)) next = { alert, at }
    }
    return next
  }

  #dueAt(alert: AlertState): number | undefined {
    const policy = this.#policies.get(alert.insight)
    if (!policy) return undefined
    if (alert.state === 'pending') return alert.since + policy.for
    return alert.ceasedAt === undefined ? undefined : alert.ceasedAt + policy.keepFiringFor
  }
}

const step = (to: Transition['to'], time: number, alert: AlertState): Transition => ({ to, time, alert: structuredClone(alert) })
