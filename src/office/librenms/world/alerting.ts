import type { Row } from '../json.ts'
import { rawDevice } from '../rows/device-row.ts'
import { portRow } from '../rows/port-row.ts'
import { ALERT, type Alert, type Rule } from './alert-book.ts'
import type { Port } from './device.ts'
import { type DeviceRef, WorldState } from './state.ts'

/** What rules find and people do about it. */
export class AlertingWorld extends WorldState {
  /** @param ports whose rows stand among the alert's details; none: the device's own row does */
  raiseAlert(which: DeviceRef, rule: Rule | number, ports: readonly Port[] = []): Alert {
    return this.#found(which, rule, ALERT.active, ports)
  }

  worse(which: DeviceRef, rule: Rule | number, ports: readonly Port[] = []): Alert {
    return this.#found(which, rule, ALERT.worse, ports)
  }

  better(which: DeviceRef, rule: Rule | number, ports: readonly Port[] = []): Alert {
    return this.#found(which, rule, ALERT.better, ports)
  }

  changed(which: DeviceRef, rule: Rule | number, ports: readonly Port[] = []): Alert {
    return this.#found(which, rule, ALERT.changed, ports)
  }

  clear(which: DeviceRef, rule: Rule | number): Alert {
    return this.#found(which, rule, ALERT.clear, [])
  }

  /** By a person in the web interface: neither log has it. */
  ack(alert: Alert, { note = '', untilClear = true, username = 'admin' } = {}): void {
    this.alerts.setByHand(alert, ALERT.acked, this.#note(username, note), { until_clear: untilClear })
  }

  unmute(alert: Alert, { note = '', username = 'admin' } = {}): void {
    this.alerts.setByHand(alert, ALERT.active, this.#note(username, note))
  }

  #found(which: DeviceRef, rule: Rule | number, state: number, ports: readonly Port[]): Alert {
    const device = this.device(which)
    const ruleId = typeof rule === 'number' ? rule : rule.id
    const alert = this.alerts.of(device.id, ruleId)
    const held = alert?.state === ALERT.acked && state !== ALERT.clear && (JSON.parse(alert.info) as Row).until_clear !== false
    if (alert && held) return alert
    const joined = () => rawDevice(device, this.rendering)
    const rows = ports.length > 0 ? ports.map((port) => ({ ...joined(), ...portRow(port) })) : [joined()]
    return this.alerts.found(device.id, ruleId, state, this.clock.now(), { rule: state === ALERT.clear ? [] : rows })
  }

  #note(username: string, note: string): string {
    return `${this.time.local(this.clock.now())} - Ack (${username}) ${note}`
  }
}
