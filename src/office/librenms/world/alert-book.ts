import type { Row } from '../json.ts'
import { Log, type Logged } from './log.ts'

/** States of an alert in LibreNMS. */
export const ALERT = { clear: 0, active: 1, acked: 2, worse: 3, better: 4, changed: 5 } as const

export interface Rule {
  id: number
  name: string
  severity: 'ok' | 'warning' | 'critical'
  disabled: number
  query: string
  builder: string
  extra: string
  proc: string | null
  invert_map: number
  notes: string | null
  alert_operation_id: number | null
  devices: number[]
  groups: number[]
  locations: number[]
}

/** One row for a device and a rule, used again for every incident of the two. */
export interface Alert {
  id: number
  device_id: number
  rule_id: number
  state: number
  alerted: number
  open: number
  note: string | null
  /** ms since the epoch */
  timestamp: number
  /** JSON text: `{"until_clear":true}` */
  info: string
}

export interface AlertLogged extends Logged {
  rule: number
  state: number
  /** `{rule: rows of the rule's query}`; null where the query failed */
  details: Row | null
}

/** Rules, alerts and their log. */
export class AlertBook {
  readonly rules = new Map<number, Rule>()
  readonly alerts = new Map<number, Alert>()
  readonly log = new Log<AlertLogged>()
  readonly #pairs = new Map<string, Alert>()
  #nextAlert = 1
  #nextRule = 1

  addRule(known: Partial<Rule> & Pick<Rule, 'name'>): Rule {
    const rule: Rule = {
      severity: 'critical',
      extra: '{"mute":false,"count":"-1","delay":60,"interval":300,"invert":false,"options":{"override_query":""}}',
      disabled: 0,
      query:
        'SELECT * FROM devices,ports WHERE (devices.device_id = ? AND devices.device_id = ports.device_id) AND ports.ifOperStatus = "down"',
      builder: '{"condition":"AND","rules":[],"valid":true}',
      proc: '',
      invert_map: 0,
      notes: null,
      alert_operation_id: null,
      devices: [],
      groups: [],
      locations: [],
      ...known,
      id: this.#nextRule++,
    }
    this.rules.set(rule.id, rule)
    return rule
  }

  of(device: number, rule: number): Alert | undefined {
    return this.#pairs.get(`${device}:${rule}`)
  }

  /** The rules found it in another state: the row changes and the log gets one. */
  found(device: number, rule: number, state: number, now: number, details: Row | null): Alert {
    const alert = this.of(device, rule) ?? this.#open(device, rule, now)
    if (state === ALERT.active && alert.state === ALERT.clear) alert.note = null
    alert.state = state
    alert.open = 1
    alert.timestamp = now
    if (state === ALERT.clear) alert.info = '[]'
    const at = Math.floor(now / 1000) * 1000
    this.log.commit({ id: this.log.reserve(), at, device, rule, state, details })
    return alert
  }

  /** A person said so: no row in the log. */
  setByHand(alert: Alert, state: number, note: string, info?: Row): void {
    alert.state = state
    alert.note = alert.note ? `${alert.note}\n${note}` : note
    if (info) alert.info = JSON.stringify(info)
  }

  forget(device: number): void {
    for (const alert of this.alerts.values()) {
      if (alert.device_id !== device) continue
      this.alerts.delete(alert.id)
      this.#pairs.delete(`${device}:${alert.rule_id}`)
    }
    this.log.remove((row) => row.device === device)
  }

  reset(): void {
    this.alerts.clear()
    this.#pairs.clear()
    this.log.reset()
    this.#nextAlert = 1
  }

  #open(device_id: number, rule_id: number, timestamp: number): Alert {
    const alert = { id: this.#nextAlert++, device_id, rule_id, state: 0, alerted: 0, open: 1, note: null, timestamp, info: '[]' }
    this.alerts.set(alert.id, alert)
    this.#pairs.set(`${device_id}:${rule_id}`, alert)
    return alert
  }
}
