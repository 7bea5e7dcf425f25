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
  /** When it fired within the last day, this incident's included once it fires; the newest last. */
  fires?: number[]
  /** It fired {@link FLAP}.fires times within {@link FLAP}.window: it is kept firing until it has been quiet for long enough. */
  flapping?: boolean
}

/** A step in an alert's life; `dropped` ends a pending alert whose condition ceased too soon, `forgotten` comes a day after it was resolved. */
export interface Transition {
  to: 'pending' | 'firing' | 'resolved' | 'dropped' | 'forgotten'
  /** Event time, ms since the epoch. */
  time: number
  alert: AlertState
}

/** An alert that comes and goes: so many firings within that time, and it goes on firing until it was quiet for so long (ms of event time). */
export const FLAP = { fires: 4, window: 3_600_000, quiet: 900_000 } as const

/** A resolved alert is remembered for so long (ms of event time): how often it fired, and its last state for whoever asks. */
export const REMEMBERED = 86_400_000

/**
 * From rows to alerts, with Prometheus' meaning of `for` and `keep_firing_for`. Pure and driven by event time: the same rows give the
 * same transitions, however the calls are cut and whether or not the state was stored and restored between them.
 */
export class Lifecycle {
  readonly #policies: ReadonlyMap<string, AlertPolicy>
  readonly #alerts = new Map<string, AlertState>()
  /** Those that were resolved, the one that was first. One that is pending again stays until it fires. */
  readonly #resolved = new Map<string, AlertState>()

  /** @param alerts what {@link saved} gave */
  constructor(policies: ReadonlyMap<string, AlertPolicy>, alerts: readonly AlertState[] = []) {
    this.#policies = policies
    for (const alert of alerts) {
      const where = alert.state === 'resolved' ? this.#resolved : this.#alerts
      where.set(alert.fingerprint, structuredClone(alert))
    }
  }

  /** All that it remembers, for a successor. */
  saved(): AlertState[] {
    return structuredClone([...this.#resolved.values(), ...this.#alerts.values()])
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
        ...this.#history(id, row.time),
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
      if (alert.state === 'resolved') {
        this.#resolved.delete(alert.fingerprint)
        // What is pending again has its place on the bus.
        if (!this.#alerts.has(alert.fingerprint)) transitions.push(step('forgotten', at, alert))
        continue
      }
      if (alert.state === 'pending') this.#fire(alert, at)
      else this.#resolve(alert, at)
      transitions.push(step(alert.state, at, alert))
    }
  }

  /** Ends alerts at once, whatever their condition: those that are no more to be told of. */
  end(which: (alert: AlertState) => boolean, time: number): Transition[] {
    return [...this.#alerts.values()].filter(which).map((alert) => {
      if (alert.state === 'pending') {
        this.#alerts.delete(alert.fingerprint)
        return step('dropped', time, alert)
      }
      this.#resolve(alert, time)
      return step('resolved', time, alert)
    })
  }

  #fire(alert: AlertState, at: number): void {
    this.#resolved.delete(alert.fingerprint)
    alert.state = 'firing'
    alert.firedAt = at
    alert.fires = [...(alert.fires ?? []), at]
    if (alert.fires.filter((time) => time > at - FLAP.window).length >= FLAP.fires) alert.flapping = true
  }

  #resolve(alert: AlertState, at: number): void {
    alert.state = 'resolved'
    alert.resolvedAt = at
    delete alert.flapping
    this.#alerts.delete(alert.fingerprint)
    this.#resolved.set(alert.fingerprint, alert)
  }

  /** When an alert that is pending again fired before. */
  #history(id: string, now: number): { fires?: number[] } {
    const fires = this.#resolved.get(id)?.fires?.filter((time) => time > now - REMEMBERED) ?? []
    return fires.length > 0 ? { fires } : {}
  }

  #nextDue(): { alert: AlertState; at: number } | undefined {
    const [oldest] = this.#resolved.values()
    let next = oldest && { alert: oldest, at: (oldest.resolvedAt ?? 0) + REMEMBERED }
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
    if (alert.ceasedAt === undefined) return undefined
    return alert.ceasedAt + (alert.flapping ? Math.max(policy.keepFiringFor, FLAP.quiet) : policy.keepFiringFor)
  }
}

const step = (to: Transition['to'], time: number, alert: AlertState): Transition => ({ to, time, alert: structuredClone(alert) })
