import type { Uptime } from './passing-fields.ts'

/** What is remembered of a device besides its hash; of its last complete poll undefined before the first. */
export interface DeviceFacts extends Uptime {
  hostname: string
  up: boolean
  /** Ignored or disabled: the list of those that are down does not show it. */
  quiet: boolean
  site: string | undefined
  /** LibreNMS showed it in this run; otherwise it is as the bus has it, and its last poll may be long ago. */
  shown: boolean
}

export interface OpenAlert {
  device: number
  rule: number
}

/** How long a device was up, and when it was polled, as its record says. */
export const uptimeOf = (row: { last_polled?: string | null | undefined; uptime_s?: number | null | undefined }): Uptime => ({
  polled: row.last_polled ? Date.parse(row.last_polled) : undefined,
  uptime: row.uptime_s ?? undefined,
})

/** The devices and open alerts that the topics show now. */
export class Fleet {
  readonly devices = new Map<number, DeviceFacts>()
  readonly alerts = new Map<number, OpenAlert>()

  /** @param shown by LibreNMS, just now */
  device(
    row: {
      device_id: number
      hostname: string
      up: boolean
      disabled?: boolean | undefined
      ignored?: boolean | undefined
      site?: string | null | undefined
      last_polled?: string | null | undefined
      uptime_s?: number | null | undefined
    },
    shown: boolean,
  ): void {
    this.devices.set(row.device_id, {
      hostname: row.hostname,
      up: row.up,
      quiet: row.disabled === true || row.ignored === true,
      site: row.site ?? undefined,
      ...uptimeOf(row),
      shown,
    })
  }

  alert(row: { alert_id: number; device_id: number; rule_id: number; alert_state: string }): void {
    if (row.alert_state === 'recovered') this.alerts.delete(row.alert_id)
    else this.alerts.set(row.alert_id, { device: row.device_id, rule: row.rule_id })
  }

  forget(device: number): void {
    this.devices.delete(device)
    for (const [id, alert] of this.alerts) if (alert.device === device) this.alerts.delete(id)
  }
}
